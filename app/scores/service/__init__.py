"""A person's weeks, what both look at together, and what stands beside. Nothing here commits, or asks the time.

What a page may show: `weeks_of`, `week_of`, `practice_of` and `reading_of` are of the one who looks, for them alone.
Of the partner's there is `together`, and nothing else.
"""

from app.scores.service.beside import practice_of, reading_of
from app.scores.service.closing import close_weeks
from app.scores.service.keeping import forget_former, keep_current, monday_of
from app.scores.service.looking import Week, week_of, weeks_of
from app.scores.service.rebuilding import couples_to_rebuild, rebuild
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
    "Together",
    "Week",
    "WeekTogether",
    "close_weeks",
    "couples_to_rebuild",
    "forget_former",
    "keep_current",
    "monday_of",
    "open_weeks",
    "opened_at",
    "practice_of",
    "reading_of",
    "rebuild",
    "shut_weeks",
    "together",
    "week_of",
    "weeks_of",
]
