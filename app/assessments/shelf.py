"""The instruments that come with Attune, whole and in its own words. Pure but for the files it reads.

Those that an operator installed are in `service/packs.py`, which shows both together.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app.assessments.binding import bind
from app.assessments.instrument import Instrument
from app.assessments.keys import keys
from app.assessments.packfile import from_toml

PACKS = Path(__file__).parent / "content" / "packs"
BUILT_IN = ("balance", "satisfaction")
PLAIN = "en"
"""The language in which everything is there."""


@lru_cache(maxsize=1)
def builtin() -> Mapping[tuple[str, str], Instrument]:
    """By id and locale; each is there in PLAIN. Raises KeyFault or Refused when the content is not whole."""
    found = {}
    for ident in BUILT_IN:
        for path in sorted(PACKS.glob(f"{ident}.*.toml")):
            made = bind(keys()[ident], from_toml(path.read_bytes()), built_in=True)
            found[ident, made.locale] = made
    return found
