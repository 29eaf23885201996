"""The time zones that people may choose."""

from functools import lru_cache
from itertools import groupby
from zoneinfo import available_timezones

_AREAS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every one, by its IANA name."""
    return frozenset(name for name in available_timezones() if name.split("/")[0] in _AREAS or name == "UTC")


@lru_cache(maxsize=1)
def zone_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones for a list to choose from: each area with its (name, place)."""
    named = [(name.partition("/")[0], name, name.partition("/")[2].replace("_", " ") or name) for name in zones()]
    grouped = groupby(sorted(named), key=lambda each: each[0])
    return [(area, [(name, place) for _area, name, place in each]) for area, each in grouped]
