"""In and out."""

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service
from app.accounts.forms import HELD_MAX, SignIn
from app.accounts.guards import cookie_name, current_visitor, way_on
from app.accounts.places import own_path
from app.accounts.routes.door import HALF, Tries, enter, let_out
from app.accounts.routes.pages import again, bp, wait
from app.accounts.routes.second import second_page
from app.core import clock
from app.core.db import transaction
from app.core.errors import TooMany
from app.core.events import Event, tell
from app.core.forms import Filled
from app.core.hashing import hasher
from app.core.policy import public

PAGE = "accounts/sign_in.html"


@bp.get("/sign-in")
@public
def new_session() -> ResponseReturnValue:
    """The form, unless there is nothing to sign in for."""
    after = own_path(request.args.get("next", ""))
    if visitor := current_visitor():
        return redirect(way_on(visitor.role, after), 303)
    return render_template(PAGE, form=None, after=after, held="", interrupted=False)


@bp.post("/sign-in")
@public
def create_session() -> ResponseReturnValue:
    """Sign in. A login that nobody has costs the same time and gets the same answer as a wrong password."""
    request.max_content_length = request.max_form_memory_size = HELD_MAX
    form = SignIn.read(request.form)
    held = form.data.get("held", "")
    context = {"after": own_path(form.data.get("next", "")), "held": held, "interrupted": bool(held)}
    if form.sound:
        try:
            if response := _signed_in(form, context["after"]):
                return response
        except TooMany as reason:
            return wait(PAGE, form, reason, **context)
        tell(Event.SIGN_IN_FAILED)
        form.errors["password"] = gettext("This name and this password do not go together.")
    return again(PAGE, form, **context)


@bp.post("/sign-out")
@public
def destroy_session() -> ResponseReturnValue:
    """Sign out; also where the session is over already, so that the browser is emptied in any case."""
    with transaction():
        service.end_token(request.cookies.get(cookie_name(), ""), now=clock.now())
    return let_out()


def _signed_in(form: Filled, after: str) -> ResponseReturnValue | None:
    """The way on for somebody with the right password, else None."""
    data, now = form.data, clock.now()
    person = service.person_by_login(data["login"])
    person_id, kept = (person.id, person.password_hash) if person and not person.disabled_at else ("", None)
    tries = Tries("sign-in", data["login"], person_id)
    tries.claim()
    if not hasher().fits(data["password"], kept) or kept is None:
        return None
    fresh, shown = hasher().hash(data["password"]) if hasher().outdated(kept) else kept, service.PASSWORD_GIVEN
    with transaction():
        person = service.person_by_login(data["login"])
        if person is None or person.password_hash != kept or person.disabled_at:
            return None
        service.change_password(person, fresh)
        tries.forgive()
        if service.second_wanted(person):
            session[HALF], shown = service.pose_second(person_id, shown, now=now)
            entry = None
        else:
            entry = enter(person, after, held=data["held"], shared=data["shared"], now=now)
    if entry is None:
        return second_page((person_id, shown), None, after=after, held=data["held"], shared=data["shared"])
    return entry.on()
