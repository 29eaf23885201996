"""What somebody was sending to the path when their session had ended: given after all, once they have signed in."""

from datetime import datetime

from werkzeug.datastructures import MultiDict

from app.accounts.models import PARTNER, Person
from app.accounts.service import Typed, Visitor
from app.couples import service as couples
from app.couples.service import Pair
from app.path import service
from app.path.forms import LineForm, WordingForm
from app.path.routes.pages import EARLIER, meant_for_others
from app.path.steps import load


def give_held(person: Person, path: str, typed: Typed, *, now: datetime) -> str | None:
    """Do what they had asked for, inside a transaction. The page to go on at; None where it was nothing of this."""
    pair = couples.pair_of(Visitor.of(person, now=now)) if person.role == PARTNER else None
    way, _, what = path.removeprefix("/path/").partition("/")
    if pair is None:
        return None
    if way == "recommitment" and not what and pair.you:
        wording = WordingForm.read(MultiDict(typed))
        if wording.sound:
            return _given(person, pair, None, wording.data["wording"], wording.data["to"], now=now)
    elif way in load().steps and what == "line":
        line = LineForm.read(MultiDict(typed))
        if line.sound:
            return _given(person, pair, way, line.data["text"], line.data["to"], now=now)
    return None


def _given(person: Person, pair: Pair, step: str | None, text: str, to: str, *, now: datetime) -> str | None:
    """Give words to the couple that they were meant for, or keep them as their author's own from before."""
    if meant_for_others(pair, to):
        return EARLIER if service.keep_former(person, to, step, text, now=now) else None
    if step is None:
        service.offer(pair, text, now=now)
        return "/path/recommitment"
    service.write(pair, step, text, now=now)
    return f"/path/{step}"
