"""What many sittings were asked in: each wording is looked up once."""

from app.assessments.instrument import Instrument
from app.assessments.service.packs import scored_by
from app.assessments.service.sealed import Sitting


class Wordings:
    """The instruments that sittings are scored by, see `scored_by`."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Instrument] = {}

    def of(self, sitting: Sitting) -> Instrument:
        """What this one is scored by. Raises KeyError."""
        place = sitting.instrument, sitting.locale, sitting.version
        if place not in self._known:
            self._known[place] = scored_by(*place)
        return self._known[place]
