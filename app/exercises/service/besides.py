"""What somebody gives to a couple besides its plan. Who that is, and where it is kept, is said at the roof."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from app.core.news import News
from app.couples.service import Pair

Span = tuple[date, date]
"""The first and the last day, both included."""


page_opened: News[[Pair, str, date, datetime]] = News()
"""(who, exercise, its day, now): one of the two looks at a prompt that is theirs to answer. Told outside of any
transaction, once the page is made: a hearer that has something to keep opens one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """An exercise that is given for a day, by whom (a name), to whom: a person's id, None for both.

    A `longer` one is no prompt of the day: it has time `until` a day of its own. `path` is the page that tells of it.
    """

    id: str
    day: date
    exercise: str
    by: str
    whom: str | None = None
    skipped: frozenset[str] = field(default_factory=frozenset)
    """Who does not do it this time."""

    rated: frozenset[str] = field(default_factory=frozenset)
    """Who has said how it went."""

    name: str = ""
    path: str = ""
    longer: bool = False
    until: date | None = None
    done: frozenset[str] = field(default_factory=frozenset)
    """Who has done a longer one."""

    def is_for(self, person_id: str) -> bool:
        """Whether it is asked of this one. The other may join in."""
        return self.whom in {None, person_id}

    def asks(self, person_id: str) -> bool:
        """Whether it still is."""
        return self.is_for(person_id) and person_id not in self.skipped | self.done


class Giver(Protocol):
    """Whoever gives to couples, and knows what."""

    def given(self, couples: Mapping[str, Span]) -> Mapping[str, list[Besides]]:
        """What the couples, by their ids, have been given for these days. As many statements for many as for one."""

    def at_hand(self, pair: Pair, span: Span) -> list[Besides]:
        """The same for the couple of whoever looks, without a statement: it came with them."""


_givers: list[Giver] = []


def let_give(giver: Giver) -> None:
    """Let this one give from now on; a second time changes nothing."""
    if giver not in _givers:
        _givers.append(giver)


def besides(couples: Mapping[str, Span]) -> dict[str, list[Besides]]:
    """Couple → what it has been given for its days."""
    found: dict[str, list[Besides]] = {couple_id: [] for couple_id in couples}
    for giver in _givers if couples else ():
        for couple_id, given in giver.given(couples).items():
            found[couple_id] += given
    return found


def besides_at_hand(pair: Pair, span: Span) -> list[Besides]:
    """What this couple has been given for these days, without a statement."""
    return [each for giver in _givers for each in giver.at_hand(pair, span)] if pair.you else []


def of_day(given: Iterable[Besides], day: date, exercise: str) -> list[Besides]:
    """What of it brings this exercise on this day."""
    return [each for each in given if each.day == day and each.exercise == exercise and not each.longer]


def wanted_of(person_id: str, brought: object, given: Collection[Besides]) -> bool:
    """Whether a prompt, with all that brings it, is asked of somebody: what the plan has is, until they let it be.

    `brought` is Prompt.brought_by: None for what the plan has.
    """
    if any(person_id in each.skipped for each in given):
        return False
    return brought is None or any(each.is_for(person_id) for each in given)
