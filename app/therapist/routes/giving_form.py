"""The form for homework: what a therapist may choose among, what they typed, and the page of it."""

from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.forms import Filled
from app.couples.service import day_of
from app.therapist import service
from app.therapist.forms import BOTH, DATES_AHEAD, HomeworkForm
from app.therapist.guards import author
from app.therapist.models import Homework
from app.therapist.service import Opened, Wish


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
