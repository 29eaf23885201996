"""Which couples a therapist may look at, and what of them: asked of the consents anew in every statement."""

from sqlalchemy import Select, select

from app.therapist.models import Consent, Guest
from app.therapist.service import open_doors


def open_couples() -> Select[str]:
    """The couples whose door is open to :therapist."""
    return open_doors().with_only_columns(Guest.couple_id)


def showing(what: str) -> Select[str]:
    """Those of them of which both show a class, one of CLASSES."""
    refused = select(Consent.person_id).where(Consent.guest_id == Guest.id, getattr(Consent, what).is_(False))
    return open_couples().where(~refused.correlate(Guest).exists())


def opened_doors() -> Select[str]:
    """(couple, when its door opened, when what both show to :therapist last changed) of each open one."""
    return open_doors().with_only_columns(Guest.couple_id, Guest.opened_at, Guest.changed_at)  # type: ignore[return-value]
