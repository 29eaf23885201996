"""What happens around assessments."""

from app.assessments.service.packs import (
    bound,
    built_in,
    install,
    installed,
    instrument,
    instruments,
    misfits,
    remove,
    scored_by,
    wording_of,
)

__all__ = [
    "bound",
    "built_in",
    "install",
    "installed",
    "instrument",
    "instruments",
    "misfits",
    "remove",
    "scored_by",
    "wording_of",
]
