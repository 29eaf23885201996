"""What two do on the path. Nothing here commits, or asks the time.

Of the other's words there are those at a step, from when they are written; their aims, once both have chosen; and a
wording that they offered. What either wrote in a couple that has ended is theirs alone.
"""

from app.path.service.aims import Aims, aims_of, choose_aims
from app.path.service.former import Former, forget_former, former_words, keep_former, taken_along
from app.path.service.way import Overview, Written, mark_behind, overview, undo_behind, write, written
from app.path.service.wordings import Recommitment, Worded, WordingChanged, agree, offer, recommitment_of

__all__ = [
    "Aims",
    "Former",
    "Overview",
    "Recommitment",
    "Worded",
    "WordingChanged",
    "Written",
    "agree",
    "aims_of",
    "choose_aims",
    "forget_former",
    "former_words",
    "keep_former",
    "mark_behind",
    "offer",
    "overview",
    "recommitment_of",
    "taken_along",
    "undo_behind",
    "write",
    "written",
]
