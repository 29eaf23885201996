"""Guides that are not on the shelf: a floor above may have some that were made for a couple."""

from collections.abc import Callable, Mapping
from typing import Any

from app.guided.guide import Guide
from app.guided.shelf import load, made

Known = Callable[[str, str], Guide | None]
"""(couple, exercise) → its guide, None where there is none for them."""


class Others:
    """Who knows of guides besides the shelf. Nobody does until the roof says so."""

    def __init__(self) -> None:
        self._asked: list[Known] = []

    def ask(self, known: Known) -> None:
        """Ask this one, too; a second time changes nothing."""
        if known not in self._asked:
            self._asked.append(known)

    def guide(self, couple_id: str, exercise: str) -> Guide | None:
        """The guide that anybody has for them."""
        return next((found for known in self._asked if (found := known(couple_id, exercise))), None)


others = Others()
"""The one register of this app."""


def guide_for(couple_id: str, exercise: str) -> Guide | None:
    """The guide by which a couple does an exercise, None where it is none, or none of theirs."""
    return load().get(exercise) or others.guide(couple_id, exercise)


def guide_made(ident: str, table: Mapping[str, Any]) -> Guide:
    """A guide out of a table as a file of content holds it. Raises GuideError, as for such a file."""
    return made(ident, table)
