"""What the pages of assessments share."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.assessments import service
from app.assessments.instrument import Instrument
from app.assessments.service import Sitting
from app.core.errors import NotFound
from app.couples.service import Pair

bp = Blueprint("assessments", __name__, url_prefix="/assessments")
sat = Blueprint("sittings", __name__, url_prefix="/sittings")


def locale() -> str:
    """The language of whoever looks."""
    return str(get_locale() or "en")


def shelf() -> tuple[Instrument, ...]:
    """What can be sat, in the language of whoever looks."""
    return service.instruments(locale())


def asked(ident: str) -> Instrument:
    """The instrument in an address. Raises NotFound."""
    found = service.instrument(ident, locale())
    if found is None:
        raise NotFound
    return found


def words_of(sitting: Sitting) -> Instrument:
    """The words that a sitting was sat in; without them, where they are gone from this server."""
    return service.scored_by(sitting.instrument, sitting.locale, sitting.version)


def mine(pair: Pair, sitting_id: str) -> tuple[Sitting, Instrument]:
    """A sitting of mine with its words. Raises NotFound."""
    sitting = service.sitting_of(pair, sitting_id)
    return sitting, words_of(sitting)


def elsewhere(sitting: Sitting) -> ResponseReturnValue:
    """Where a page that a sitting does not have, or no longer has, leads: to what it has now."""
    return redirect(f"/sittings/{sitting.id}", 303)
