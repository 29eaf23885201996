"""A person's weeks, what both look at together, and what stands beside. Nothing here commits, or asks the time.

What a page may show: `weeks_of`, `weeks_until`, `practice_of` and `reading_of` are of the one who looks, for them
alone, as is what they take along. Of the partner's there is `together`, and nothing else. `stands_of` is for whom
somebody shows their weeks.
"""

from app.scores.service.beside import practice_of, reading_of
from app.scores.service.closing import close_weeks
from app.scores.service.keeping import forget_former, keep_current, monday_of
from app.scores.service.looking import Week, weeks_of, weeks_until
from app.scores.service.rebuilding import couples_to_rebuild, rebuild
from app.scores.service.several import Stand, stands_of
from app.scores.service.taking import Closings, all_weeks_of, closings_of, in_time, levels_of, taken_along
from app.scores.service.together import (
    APART,
    Together,
    WeekTogether,
    open_weeks,
    opened_at,
    shut_weeks,
    together,
)

__all__ = [
    "APART",
    "Closings",
    "Stand",
    "Together",
    "Week",
    "WeekTogether",
    "all_weeks_of",
    "close_weeks",
    "closings_of",
    "couples_to_rebuild",
    "forget_former",
    "in_time",
    "keep_current",
    "levels_of",
    "monday_of",
    "open_weeks",
    "opened_at",
    "practice_of",
    "reading_of",
    "rebuild",
    "shut_weeks",
    "stands_of",
    "taken_along",
    "together",
    "weeks_of",
    "weeks_until",
]
