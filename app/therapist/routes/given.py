"""/homework: what the two have been given, and what one of them says of a day of it."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import Filled
from app.couples.guards import two_required
from app.couples.service import Pair
from app.exercises.service import Besides, Span, of_day
from app.therapist import forms, service

bp = Blueprint("homework", __name__, url_prefix="/homework")


class Homework:
    """Homework, as it is given besides the plan. What came along with whoever looks needs no statement."""

    def given(self, couples: Mapping[str, Span]) -> dict[str, list[Besides]]:
        """What the couples have been given for these days."""
        return service.given_to(couples)

    def at_hand(self, pair: Pair, span: Span) -> list[Besides]:
        """The same for the couple of whoever looks."""
        return service.at_hand(pair, g.visitor.facts, span)


HOMEWORK = Homework()


def note_prompt(pair: Pair, exercise: str, day: date, now: datetime) -> None:
    """Somebody looks at a prompt that is theirs to answer. Where it is homework, keep the day on which they first do.

    Opens a transaction where there is something to keep.
    """
    _note(pair, of_day(HOMEWORK.at_hand(pair, (day, day)), day, exercise), now)


def note_occasion(pair: Pair, exercise: str, now: datetime) -> None:
    """The same of a longer exercise that is under way."""
    today = pair.today(now)
    given = HOMEWORK.at_hand(pair, (today, today))
    _note(pair, [each for each in given if each.longer and each.exercise == exercise], now)


def _note(pair: Pair, given: list[Besides], now: datetime) -> None:
    first_time = service.unopened(pair, given, now=now)
    if first_time:
        with transaction():
            service.note_opened(pair, first_time, now=now)


@bp.get("")
@two_required
def index(pair: Pair) -> ResponseReturnValue:
    """All of it: what is given now, and what was."""
    now = clock.now()
    given, past = service.homework_seen(pair, now=now)
    return render_template("therapist/homework.html", pair=pair, given=given, past=past, today=pair.today(now))


@bp.get("/<given_id>/<day>")
@two_required
def show(pair: Pair, given_id: str, day: str) -> ResponseReturnValue:
    """One day of it."""
    return render(pair, given_id, day, None)


@bp.post("/<given_id>/<day>/skipping")
@two_required
def create_skipping(pair: Pair, given_id: str, day: str) -> ResponseReturnValue:
    """Not this time."""
    form = forms.SkipForm.read(request.form)
    if not form.sound:
        return render(pair, given_id, day, form), 422
    now = clock.now()
    try:
        with transaction():
            seen = service.day_seen(pair, given_id, day_in(day), now=now)
            service.skip(pair, seen, form.data["because"], shared=form.data["share"], now=now)
    except service.NotToSkip as error:
        return render(pair, given_id, day, form, str(error.message)), 409
    flash(gettext("All right. Not this time."))
    return redirect("/today", 303)


@bp.post("/<given_id>/<day>/skipping/end")
@two_required
def destroy_skipping(pair: Pair, given_id: str, day: str) -> ResponseReturnValue:
    """After all."""
    with transaction():
        service.take_up(pair, service.day_seen(pair, given_id, day_in(day), now=clock.now()))
    return redirect(f"/homework/{given_id}/{day}", 303)


@bp.post("/<given_id>/<day>/rating")
@two_required
def create_rating(pair: Pair, given_id: str, day: str) -> ResponseReturnValue:
    """How it went."""
    form = forms.WentForm.read(request.form)
    if not form.sound:
        return render(pair, given_id, day, form), 422
    now = clock.now()
    try:
        with transaction():
            seen = service.day_seen(pair, given_id, day_in(day), now=now)
            service.rate(pair, seen, form.data["went"], now=now)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return render(pair, given_id, day, form, str(error.message)), int(error.status)
    flash(gettext("Kept."))
    return redirect(f"/homework/{given_id}/{day}", 303)


def day_in(text: str) -> date:
    """The day in an address. Raises NotFound."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error
    if day.isoformat() != text:
        raise NotFound
    return day


def render(pair: Pair, given_id: str, day: str, form: Filled | None, trouble: str = "") -> str:
    """The page of a day of homework, in the state that it is in for whoever looks."""
    seen = service.day_seen(pair, given_id, day_in(day), now=clock.now())
    because = service.because_of(seen.said, pair.me.key) if seen.said else ""
    return render_template(
        "therapist/homework_day.html", pair=pair, seen=seen, because=because, form=form, trouble=trouble
    )
