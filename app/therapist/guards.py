"""Who is asking: a therapist, with something to show besides a password; and whether a couple's door is open to them.

A door is looked at anew in each request, through the therapist and the consents of both: a stranger's couple, one that
has left, and one that never was are the same 404. Nothing a view is given outlives the request.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.accounts.guards import FACTORS, ask_to_sign_in, current_visitor
from app.accounts.models import THERAPIST
from app.accounts.service import Visitor, held_words
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound, told
from app.core.policy import declare
from app.therapist import service
from app.therapist.service import Author, Opened

View = Callable[..., ResponseReturnValue]


def therapist_required(view: View) -> View:
    """Open to therapists. The view gets the Visitor first; a partner finds nothing."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        visitor = current_visitor()
        if visitor is None:
            return ask_to_sign_in()
        if visitor.role != THERAPIST:
            raise NotFound
        return view(visitor, *args, **kwargs) if visitor.secured else redirect(FACTORS, 303)

    return declare(guarded, THERAPIST)


def open_couple_required(kind: str) -> Callable[[View], View]:
    """Open to a therapist whose guest the couple in the address is now. The view gets the Opened first.

    The look is kept for the couple as a visit of this kind; `kind` must not hang on what classes are open.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(visitor: Visitor, couple_id: str, *args: Any, **kwargs: Any) -> ResponseReturnValue:
            return view(couple_of_therapist(visitor, couple_id, kind), *args, **kwargs)

        return therapist_required(guarded)

    return guard


def couple_of_therapist(visitor: Visitor, couple_id: str, kind: str) -> Opened:
    """The couple, if its door is open at this moment; the visit is kept. Raises NotFound. Opens a transaction."""
    door, now = service.couple_of_therapist(visitor, couple_id, kind=kind), clock.now()
    if service.visit_due(door, kind, now=now):
        with transaction():
            # Looked at again: it may have been shut since.
            door = service.couple_of_therapist(visitor, couple_id, kind=kind)
            service.note_visit(door, kind, now=now)
    return door


def words_of_request() -> list[str]:
    """What somebody wrote in the form that they are sending, if it is one whose words are given back."""
    # Whatever is raised where an error is told would be an unforeseen one.
    with suppress(HTTPException):
        if request.method == "POST":
            return held_words.words_in(request.path, request.form.items(multi=True))
    return []


def give_words_back(error: NotFound) -> ResponseReturnValue:
    """To a therapist whose words come after the couple has shut the door: their own words, and no more.

    Whoever never had that door open, and whoever has written nothing, finds what a stranger finds.
    """
    visitor, couple_id = current_visitor(), (request.view_args or {}).get("couple_id", "")
    words = words_of_request() if visitor is not None and visitor.role == THERAPIST else []
    if visitor is None or not words or not service.was_open(visitor, couple_id):
        return told(error)
    return render_template("therapist/shut.html", words=words), int(error.status)


def author() -> Author:
    """Whoever is signed in, as the author of notes, sets and exercises. Raises NotFound."""
    visitor = current_visitor()
    if visitor is None:
        raise NotFound
    return Author.of(visitor)
