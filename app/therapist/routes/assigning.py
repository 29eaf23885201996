"""A couple's homework, as their therapist gives it, changes what lies ahead, lets it rest, and ends it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.service import Visitor
from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import Filled
from app.therapist import service
from app.therapist.forms import PauseForm
from app.therapist.guards import author, open_couple_required, therapist_required
from app.therapist.models import RESPONSES
from app.therapist.routes.giving_form import mine, read, render, today_of, wish_in
from app.therapist.routes.pages import HOMEWORK, bp
from app.therapist.service import Opened

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
