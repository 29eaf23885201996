"""The second step of signing in, for those who show more than a password."""

from flask import render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import HELD_MAX, SecondStep
from app.accounts.places import own_path
from app.accounts.routes.door import HALF, Entry, Tries, enter
from app.accounts.routes.pages import bp
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.policy import public

PAGE = "accounts/second.html"
FREE = 10
"""Tries at a second factor that one person has in an hour at no wait, from wherever they come."""


def second_page(half: tuple[str, str], form: Filled | None, *, after: str, held: str, shared: bool) -> str:
    """The page that asks for more than a password. `half`: the id of who is half way in, and what they have shown."""
    person_id, shown = half
    context = {"factors": service.factors_of(person_id), "codes": shown == service.PASSWORD_GIVEN}
    return render_template(PAGE, form=form, after=after, held=held, shared=shared, **context)


@bp.post("/sign-in/second")
@public
def create_second() -> ResponseReturnValue:
    """Six digits, or a recovery code in their place."""
    request.max_content_length = request.max_form_memory_size = HELD_MAX
    form = SecondStep.read(request.form)
    half = service.half_way(session.get(HALF, ""), now=clock.now())
    after, held = own_path(form.data.get("next", "")), form.data.get("held", "")
    if half is None:
        told = Filled(errors={"_schema": gettext("That took too long. Please sign in once more.")})
        page = render_template("accounts/sign_in.html", form=told, after=after, held=held, interrupted=bool(held))
        return page, 422
    status, headers = 422, {}
    if form.sound:
        try:
            if entry := _entered(half, form, after):
                return entry.on()
            tell(Event.PROOF_FAILED)
            form.errors["code"] = gettext("These are not the digits of this moment, or they have been used already.")
        except TooMany as reason:
            form.errors["_schema"] = str(reason.message)
            status, headers = int(reason.status), {"Retry-After": str(reason.wait)}
    page = second_page(half, form, after=after, held=held, shared=form.data.get("shared", False))
    return page, status, headers


def _entered(half: tuple[str, str], form: Filled, after: str) -> Entry | None:
    """Who has shown the right thing comes in; else None. Raises TooMany."""
    (person_id, shown), now = half, clock.now()
    tries = Tries("second", person_id, person_id)
    with transaction():
        # Besides what one place may try: a million codes are few for somebody with many places and the password.
        service.claim_try(f"second|{person_id}", free=FREE, now=now)
    tries.claim()
    with transaction():
        person = service.person_by_id(person_id)
        if person.disabled_at or not service.show_second(person, shown, form.data["code"], now=now):
            return None
        service.forget_tries(f"second|{person_id}")
        tries.forgive()
        return enter(person, after, held=form.data["held"], shared=form.data["shared"], now=now)
