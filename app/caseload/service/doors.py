"""Which couples a therapist may look at, and what of them: asked of the consents anew in every statement."""

from sqlalchemy import Select, bindparam, select

from app.caseload.models import Care

SCORES, RESPONSES = "scores", "responses"


def open_couples() -> Select[str]:
    """The couples whose door is open to :therapist."""
    return select(Care.couple_id).where(Care.therapist_id == bindparam("therapist"))


def showing(_what: str) -> Select[str]:
    """Those of them that show one class, both of the two."""
    return open_couples()
