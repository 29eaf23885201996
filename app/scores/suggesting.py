"""One thing to try, which follows from the parts. Pure."""

from collections.abc import Sequence

from app.scores.attunement import Part
from app.scores.formula import FELT

SUPPORT, PRESENCE, KEEP = "support", "presence", "keep"
"""Being there, and somebody to talk to; being there and listening; going on as it is. What else there is are parts."""

LITTLE = 50.0
"""Below this nobody who feels so is well served by being asked for more kind words. Ours, like what follows."""
BELOW = 5.0
"""A part that lies so many points under the mean of those that can be told is the one to begin with."""


def suggestion(parts: Sequence[Part]) -> str | None:
    """SUPPORT, PRESENCE, KEEP, or a part's name; None while no part can be told.

    Where somebody feels little understood, being there comes before anything else: kind words are not pushed then.
    """
    told = {part.name: part.level for part in parts if part.level is not None}
    if not told:
        return None
    felt = told.get(FELT)
    lowest = min(told, key=lambda name: told[name])
    if felt is not None and felt < LITTLE:
        return SUPPORT
    if told[lowest] > sum(told.values()) / len(told) - BELOW:
        return KEEP
    return PRESENCE if lowest == FELT else lowest
