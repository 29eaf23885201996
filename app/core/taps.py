"""Tapped once more: what somebody wanted to do when they were asked whether it is them. Nothing does it by itself."""

from flask import flash, request, session
from flask_babel import gettext

from app.core.security import SAFE

NOTE = "tap-again"
"""Where the signed notes of a browser carry, past the page that asks for a password, who tapped what on which page,
and the word that they had typed there to confirm it."""

LONGEST = 60
"""Characters of each of these."""


def note_request(person_id: str) -> str:
    """Remember what a request was for: its button `tap`, of the page that ?back= names. Gives where it goes on."""
    if request.method not in SAFE:
        after = request.args.get("back", "/settings")
        note_tap(person_id, after, request.form.get("tap", ""), request.form.get("word", ""))
        return after
    if NOTE in session:
        del session[NOTE]
    return request.path


def note_tap(person_id: str, after: str, tap: str, word: str = "") -> None:
    """Remember that somebody tapped a button, by its words, on the page at `after`."""
    session[NOTE] = [person_id, after, tap[:LONGEST], word[:LONGEST]]


def say_to_tap(person_id: str, after: str) -> None:
    """Say on the next page, if it is the one at `after`, that nothing has happened yet and what is to be tapped."""
    by, at, tap, _word = session.get(NOTE) or ("", "", "", "")
    if (by, at) == (person_id, after):
        again = gettext("It is you. Nothing has happened yet: please tap “%(button)s” once more.", button=tap)
        flash(again if tap else gettext("It is you. Nothing has happened yet: please tap once more."))


def word_typed(person_id: str) -> str:
    """The word that they had typed on this page when they were asked, told once; "" for none."""
    by, at, _tap, word = session.pop(NOTE) if NOTE in session else ("", "", "", "")
    return word if (by, at) == (person_id, request.path) else ""
