"""What the people of the demo have answered every few weeks, sat as anybody would."""

from collections.abc import Mapping
from typing import Any

from app.assessments import service
from app.assessments.instrument import MUCH, Instrument
from app.assessments.models import ANSWERS, PARTNER
from app.couples.service import Pair
from app.demo_rows import DAY, Calendar


def sit(pair: Pair, told: Mapping[str, Any], calendar: Calendar) -> None:
    """Let the one who looks sit an instrument, inside a transaction. `told`: one of the sittings of the content."""
    instrument = service.instrument(told["instrument"], "en")
    assert instrument is not None  # noqa: S101 - it comes with Attune
    begun = calendar.at(calendar.today - told["days_ago"] * DAY, 21.5)
    sitting_id = service.begin(pair, instrument, now=begun)
    private = [item.id for item in instrument.items if item.private]
    hidden = dict(zip(private, told.get("private", ()), strict=False))
    service.save(pair, sitting_id, {**_given(instrument, told), **hidden}, private=private)
    service.finish(pair, sitting_id, now=begun)
    if told.get("opened"):
        sitting = service.sitting_of(pair, sitting_id)
        service.open_part(pair, sitting, instrument, ANSWERS, PARTNER, now=begun)


def _given(instrument: Instrument, told: Mapping[str, Any]) -> dict[str, int]:
    if "values" in told:
        return dict(zip((item.id for item in instrument.open_items), told["values"], strict=True))
    who = [item.id for item in instrument.open_items if item.asks != MUCH]
    much = [item.id for item in instrument.open_items if item.asks == MUCH]
    return dict(zip((*who, *much), (*told["carries"], *told["much"]), strict=True))
