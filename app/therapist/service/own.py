"""A therapist's own exercises: a guide in their own words, sealed under their key. Once given, it stays as it was."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext
from sqlalchemy import Select, exists, select

from app.accounts.models import PersonKey
from app.core.crypto import seal, unseal, vault
from app.core.db import db, lock
from app.core.errors import DomainError, NotFound
from app.core.ids import new_id
from app.guided import service as guided
from app.guided.service import Guide
from app.therapist.models import OWN_EXERCISE, Homework, OwnExercise
from app.therapist.own_guide import STEPS_MOST, Table, begun, content, lacking
from app.therapist.service.author import Author

OWN_MOST = 60


class GivenAlready(DomainError):
    """Somebody may be doing it."""

    message = lazy_gettext("This has been given, so it stays as it is. Make a copy and change that.")


class TooManyOwn(DomainError):
    """As many as one keeps an overview of."""

    message = lazy_gettext("You have as many exercises of your own as fit. Put one away first.")


class TooManySteps(DomainError):
    """More than an evening holds."""

    message = lazy_gettext("That is more steps than an evening holds.")


@dataclass(frozen=True, slots=True)
class Own:
    """One of them, opened."""

    id: str
    table: Table
    given: bool

    @property
    def exercise(self) -> str:
        """The name by which homework knows it."""
        return OWN_EXERCISE + self.id

    @property
    def lacking(self) -> list[str]:
        """What it still needs before it can be given."""
        return lacking(self.table)


def owns_of(author: Author) -> list[Own]:
    """A therapist's own exercises that are not put away, by name. One statement."""
    rows = db.session.execute(_mine(author).where(OwnExercise.put_away_at.is_(None))).all()
    found = [Own(row.id, _table(row, author.id, author.key), bool(given)) for row, given in rows]
    return sorted(found, key=lambda each: each.table["name"].casefold())


def own_for(author: Author, own_id: str) -> Own:
    """The one with this id. Raises NotFound."""
    row = db.session.execute(_mine(author).where(OwnExercise.id == own_id)).first()
    if row is None or row[0].put_away_at is not None:
        raise NotFound
    return Own(row[0].id, _table(row[0], author.id, author.key), bool(row[1]))


def begin_own(author: Author, table: Table | str, *, now: datetime) -> str:
    """Begin another, under a name or as a copy: its id. Raises TooManyOwn."""
    if len(owns_of(author)) >= OWN_MOST:
        raise TooManyOwn
    ident = new_id()
    words = _sealed(author, ident, begun(table) if isinstance(table, str) else table)
    db.session.add(OwnExercise(id=ident, therapist_id=author.id, words=words, created_at=now))
    db.session.flush()
    return ident


def write_own(author: Author, own_id: str, table: Table) -> None:
    """Keep it as it is now. Raises NotFound, GivenAlready, TooManySteps."""
    if own_for(author, own_id).given:
        raise GivenAlready
    if len(table["steps"]) > STEPS_MOST:
        raise TooManySteps
    row = db.session.get_one(OwnExercise, own_id)
    lock(row)
    row.words = _sealed(author, own_id, table)


def put_away(author: Author, own_id: str, *, now: datetime) -> None:
    """Give it no more. What was given goes on; what never was is deleted. Raises NotFound."""
    own, row = own_for(author, own_id), db.session.get_one(OwnExercise, own_id)
    if own.given:
        row.put_away_at = now
    else:
        db.session.delete(row)


def own_exercises(author: Author) -> list[tuple[str, str]]:
    """(exercise, its name) for those that can be given. One statement."""
    return [(each.exercise, each.table["name"]) for each in owns_of(author) if not each.lacking]


def own_rows(exercises: Collection[str]) -> dict[str, OwnExercise]:
    """Exercise → its row, for those among them that are somebody's own. One statement, where there are some."""
    ids = [each.removeprefix(OWN_EXERCISE) for each in exercises if each.startswith(OWN_EXERCISE)]
    rows = db.session.scalars(select(OwnExercise).where(OwnExercise.id.in_(ids))) if ids else ()
    return {OWN_EXERCISE + row.id: row for row in rows}


def own_name(row: OwnExercise | None, therapist_id: str | None, key: bytes | None) -> str:
    """What a therapist calls an exercise of their own, "" where it is none, or theirs no more."""
    if row is None or key is None or row.therapist_id != therapist_id:
        return ""
    return str(_table(row, row.therapist_id, key)["name"])


def own_content(row: OwnExercise, key: bytes) -> Table:
    """The table of a guided exercise, for whoever reads and runs those. Raises Undecipherable."""
    return content(_table(row, row.therapist_id, key), gettext("How did it go?"))


def own_guide(couple_id: str, exercise: str) -> Guide | None:
    """The guide of an exercise of a therapist's own, for a couple that it was given to. One statement, where it is one.

    What they have begun can be gone on with, and read again, as long as the therapist's account is there.
    """
    if not exercise.startswith(OWN_EXERCISE):
        return None
    given = exists().where(Homework.exercise == exercise, Homework.couple_id == couple_id)
    row = db.session.execute(
        select(OwnExercise, PersonKey.wrapped)
        .join(PersonKey, PersonKey.person_id == OwnExercise.therapist_id)
        .where(OwnExercise.id == exercise.removeprefix(OWN_EXERCISE), given)
    ).first()
    if row is None:
        return None
    return guided.guide_made(exercise, own_content(row[0], vault().unwrap(row[1], row[0].therapist_id)))


def words_of_own(author: Author, row: OwnExercise) -> Table:
    """One of them as it lies there. Raises Undecipherable."""
    return _table(row, author.id, author.key)


def _mine(author: Author) -> Select[OwnExercise, bool]:
    given = exists().where(Homework.exercise == OWN_EXERCISE + OwnExercise.id)
    return select(OwnExercise, given).where(OwnExercise.therapist_id == author.id)


def _table(row: OwnExercise, therapist_id: str, key: bytes) -> Table:
    table: Table = json.loads(unseal(key, row.words, _about(row.id, therapist_id)))
    return table


def _sealed(author: Author, ident: str, table: Table) -> bytes:
    return seal(author.key, json.dumps(table, ensure_ascii=False), _about(ident, author.id))


def _about(ident: str, therapist_id: str) -> str:
    return f"own_exercises|{ident}|words|{therapist_id}"
