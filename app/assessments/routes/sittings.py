"""/sittings/<id>: a page at a time, left and taken up anywhere; then what was answered, for its own person to read."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.assessments import service
from app.assessments.forms import BACK, LEAVE, NEXT, given_on, page_form
from app.assessments.instrument import Instrument
from app.assessments.paging import Page, page_to_go_on, pages_of
from app.assessments.routes import wording
from app.assessments.routes.pages import elsewhere, mine, sat
from app.assessments.service import Sitting
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.forms import Filled
from app.couples.guards import pair_required
from app.couples.service import Pair


@sat.get("/<sitting_id>")
@pair_required
def show(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """What was answered, once it is finished; before that, the page to go on with."""
    sitting, words = mine(pair, sitting_id)
    if sitting.finished_at is None:
        return redirect(_where_to_go_on(sitting, words), 303)
    return render_template(
        "assessments/sitting.html",
        pair=pair,
        instrument=words,
        sitting=sitting,
        opened=service.opened_of(pair, sitting_id),
        may_open=lambda part, audience: service.may_open(pair, sitting, words, part, audience),
        scores=wording.scores_of(words, sitting),
        words=wording,
    )


@sat.get("/<sitting_id>/pages/<int:number>")
@pair_required
def edit_page(pair: Pair, sitting_id: str, number: int) -> ResponseReturnValue:
    """A few questions, with what was chosen before."""
    sitting, words = mine(pair, sitting_id)
    page = _page_asked(words, number)
    return elsewhere(sitting) if sitting.finished_at else _page(pair, sitting, words, page, None)


@sat.post("/<sitting_id>/pages/<int:number>")
@pair_required
def update_page(pair: Pair, sitting_id: str, number: int) -> ResponseReturnValue:
    """Keep what was chosen, and go on, back, or away. Who goes on is asked for what is missing, but not in private."""
    sitting, words = mine(pair, sitting_id)
    page = _page_asked(words, number)
    if sitting.finished_at:
        raise service.AlreadyFinished
    form = page_form(page.items).read(request.form)
    go = form.data.get("go") or NEXT
    given = given_on(page.items, form.data)
    if go == NEXT and not page.private:
        missing = [item.id for item in page.items if item.id not in given]
        form.errors = {ident: gettext("Please choose one, or say that you would rather not.") for ident in missing} | (
            form.errors
        )
    if not form.sound:
        return _page(pair, sitting, words, page, form), 422
    with transaction():
        service.save(pair, sitting_id, given, private=[item.id for item in page.items if item.private])
    return redirect(_after(sitting, words, page, go), 303)


@sat.get("/<sitting_id>/end")
@pair_required
def show_end(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """The last look before it is finished: what is answered, what is not."""
    sitting, words = mine(pair, sitting_id)
    if sitting.finished_at:
        return elsewhere(sitting)
    pages = pages_of(words)
    return render_template(
        "assessments/end.html",
        pair=pair,
        instrument=words,
        sitting=sitting,
        answered=len(sitting.answers),
        of=len(words.open_items),
        on=page_to_go_on(pages, sitting.given),
        last=_last(words),
        private=any(page.private for page in pages),
        filled=wording.filled,
    )


@sat.post("/<sitting_id>/finish")
@pair_required
def create_finish(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """Let it stand as it is."""
    with transaction():
        service.finish(pair, sitting_id, now=clock.now())
    return redirect(f"/sittings/{sitting_id}", 303)


@sat.post("/<sitting_id>/deletion")
@pair_required
def create_deletion(pair: Pair, sitting_id: str) -> ResponseReturnValue:
    """Throw it away, for good, with all that was opened of it."""
    with transaction():
        service.throw_away(pair, sitting_id)
    return redirect("/assessments", 303)


def _page(pair: Pair, sitting: Sitting, words: Instrument, page: Page, form: Filled | None) -> str:
    return render_template(
        "assessments/page.html",
        pair=pair,
        instrument=words,
        sitting=sitting,
        page=page,
        form=form,
        chosen=lambda item: wording.chosen(form, sitting.all_given, item.id),
        filled=wording.filled,
    )


def _page_asked(words: Instrument, number: int) -> Page:
    pages = pages_of(words)
    if not 1 <= number <= len(pages):
        raise NotFound
    return pages[number - 1]


def _where_to_go_on(sitting: Sitting, words: Instrument) -> str:
    pages = pages_of(words)
    page = page_to_go_on(pages, sitting.given)
    if page:
        return _address(sitting, page)
    # Whoever left before the private ones may have had to: they are asked once more whether they want them.
    asked = any(page.private and not sitting.private.keys() & {item.id for item in page.items} for page in pages)
    return f"/sittings/{sitting.id}/{'private' if asked else 'end'}"


def _after(sitting: Sitting, words: Instrument, page: Page, go: str) -> str:
    """Where a page leads: to the one after or before it; between the open and the private ones stands a question."""
    pages = pages_of(words)
    number = page.number + {NEXT: 1, BACK: -1, LEAVE: 0}[go]
    if go == LEAVE or number == 0:
        return f"/assessments/{sitting.instrument}"
    if number > len(pages):
        return f"/sittings/{sitting.id}/end"
    there = pages[number - 1]
    return f"/sittings/{sitting.id}/private" if there.private != page.private else _address(sitting, there)


def _last(words: Instrument) -> int:
    """The number of the last page without private questions."""
    return max((page.number for page in pages_of(words) if not page.private), default=1)


def _address(sitting: Sitting, page: Page) -> str:
    return f"/sittings/{sitting.id}/pages/{page.number}"
