"""What is read past the session: as through it, of one moment, and on the one connection that a request has."""

import threading

import pytest
from sqlalchemy import bindparam, func, literal, select

from app.accounts.models import Person
from app.core.db import db, rows_of, transaction
from app.core.prepared import prepared
from app.exercises.models import Prompt, Response
from tests.factories import NOW, TODAY, make_person, make_prompt

RESPONSES = (
    select(
        Response.author_id,
        Response.ratings,
        Response.words.label("sealed"),
        Response.given_on,
        Response.submitted_at,
        Response.released_at,
        Response.opened_on.is_not(None).label("opened"),
        Prompt.day,
        Prompt.take,
        Prompt.id,
        func.count(Response.author_id).over(),
    )
    .join(Prompt)
    .where(Response.submitted_at <= bindparam("now"), Prompt.day == bindparam("day"), Prompt.exercise == "check_in")
    .order_by(Response.submitted_at)
)
PERSON = select(Person.id, Person.name).where(Person.id == bindparam("person"))


def test_every_kind_of_value_comes_back_as_through_the_session(app, save, couple, ana, ben):
    prompt = save(make_prompt(couple, "check_in"))
    given = {"prompt_id": prompt.id, "words": bytes(range(256)), "given_on": TODAY, "submitted_at": NOW}
    save(
        Response(**given, author_id=ana.id, ratings={}, opened_on=TODAY),
        Response(**given, author_id=ben.id, ratings={"mood": 7, "stress": 0}, released_at=NOW),
    )
    with app.app_context():
        plain = rows_of(RESPONSES, now=NOW, day=TODAY)
    with app.app_context():
        through = db.session.execute(RESPONSES, {"now": NOW, "day": TODAY}).all()
    assert sorted(map(repr, map(tuple, plain))) == sorted(map(repr, map(tuple, through)))
    assert {row.author_id: (row.ratings, row.opened, row.released_at) for row in plain} == {
        ana.id: ({}, True, None),
        ben.id: ({"mood": 7, "stress": 0}, False, NOW),
    }


def test_what_is_asked_again_is_asked_anew(app, ana, ben):
    with app.app_context():
        found = [rows_of(PERSON, person=each)[:1] for each in (ana.id, ben.id, "nobody", "\0", ana.id)]
        assert [[row.name for row in rows] for rows in found] == [["Ana"], ["Ben"], [], [], ["Ana"]]


def test_a_value_that_is_missing_is_not_taken_for_nothing(app, ana):
    with app.app_context(), pytest.raises(Exception, match="person"):
        rows_of(PERSON)


def test_a_list_is_not_prepared(app):
    with app.app_context(), pytest.raises(ValueError, match="list"):
        rows_of(select(Person.id).where(Person.id.in_(["a", "b"])))


def test_what_a_select_itself_says_is_taken_to_the_letter(app, save):
    odd = "O'Hara: 100 %s \\ ?"
    kept = save(make_person(odd))
    named = select(Person.id, literal(odd).label("told")).where(Person.name == odd, Person.id != bindparam("but"))
    with app.app_context():
        assert [tuple(row) for row in rows_of(named.limit(1), but="")] == [(kept.id, odd)]
        assert rows_of(named.limit(1), but=kept.id) == []
        # Told a limit, SQLite would plan the whole statement anew at each asking.
        assert "LIMIT 1" in prepared(named.limit(1), db.engine.dialect).sql


def test_in_a_transaction_what_was_just_written_is_seen(app, ana):
    with app.app_context(), transaction():
        db.session.get_one(Person, ana.id).name = "Anita"
        assert rows_of(PERSON, person=ana.id)[0].name == "Anita"
    with app.app_context():
        assert rows_of(PERSON, person=ana.id)[0].name == "Anita"


def test_what_was_read_before_a_transaction_is_read_anew_in_it(app, ana):
    with app.app_context():
        assert rows_of(PERSON, person=ana.id)[0].name == "Ana"
        elsewhere(app, lambda: rename(ana.id, "Anita"))
        with transaction():
            assert rows_of(PERSON, person=ana.id)[0].name == "Anita"


@pytest.mark.only_on("sqlite")
def test_what_a_request_reads_is_of_one_moment(app, ana):
    with app.app_context():
        if db.session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
            pytest.skip("without a write-ahead log a writer waits for readers instead")
        db.session.rollback()
        assert rows_of(PERSON, person=ana.id)[0].name == "Ana"
        elsewhere(app, lambda: rename(ana.id, "Anita"))
        assert rows_of(PERSON, person=ana.id)[0].name == "Ana"


def test_a_request_has_one_connection_at_a_time_and_gives_it_back(app, ana):
    """Two would wait for each other, with a writer between them, where SQLite has no write-ahead log."""
    with app.app_context():
        held = db.engine.pool.checkedout
        rows_of(PERSON, person=ana.id)
        counts = [held()]
        db.session.get_one(Person, ana.id)
        counts.append(held())
        rows_of(PERSON, person=ana.id)
        counts.append(held())
        db.session.rollback()
        rows_of(PERSON, person=ana.id)
        with transaction():
            counts.append(held())
        rows_of(PERSON, person=ana.id)
        counts.append(held())
    assert counts == [1, 1, 1, 1, 1]
    assert held() == 0


def rename(ident, name):
    with transaction():
        db.session.get_one(Person, ident).name = name


def elsewhere(app, act):
    """Let something happen in another thread, as in another request."""

    def there():
        with app.app_context():
            act()

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()
