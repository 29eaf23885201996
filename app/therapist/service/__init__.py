"""What therapists give, and what the two make of it. Nothing here commits, asks the time, or knows of HTTP."""

from app.therapist.days import Schedule, done_on, state, states_of
from app.therapist.models import Homework, HomeworkDay, HomeworkTemplate, OwnExercise, schedule_of

__all__ = [
    "Homework",
    "HomeworkDay",
    "HomeworkTemplate",
    "OwnExercise",
    "Schedule",
    "done_on",
    "schedule_of",
    "state",
    "states_of",
]
