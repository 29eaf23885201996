"""Why homework is not given: nothing is left of it ahead, there is too much, or it would be asked for twice."""

from collections.abc import Iterable

from flask_babel import lazy_gettext

from app.core.errors import DomainError
from app.therapist.days import ask_twice
from app.therapist.models import Homework


class NothingAhead(DomainError):
    """All its days lie behind."""

    message = lazy_gettext("That has no day left that lies ahead. Please choose another.")


class TooMuchHomework(DomainError):
    """More than anybody can do."""

    message = lazy_gettext("That is more homework than anybody can do. End some of it first.")


class SameAgain(DomainError):
    """It would be asked of somebody twice."""

    message = lazy_gettext(
        "They have this exercise for some of these days already, and would find it twice. Change what they have, or "
        "choose other days."
    )


def once(row: Homework, others: Iterable[Homework]) -> None:
    """Raises SameAgain where one of the others asks for the same."""
    if any(each.ended_at is None and twice(each, row) for each in others):
        raise SameAgain


def twice(row: Homework, new: Homework) -> bool:
    """Whether two that one therapist gives ask for the same."""
    same = (row.therapist_id, row.exercise) == (new.therapist_id, new.exercise)
    return same and ask_twice(row.schedule, new.schedule)
