"""A couple's homework, as their therapist gives it, changes what lies ahead, lets it rest, and ends it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from werkzeug.datastructures import MultiDict

from app.accounts.guards import current_visitor
from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import Filled
from app.couples.service import day_of
from app.therapist import service
from app.therapist.forms import BOTH, DATES_AHEAD, HomeworkForm, PauseForm
from app.therapist.guards import open_couple_required, therapist_required
from app.therapist.models import RESPONSES, Homework
from app.therapist.routes.pages import HOMEWORK, bp
from app.therapist.service import Author, Opened, Wish

AT = "/caseload/<couple_id>/homework"


@bp.get(AT)
@open_couple_required(HOMEWORK)
def index_homework(door: Opened) -> ResponseReturnValue:
    """What runs, what is ahead, what is over, with counts of what."""
    today, reasons = today_of(door), RESPONSES in door.classes
    found = service.overview_of(author(), door.couple.id, door.couple.partners, today=today, reasons=reasons)
    return render_template("therapist/given.html", door=door, found=found, today=today)


@bp.get(f"{AT}-month")
@open_couple_required(HOMEWORK)
def show_homework_month(door: Opened) -> ResponseReturnValue:
    """The days ahead."""
    today = today_of(door)
    days = service.month_of(author(), door.couple.id, door.couple.partners, today=today)
    return render_template("therapist/month.html", door=door, days=days, today=today)


@bp.get(f"{AT}-new")
@open_couple_required(HOMEWORK)
def new_homework(door: Opened) -> ResponseReturnValue:
    """The form for another."""
    return render(door, None, None)


@bp.post(AT)
@therapist_required
def create_homework(visitor: Visitor, couple_id: str) -> ResponseReturnValue:
    """Give it."""
    door = service.couple_of_therapist(visitor, couple_id)
    form = read(door)
    if not form.sound:
        return render(door, None, form), 422
    now = clock.now()

    def act() -> None:
        service.give(author(), couple_id, wish_in(form, today_of(door)), now=now, today=today_of(door))

    return step(visitor, door, act, gettext("Given. It is part of their day now."), form=form)


@bp.get(f"{AT}/<homework_id>")
@open_couple_required(HOMEWORK)
def edit_homework(door: Opened, homework_id: str) -> ResponseReturnValue:
    """The form to change what is ahead of one."""
    return render(door, mine(door, homework_id), None)


@bp.post(f"{AT}/<homework_id>")
@therapist_required
def update_homework(visitor: Visitor, couple_id: str, homework_id: str) -> ResponseReturnValue:
    """Change what is ahead of it."""
    door = service.couple_of_therapist(visitor, couple_id)
    row, form = mine(door, homework_id), read(door)
    if not form.sound:
        return render(door, row, form), 422
    now, today = clock.now(), today_of(door)

    def act() -> None:
        service.change(author(), mine(door, homework_id), wish_in(form, today), now=now, today=today)

    return step(
        visitor, door, act, gettext("Changed. What was done stays as it was."), form=form, homework_id=homework_id
    )


@bp.post(f"{AT}/<homework_id>/pause")
@therapist_required
def create_homework_pause(visitor: Visitor, couple_id: str, homework_id: str) -> ResponseReturnValue:
    """Let it rest."""
    door = service.couple_of_therapist(visitor, couple_id)
    row, today = mine(door, homework_id), today_of(door)
    form = PauseForm.read(request.form, today=today)
    if not form.sound:
        return render(door, row, None, pausing=form), 422

    def act() -> None:
        service.pause(mine(door, homework_id), form.data["since"], form.data["until"], today=today)

    return step(visitor, door, act, gettext("It rests then."))


@bp.post(f"{AT}/<homework_id>/pause/end")
@therapist_required
def destroy_homework_pause(visitor: Visitor, couple_id: str, homework_id: str) -> ResponseReturnValue:
    """Take it up again."""
    door = service.couple_of_therapist(visitor, couple_id)
    return step(
        visitor,
        door,
        lambda: service.resume(mine(door, homework_id), today=today_of(door)),
        gettext("It goes on from today."),
    )


@bp.post(f"{AT}/<homework_id>/end")
@therapist_required
def create_homework_end(visitor: Visitor, couple_id: str, homework_id: str) -> ResponseReturnValue:
    """No more of it."""
    door, now = service.couple_of_therapist(visitor, couple_id), clock.now()
    return step(
        visitor,
        door,
        lambda: service.end(mine(door, homework_id), now=now, today=today_of(door)),
        gettext("Ended. What was done stays."),
    )


def step(
    visitor: Visitor,
    door: Opened,
    act: Callable[[], object],
    said: str,
    *,
    form: Filled | None = None,
    homework_id: str = "",
) -> ResponseReturnValue:
    """Do one thing while the door is open; where the rules forbid it, say so and keep what was typed."""
    try:
        with transaction():
            # It may have been shut since the page was asked for.
            service.couple_of_therapist(visitor, door.couple.id)
            act()
    except DomainError as error:
        if form is None or isinstance(error, NotFound):
            raise
        row = mine(door, homework_id) if homework_id else None
        return render(door, row, form, trouble=str(error.message)), int(error.status)
    flash(said)
    return redirect(f"/caseload/{door.couple.id}/homework", 303)


def author() -> Author:
    """Whoever is signed in, as the author of notes."""
    visitor = current_visitor()
    if visitor is None:
        raise NotFound
    return Author.of(visitor)


def today_of(door: Opened) -> date:
    """The couple's day."""
    return day_of(clock.now(), door.couple.zone)


def mine(door: Opened, homework_id: str) -> Homework:
    """One that I gave to them. Raises NotFound."""
    return service.homework_for(author().id, door.couple.id, homework_id)


def read(door: Opened) -> Filled:
    """What was typed, checked against what this couple can be given."""
    partners = [each.id for each in door.couple.partners]
    exercises = {ident for ident, _ in service.exercises_of(author())}
    return HomeworkForm.read(request.form, exercises=exercises, partners=partners, today=today_of(door))


def wish_in(form: Filled, today: date) -> Wish:
    """What a sound form wants."""
    data = form.data
    return Wish(
        exercise=data["exercise"],
        first=data["first"] or today,
        last=data["last"],
        weekdays=sum(1 << (int(day) - 1) for day in data["weekdays"]),
        dates=tuple(date.fromisoformat(day) for day in data["dates"]),
        whom=None if data["whom"] == BOTH else data["whom"],
        note=data["note"],
    )


def typed_again(row: Homework) -> MultiDict[str, str]:
    """Homework as if it had just been typed, to be changed."""
    again: MultiDict[str, str] = MultiDict()
    for day in range(7):
        if row.weekdays >> day & 1:
            again.add("weekdays", str(day + 1))
    for each in row.dates:
        again.add("dates", each)
    fields = {"exercise": row.exercise, "first": row.first.isoformat(), "whom": row.whom or BOTH}
    fields |= {
        "last": row.last.isoformat() if row.last and not row.dates else "",
        "note": service.note_of(author(), row),
    }
    for name, value in fields.items():
        again.add(name, value)
    return again


def render(
    door: Opened, row: Homework | None, form: Filled | None, *, pausing: Filled | None = None, trouble: str = ""
) -> str:
    """The form: empty, with a row of homework, or with what was typed."""
    today = today_of(door)
    if form is None and row is not None:
        form = Filled(typed=typed_again(row))
    locale: Any = get_locale()
    short, long = locale.days["stand-alone"]["narrow"], locale.days["stand-alone"]["wide"]
    return render_template(
        "therapist/give.html",
        door=door,
        row=row,
        form=form,
        pausing=pausing,
        trouble=trouble,
        today=today,
        exercises=service.exercises_of(author()),
        people=[(each.id, each.name) for each in door.couple.partners],
        weekdays=[(short[day], long[day]) for day in range(7)],
        days=days_ahead(today),
    )


def days_ahead(today: date) -> list[date | None]:
    """The days that single dates are chosen among, in whole weeks; None before today."""
    monday = today - timedelta(days=today.weekday())
    last = today + timedelta(days=DATES_AHEAD - 1)
    days = [monday + timedelta(days=number) for number in range((last - monday).days + 1)]
    return [day if day >= today else None for day in days]
