"""What happens between a therapist and a couple. Nothing here commits, asks the time, or knows of HTTP."""

from app.therapist.service.along import ALONG, at_hand, given_to
from app.therapist.service.doing import Did, Said, days_said, did_for, did_of, states_for
from app.therapist.service.giving import (
    Author,
    NothingAhead,
    TooMuchHomework,
    Wish,
    change,
    end,
    give,
    homework_for,
    homework_of,
    pause,
    resume,
)
from app.therapist.service.names import name_of
from app.therapist.service.practices import Told, edit_practice, practice_of, practice_taken_along
from app.therapist.service.saying import (
    NotDoneYet,
    NotToSkip,
    because_of,
    days_taken_along,
    forget_former_days,
    rate,
    skip,
    take_up,
)
from app.therapist.service.seeing import DaySeen, HomeworkSeen, day_seen, homework_seen

__all__ = [
    "ALONG",
    "Author",
    "DaySeen",
    "Did",
    "HomeworkSeen",
    "NotDoneYet",
    "NotToSkip",
    "NothingAhead",
    "Said",
    "Told",
    "TooMuchHomework",
    "Wish",
    "at_hand",
    "because_of",
    "change",
    "day_seen",
    "days_said",
    "days_taken_along",
    "did_for",
    "did_of",
    "edit_practice",
    "end",
    "forget_former_days",
    "give",
    "given_to",
    "homework_for",
    "homework_of",
    "homework_seen",
    "name_of",
    "pause",
    "practice_of",
    "practice_taken_along",
    "rate",
    "resume",
    "skip",
    "states_for",
    "take_up",
]
