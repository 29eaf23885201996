"""A practice."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id

NONE, LIMITED, OWN = "none", "limited", "own"
POLICIES = (NONE, LIMITED, OWN)
"""How a therapist handles what one partner tells alone: no secrets, limited ones, or a policy in their own words."""


class Practice(Model):
    """What a couple is to know of a therapist before anything else. Its name, and a policy of their own, are sealed."""

    __tablename__ = "practices"

    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    policy: Mapped[str] = mapped_column(String(8))
    words: Mapped[bytes] = mapped_column(LargeBinary)
