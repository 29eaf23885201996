"""What is asked along with who visits: how far somebody is with becoming two."""

from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select

from app.accounts.models import Person
from app.couples.models import Invitation

_OPEN = and_(
    Invitation.confirmed_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > bindparam("now")
)
_HOW_FAR = case(
    (Invitation.claimed_by == Person.id, "asked"), (Invitation.claimed_by.is_(None), "open"), else_="claimed"
)
PAIRING: Any = (
    select(_HOW_FAR)
    .where(or_(Invitation.inviter_id == Person.id, Invitation.claimed_by == Person.id), _OPEN)
    .order_by(Invitation.claimed_by.is_(None))
    .limit(1)
    .correlate(Person)
    .scalar_subquery()
)
"""How far a person is with becoming two: "open", they have invited; "claimed", somebody asks to join them; "asked",
they have asked to join somebody; None. To be asked along."""
