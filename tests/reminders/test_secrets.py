"""What a lock screen, a push service and somebody with the database can learn from reminders: nothing that matters."""

import json
import random
import re
from datetime import timedelta

import http_ece
import pytest
from sqlalchemy import inspect, select, update

from app.accounts.guards import LOCALES
from app.accounts.models import Person
from app.core.crypto import Undecipherable, seal, vault
from app.core.db import Model, db, transaction
from app.core.ids import new_id
from app.exercises.models import MIRRORING, Prompt, Response, Turn
from app.exercises.service import catalogue
from app.exercises.words import seal_words
from app.push import service as push
from app.push.gateway import encrypt
from app.push.messages import SIZE
from app.push.models import KINDS, MAIL, OPENED, REMINDER, TEST, TURN, WEEK, PushSubscription
from app.push.sending import Push
from app.push.service import devices
from app.reminders import service as reminders
from app.reminders.models import LEVELS, Reminder, ReminderSettings
from tests.exercises.acts import act
from tests.factories import NOW, TODAY, make_couple, make_person, make_prompt
from tests.push.devices import Browser, subscribe
from tests.reminders.people import visitor_of

STATES = 2_000
ITEMS = [(exercise.id, item) for exercise in catalogue().exercises.values() for item in exercise.items]
ANSWERED = [name for name in catalogue().exercises if name != MIRRORING]
WORDS = ("wombat", "quagga", "ocelot", "narwhal", "axolotl", "caracal", "tapir", "echidna")
"""Words that stand in names and answers, and nowhere else."""


def couple_of(chance: random.Random) -> tuple[list[Model], list[Person], Prompt]:
    """Two people, with names and a question by chance, and so many things still to do."""
    people = [make_person(f"{chance.choice(WORDS)} {chance.choice(WORDS)}".title(), login=new_id()) for _ in range(2)]
    couple = make_couple(*people)
    exercise, item = chance.choice(ITEMS)
    prompt = make_prompt(couple, exercise, TODAY, item)
    others = [name for name in chance.sample(ANSWERED, chance.randint(1, 3)) if name != exercise]
    waiting = [make_prompt(couple, name) for name in others or ["appreciation"]]
    waiting[0].take = 2
    return [*people, couple, prompt, *waiting], people, prompt


def answers_of(chance: random.Random, person: Person, prompt: Prompt, number: int) -> list[Model]:
    """What somebody has answered, and how they want to be told, by chance."""
    key = vault().unwrap(person.key.wrapped, person.id)
    words = {"answer": chance.choice(WORDS), "text": chance.choice(WORDS)}
    sealed = seal_words(key, "responses", prompt.id, person.id, words)
    ratings = {name: chance.randrange(11) for name in ("mood", "stress", "understood", "valued")}
    rows: list[Model] = [
        Response(
            prompt_id=prompt.id, author_id=person.id, ratings=ratings, words=sealed, given_on=TODAY, submitted_at=NOW
        ),
        ReminderSettings(
            person_id=person.id, quiet_from=0, quiet_to=0, level=chance.choice(LEVELS),
            several=chance.random() < 0.5, tells_opened=True, tells_turn=True, tells_week=True,
        ),
    ]  # fmt: skip
    if number == 0:
        first = {"number": 1, "kind": "speak", "round": 1, "attempt": 1}
        rows.append(Turn(prompt_id=prompt.id, author_id=person.id, words=sealed, taken_at=NOW, **first))
    return rows


def device_of(person: Person, phone: Browser, key_id: str) -> PushSubscription:
    """The phone, as one of this person's."""
    ident, told = new_id(), phone.told("")
    address = json.dumps([f"https://fcm.googleapis.com/{ident}", told["p256dh"], told["auth"]])
    sealed = seal(vault().unwrap(person.key.wrapped, person.id), address, devices._about(ident, person.id))
    return PushSubscription(
        id=ident, person_id=person.id, key_id=key_id, endpoint_hash=ident, address=sealed,
        service="fcm.googleapis.com", label="Firefox on Linux", created_at=NOW, synced_on=TODAY,
    )  # fmt: skip


@pytest.fixture
def pushes(app) -> tuple[list[Push], Browser, set[str]]:
    """The pushes of STATES by chance, the phone they are for, and what must stand in none of them."""
    chance, phone = random.Random(20261112), Browser()
    secrets: set[str] = set(WORDS)
    with app.app_context():
        with transaction():
            key = push.rotate_keys(now=NOW)
            for _ in range(STATES // 10):
                rows, people, prompt = couple_of(chance)
                db.session.add_all(rows)
                db.session.flush()
                for number, person in enumerate(people):
                    db.session.add_all(answers_of(chance, person, prompt, number))
                    db.session.add(device_of(person, phone, key.id))
                    secrets |= {person.id, person.login, prompt.couple_id}
                db.session.flush()
                for kind, subject in (
                    (REMINDER, TODAY.isoformat()), (OPENED, prompt.id), (TURN, f"{prompt.id}.1"), (WEEK, "2026-W46"),
                    (TEST, "now"),
                ):  # fmt: skip
                    for person in people:
                        push.enqueue(person.id, kind, subject, now=NOW, until=NOW + timedelta(hours=3))
        sent: list[Push] = []
        while True:
            with transaction():
                batch = push.claim(
                    lambda due: reminders.gate(due, mail_from="", now=NOW),
                    base_url="https://attune.example",
                    now=NOW,
                    most=700,
                )
            if not batch.looked_at:
                break
            sent += batch.pushes
    return sent, phone, {each.lower() for each in secrets}


@pytest.mark.only_on("sqlite")
def test_a_message_is_one_of_a_handful_whatever_two_people_are_and_do(pushes) -> None:
    sent, phone, secrets = pushes
    assert len(sent) == STATES
    seen, lengths = set(), set()
    for each in sent:
        encrypted = encrypt(each)
        lengths.add(len(encrypted))
        read = http_ece.decrypt(encrypted, private_key=phone.private, auth_secret=phone.secret, version="aes128gcm")
        assert len(read) == SIZE
        assert not secrets & set(re.findall(r"[\w-]+", read.decode().lower()))
        told = json.loads(read)
        notification = told["notification"]
        del told["app_badge"], notification["tag"], notification["data"]["id"]
        notification["navigate"] = re.sub(r"(?<=/prompts/)[\w-]{22}$", "ID", notification["navigate"])
        seen.add(json.dumps(told, sort_keys=True))
    assert len(seen) <= len(KINDS) * len(LEVELS)
    assert len(lengths) == 1
    for exercise in catalogue().exercises.values():
        assert not [text for text in (exercise.name, *_questions(exercise)) for each in seen if text in each]


def _questions(exercise) -> list[str]:
    return [item.text for item in exercise.items.values()]


@pytest.mark.only_on("sqlite")
def test_what_stands_in_the_clear_on_the_way_tells_nobody_apart(pushes) -> None:
    sent, _phone, secrets = pushes
    for each in sent:
        assert re.fullmatch(r"[0-9a-f]{32}", each.topic)
        assert each.topic not in secrets
    assert {(each.ttl, each.urgency) for each in sent} == {(3 * 60 * 60, "normal"), (3 * 60 * 60, "high")}
    # The same message to the same person, and no other two, share a topic.
    assert len({each.topic for each in sent}) == len(sent)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_kind_has_a_line_of_its_own_at_each_level_and_the_barest_says_least(app, locale) -> None:
    with app.app_context():
        lines = reminders.lines_of(locale)
    assert set(lines) == {*KINDS, reminders.WEEKLY}
    assert all(set(levels) == set(LEVELS) for levels in lines.values())
    assert len({levels["bare"] for kind, levels in lines.items() if kind not in {TEST, MAIL}}) == 1
    for level in ("plain", "warm"):
        assert len({levels[level].body for levels in lines.values()}) == len(lines)
    assert {line.title for levels in lines.values() for line in levels.values()} == {"Attune"}
    assert all(len(line.body) <= 60 for levels in lines.values() for line in levels.values())


# At rest


def test_the_line_that_goes_with_a_reminder_is_sealed_and_comes_back_to_its_author_alone(app, ana, ben, wish) -> None:
    line = "after we clear the table, we open it"
    wish(ana, if_then=line)
    wish(ben)
    with app.app_context():
        rows = {row.person_id: row for row in db.session.scalars(select(Reminder))}
        assert [each.if_then for each in reminders.wishes_of(visitor_of(ana))] == [line]
        assert [each.if_then for each in reminders.wishes_of(visitor_of(ben))] == [""]
        assert b"table" not in rows[ana.id].if_then
        assert rows[ben.id].if_then is None
    short, long = (_sealed_length(app, ana, wish, text) for text in ("a", "a" * 100))
    assert short == long


def _sealed_length(app, person, wish, text) -> int:
    wish(person, if_then=text)
    with app.app_context():
        return len(db.session.scalar(select(Reminder.if_then).where(Reminder.person_id == person.id)))


def test_a_sealed_line_that_is_moved_to_another_person_or_reminder_does_not_open(app, ana, ben, wish) -> None:
    wish(ana, if_then="after we clear the table")
    wish(ana, "07:00")
    wish(ben)
    with app.app_context(), transaction():
        sealed = db.session.scalar(select(Reminder.if_then).where(Reminder.if_then.is_not(None)))
        db.session.execute(update(Reminder).values(if_then=sealed))
    for person in (ana, ben):
        with app.app_context(), pytest.raises(Undecipherable):
            reminders.wishes_of(visitor_of(person))


def test_no_word_and_no_address_lies_open_in_the_tables_of_reminders_and_pushes(
    app, save, as_user, ring, sink, wish, caplog
) -> None:
    ana, ben = save(make_person("Wombat Quagga")), save(make_person("Ocelot"))
    prompt = save(make_prompt(save(make_couple(ana, ben)), *ITEMS[-1][:1], item=ITEMS[-1][1]))
    wish(ana, "20:00", if_then="when the narwhal sleeps")
    browser = subscribe(app, as_user(ana), "https://fcm.googleapis.com/fcm/send/axolotl-caracal-tapir")
    for person in (ana, ben):
        assert act(as_user(person), prompt, "response", answer="echidna", guess="ocelot").status_code == 303
    ring()
    assert sink.pushes
    told, lies = browser.told(""), b"".join(_everything(app))
    for word in (*WORDS, told["p256dh"], told["auth"], "axolotl-caracal"):
        assert word.encode() not in lies.lower()
        assert word not in caplog.text.lower()


def _everything(app):
    """Every value in the tables of reminders and pushes, as bytes."""
    with app.app_context():
        tables = [table for table in Model.metadata.sorted_tables if table.name in _ours()]
        for table in tables:
            for row in db.session.execute(select(table)):
                for value in row:
                    yield value if isinstance(value, bytes) else str(value).encode()


def _ours() -> set[str]:
    models = [
        mapper for mapper in Model.registry.mappers if mapper.class_.__module__.startswith(("app.push", "app.rem"))
    ]
    names = {inspect(mapper.class_).local_table.name for mapper in models}
    assert len(names) >= 8
    return names
