"""/occasions/<id>: two go through a longer exercise, on two phones in step or side by side on one."""

from contextlib import suppress

from flask import flash, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.core import clock
from app.core.db import transaction
from app.core.errors import DomainError, NotFound, told
from app.core.forms import Filled
from app.core.security import asked_ahead
from app.core.wall import wall_of
from app.couples.guards import two_required
from app.couples.service import Pair
from app.guided import forms, service
from app.guided.flow import SIDES
from app.guided.routes.pages import beside, side_by_side
from app.guided.routes.pages import occasions as bp
from app.guided.service import Seen


@bp.get("/<occasion_id>")
@two_required
def show(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Where they are, as this one of them sees it."""
    seen = seen_now(pair, occasion_id)
    page = render(pair, seen, None)
    if seen.step is not None and not asked_ahead():
        service.page_opened.tell(pair, seen.guide.id, seen.now)
    return page


@bp.get("/<occasion_id>/state")
@two_required
def show_state(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Whether the page is another by now, and how much time is left: what my own page shows, and nothing else."""
    seen = seen_now(pair, occasion_id)
    answer = jsonify(version=seen.version, left=seen.seconds_left, ticking=seen.ticking)
    # The time that is left hangs on how long it has run, which every look tells anew.
    if not seen.ticking:
        answer.set_etag(seen.version)
        answer.make_conditional(request)
        # The page says its version by itself; no personal answer carries a mark of its content.
        del answer.headers["ETag"]
    return answer


@bp.get("/<occasion_id>/handover")
@two_required
def show_handover(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Between two on one phone: no words, only whom to hand it to."""
    seen = service.seen_of(pair, service.occasion_for(pair, occasion_id), now=clock.now(), together=True)
    if not seen.personal or seen.actor is None:
        return redirect(beside(f"/occasions/{occasion_id}", together=True), 303)
    onward = beside(f"/occasions/{occasion_id}", together=True)
    return render_template("parts/handover.html", pair=pair, actor=seen.actor, onward=onward)


@bp.post("/<occasion_id>/moves")
@two_required
def create_move(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Make a move. The same one again does no harm."""
    now, seen = clock.now(), seen_now(pair, occasion_id)
    form = form_for(seen).read(request.form)
    if not form.sound:
        return again(pair, occasion_id, form, 422)
    data = form.data
    wish = service.Wish(
        step=data["step"],
        lane=data["lane"],
        number=data["number"],
        text="" if data.get("passing") else data.get("text", ""),
        pick=int(data["pick"]) if "pick" in data else None,
        rating=data.get("rating"),
        together=data["together"],
    )
    try:
        with transaction():
            service.make_move(pair, service.occasion_for(pair, occasion_id), wish, now=now)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return again(pair, occasion_id, form, int(error.status), str(error.message))
    return redirect(onward(pair, occasion_id, data), 303)


@bp.post("/<occasion_id>/draft")
@two_required
def create_draft(pair: Pair, occasion_id: str) -> ResponseReturnValue:
    """Keep what is typed so far. Without script, a button of the form leads here and back."""
    with transaction():
        occasion = service.occasion_for(pair, occasion_id)
        if request.form.get("lane", pair.me.side) == pair.me.side:
            service.save_draft(pair, occasion, typed(request.form), now=clock.now())
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return "", 204
    flash(gettext("Kept. Only you can see it."))
    return redirect(f"/occasions/{occasion_id}", 303)


@bp.errorhandler(NotFound)
def keep_for_former(error: NotFound) -> ResponseReturnValue:
    """The couple may have ended while somebody was writing: their words are kept among those from before."""
    pair, occasion_id = g.get("pair"), (request.view_args or {}).get("occasion_id")
    # Whatever is raised here, out of a handler, would be an unforeseen error.
    with suppress(HTTPException):
        if request.method == "POST" and pair and occasion_id and request.form.get("text") and not two_wrote():
            with transaction():
                kept_on = service.keep_former_words(pair, occasion_id, typed(request.form), now=clock.now())
            if kept_on:
                flash(gettext("Your couple is not as it was when you opened that page. Your words are kept here."))
                return redirect("/history/earlier", 303)
    return told(error)


def seen_now(pair: Pair, occasion_id: str) -> Seen:
    """The occasion as this one sees it now. Two statements. Raises NotFound."""
    occasion = service.occasion_for(pair, occasion_id)
    return service.seen_of(pair, occasion, now=clock.now(), together=side_by_side())


def form_for(seen: Seen) -> type[forms.MoveForm]:
    """The form of what was sent: a tap in a shared lane, or what one gives in the step that it names."""
    if request.form.get("lane", "") not in {*SIDES, "both"}:
        shared = request.form.get("lane") in {"timer", "pause", "stop"}
        return forms.MoveForm if shared or seen.step is None else forms.move_form(seen.step.kind)
    step = seen.variant.step(request.form.get("step", "")) or seen.step
    return forms.move_form(step.kind if step else "")


def render(pair: Pair, seen: Seen, form: Filled | None, *, trouble: str = "") -> str:
    """The page for the state that an occasion is in; `form` holds what was typed and what is wrong with it."""
    at, saved_at, back = seen.occasion.planned_at, None, ("", "")
    if form is not None and not fits(form, seen):
        # Words for another step, or of the other, are given back, and stand in no field.
        back = form.value("text"), form.value("lane")
        form = Filled(errors=form.errors)
    if form is None and seen.step is not None and seen.personal and seen.actor is pair.me:
        draft = service.draft_of(pair, seen.occasion.id, seen.step.id)
        if draft:
            form, saved_at = Filled(typed=MultiDict(draft[0])), draft[1]
    template = "planned" if seen.planned else "landed" if seen.over else "step"
    return render_template(
        f"guided/{template}.html",
        pair=pair,
        seen=seen,
        guide=seen.guide,
        step=seen.step,
        form=form,
        trouble=trouble,
        back=back,
        saved_at=saved_at,
        wall=wall_of(at, pair.zone) if at else None,
        today=pair.today(seen.now),
        unsent=service.drafts_of(pair, seen.occasion.id) if seen.over and not seen.together else [],
    )


def fits(form: Filled, seen: Seen) -> bool:
    """Whether what was typed belongs into the page of where they are now."""
    step, lane = seen.variant.step(form.value("step")), form.value("lane")
    if step is None or lane not in {*SIDES, "both"}:
        return True
    return seen.step is step and seen.state == "mine" and lane == seen.lane


def again(pair: Pair, occasion_id: str, form: Filled, status: int, trouble: str = "") -> ResponseReturnValue:
    """The page of where they are, with every word still in it, which are kept as a draft, too."""
    now, together = clock.now(), two_wrote()
    if form.value("text") and not together:
        with transaction():
            service.save_draft(pair, service.occasion_for(pair, occasion_id), typed(form.typed), now=now)
    seen = service.seen_of(pair, service.occasion_for(pair, occasion_id), now=now, together=together)
    return render(pair, seen, form, trouble=trouble), status


def onward(pair: Pair, occasion_id: str, data: dict[str, object]) -> str:
    """Where it goes on after a move: on one phone, by way of a handover when it is for the eyes of the other."""
    path = f"/occasions/{occasion_id}"
    if not data["together"]:
        return path
    seen = service.seen_of(pair, service.occasion_for(pair, occasion_id), now=clock.now(), together=True)
    handed = seen.personal and data["lane"] in SIDES and data["lane"] != seen.lane
    return f"{path}/handover" if handed else beside(path, together=True)


def two_wrote() -> bool:
    """Whether what was sent comes from one phone for both."""
    return bool(request.form.get("together"))


def typed(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The fields as they were typed, in order."""
    return [(name, value) for name, value in form.items(multi=True) if value]
