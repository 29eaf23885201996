"""What happens to couples. Nothing here commits, asks the time, or knows of HTTP."""

from app.couples.day import day_of, start_of
from app.couples.service.joining import (
    VALID,
    Claim,
    Coupled,
    Invited,
    NoInvitation,
    NothingToConfirm,
    OwnInvitation,
    claim,
    claim_of,
    confirm,
    invitation_of,
    invitation_open,
    invite,
    take_back_claim,
    withdraw,
)
from app.couples.service.pairs import Pair, Partner, begin_alone, edit_couple, leave_couple, pair_of, paired

__all__ = [
    "VALID",
    "Claim",
    "Coupled",
    "Invited",
    "NoInvitation",
    "NothingToConfirm",
    "OwnInvitation",
    "Pair",
    "Partner",
    "begin_alone",
    "claim",
    "claim_of",
    "confirm",
    "day_of",
    "edit_couple",
    "invitation_of",
    "invitation_open",
    "invite",
    "leave_couple",
    "pair_of",
    "paired",
    "start_of",
    "take_back_claim",
    "withdraw",
]
