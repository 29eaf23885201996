"""What people do to become two and to practise, step by step as in a browser, and all that one of them can look at."""

import html
import io
import re
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import Model, db
from app.couples.models import Couple, Membership
from app.exercises.catalogue import load
from app.exercises.models import CHECK_IN, LOVE_MAP, Prompt
from tests.factories import ISO_WEEK, PASSWORD, TODAY

RATED = ("understood", "valued", "supported", "guess_mood", "guess_stress")


def invite(browser):
    """Make an invitation: its code, as the page shows it."""
    answer = browser.post("/invitation?back=/before-pairing")
    assert (answer.status_code, answer.location) == (303, "/invitation"), answer.text
    return code_on(browser.get("/invitation").text)


def claim(browser, code):
    return browser.post("/joining", data={"code": code})


def confirmation_on(page):
    """Where the page of somebody who invited sends a confirmation."""
    return re.search(r'action="(/invitation/[\w-]+/confirmation\?back=/invitation)"', page)[1]


def confirm(browser):
    return browser.post(confirmation_on(browser.get("/invitation").text))


def become_two(inviter, claimant):
    """All three steps, each of which has to go well."""
    answer = claim(claimant, invite(inviter))
    assert (answer.status_code, answer.location) == (303, "/joining"), answer.text
    answer = confirm(inviter)
    assert (answer.status_code, answer.location) == (303, "/today"), answer.text


def give_password(browser, after):
    """Answer the question for the password that leads to `after`."""
    answer = browser.post("/confirm", data={"password": PASSWORD, "next": after})
    assert (answer.status_code, answer.location) == (303, after), answer.text


def leave(browser):
    return browser.post("/leaving?back=/leaving")


def code_on(page):
    return re.search(r'<p class="token">(.*?)</p>', page)[1]


def words_on(page):
    """The four words that a page asks to compare."""
    return re.findall(r"<li>(.*?)</li>", re.search(r'<ol class="code">(.*?)</ol>', page)[1])


def sentence_on(page, field="code"):
    """What a page says is wrong with a field, or ""."""
    found = re.search(rf'<p class="error" id="{field}-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


# Practising


def prompt_of(app, couple_id, exercise):
    """The id of the newest prompt of an exercise that a couple has."""
    with app.app_context():
        newest = select(Prompt.id).where(Prompt.couple_id == couple_id, Prompt.exercise == exercise)
        return db.session.scalar(newest.order_by(Prompt.day.desc(), Prompt.take.desc()))


def filled(exercise, words, *, two=False):
    """What somebody types to respond: `words`, and around them what the form wants."""
    if exercise == CHECK_IN:
        fields = {"mood": "7", "stress": "3", "need": "space", "high": words}
        return fields | dict.fromkeys(RATED, "5") | {"guess_need": "help"} if two else fields
    if exercise == LOVE_MAP:
        return {"answer": words, "guess": f"guessed {words}"} if two else {"answer": words}
    return {"text": words}


def respond(browser, prompt_id, exercise, words, *, two=False):
    answer = browser.post(f"/prompts/{prompt_id}/response", data=filled(exercise, words, two=two))
    assert (answer.status_code, answer.location) == (303, f"/prompts/{prompt_id}"), answer.text


# Looking


def everything_shown(app, browser, *idents):
    """All that somebody can get to see: every page there is, by every id they could know, and their export."""
    plain = _unchecked(browser)
    seen = [plain.get(path) for path in _pages(app, idents)]
    assert max(answer.status_code for answer in seen) < 500
    with zipfile.ZipFile(io.BytesIO(_export(browser))) as file:
        exported = [file.read(name).decode() for name in file.namelist()]
    told = [f"{answer.headers}\n{answer.get_data(as_text=True)}" for answer in seen]
    return html.unescape("\n".join(told + exported))


def _pages(app, idents):
    names = [*load().exercises, "heart_to_heart"]
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        asked = idents if any(argument.endswith("_id") for argument in rule.arguments) else names
        with app.test_request_context():
            for ident in asked if rule.arguments else [""]:
                when = {"week": ISO_WEEK, "year": TODAY.year, "number": 1, "step": "listen-first"}
                _domain, path = rule.build({**dict.fromkeys(rule.arguments, ident), **when})
                yield path
                if "prompt_id" in rule.arguments:
                    yield f"{path}?edit"


def _unchecked(browser):
    """A browser of the same person that does not look whether pages are sound: others do, and this is about many."""
    plain = FlaskClient(browser.application, browser.application.response_class)
    plain.set_cookie("attune", browser.get_cookie("attune").value)
    return plain


def _export(browser):
    answer = browser.post("/export")
    assert answer.status_code == 200
    return answer.data


def everything_kept(app):
    """Every value of every row, as text, to look for what must not be there."""
    with app.app_context():
        rows = [row for table in Model.metadata.sorted_tables for row in db.session.execute(select(table))]
    return "\n".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for row in rows for value in row
    )


def couples_of_two(app):
    """Each couple that has two now, as {side: person id}, with its zone."""
    with app.app_context():
        rows = db.session.execute(
            select(Couple.id, Couple.zone, Membership.side, Membership.person_id)
            .join(Membership)
            .where(Membership.left_at.is_(None), Couple.ended_at.is_(None))
        ).all()
    found = {}
    for couple_id, zone, side, person_id in rows:
        found.setdefault((couple_id, zone), {})[side] = person_id
    return {key: sides for key, sides in found.items() if len(sides) > 1}


def couple_of(app, person):
    """The id of the couple that a person is in now, or None."""
    with app.app_context():
        here = select(Membership.couple_id).where(Membership.person_id == person.id, Membership.left_at.is_(None))
        return db.session.scalar(here)


# At the same instant


def at_once(*acts):
    """Do all of these, each (function, *what it takes), in the same instant; what each gave, in order."""
    gate = threading.Barrier(len(acts))

    def begin(act, *takes):
        gate.wait()
        return act(*takes)

    with ThreadPoolExecutor(len(acts)) as pool:
        return [begun.result() for begun in [pool.submit(begin, *act) for act in acts]]
