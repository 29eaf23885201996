"""Both views of each part of life, in words and on the map. Never a verdict, never one number for two."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.assessments.balance_map import Domain, Map, drawn
from app.assessments.balance_map import Seen as Spot
from app.assessments.between import APART, Between, View
from app.assessments.instrument import MUCH, Answers, Instrument, Item, Scale
from app.assessments.routes.wording import gettext, name_of, ngettext, said
from app.assessments.service import Both
from app.assessments.talks import APART as SEEN_APART
from app.assessments.talks import LITTLE, talk
from app.couples.models import QUINCE
from app.couples.service import Pair


@dataclass(frozen=True, slots=True)
class Part:
    """A part of life in the words of both. `talk` is a line to begin with, "" where there is nothing to begin."""

    name: str
    mine: tuple[str, ...]
    yours: tuple[str, ...]
    apart: bool
    little: bool
    compared: bool
    steps: tuple[str, ...]
    talk: str

    @property
    def in_a_sentence(self) -> tuple[str, str]:
        """What each says, to stand after a name and a colon."""
        mine, yours = (", ".join(each[:1].lower() + each[1:] for each in told) for told in (self.mine, self.yours))
        return mine, yours


@dataclass(frozen=True, slots=True)
class Seen:
    """All parts of life as both see them. `map` is None where only one question is asked about each."""

    parts: tuple[Part, ...]
    map: Map | None

    @property
    def apart(self) -> list[Part]:
        """Those that the two see differently."""
        return [part for part in self.parts if part.apart]

    @property
    def little(self) -> list[Part]:
        """Those that both call even, and that there is little of."""
        return [part for part in self.parts if part.little]

    @property
    def alike(self) -> list[Part]:
        """Those that the two see alike, or nearly."""
        return [part for part in self.parts if part.compared and not part.apart]


def seen_by_both(pair: Pair, instrument: Instrument, both: Both, found: Sequence[Between]) -> Seen:
    """What lies between two sittings, in words and on the map, the widest first on both."""
    parts = [(each, _part(pair, instrument, both, each)) for each in found]
    mapped = all(_much(instrument, each.scale) for each in found)
    by_width = sorted(parts, key=lambda pair_: (-_width(pair_[0]), not pair_[1].little))
    order = [each for each, _ in by_width]
    first_is_me = pair.me.side == QUINCE
    return Seen(
        tuple(part for _, part in parts),
        drawn([_domain(instrument, each, mine_first=first_is_me) for each in order]) if mapped else None,
    )


def _width(each: Between) -> float:
    return abs(each.gap or 0) + abs(each.gap_much or 0)


def _part(pair: Pair, instrument: Instrument, both: Both, each: Between) -> Part:
    mine = _told(instrument, each.scale, each.mine, both.mine.answers, name_of(pair))
    yours = _told(instrument, each.scale, each.theirs, both.yours.answers, pair.me.name, turned=True)
    apart = APART in (each.who, each.much)
    kind = SEEN_APART if apart else LITTLE if each.even_but_little else ""
    return Part(
        each.scale.name,
        mine,
        yours,
        apart,
        each.even_but_little,
        each.who is not None or each.much is not None,
        _steps(each),
        talk(each.scale.id, kind) if kind else "",
    )


def _told(
    instrument: Instrument, scale: Scale, view: View, answers: Answers, name: str, *, turned: bool = False
) -> tuple[str, ...]:
    """What one says about a part of life, in the words they answered in."""
    if _much(instrument, scale):
        return tuple(said(item, answers.get(item.id), name) for item in map(instrument.item, scale.items))
    if view.who is None:
        return (gettext("left out"),)
    leans = -view.leans() if turned else view.leans()
    told = gettext("more me") if leans < 0 else gettext("even") if leans == 0 else gettext("more %(name)s", name=name)
    return (told, f"{view.who:.1f}")


def _steps(each: Between) -> tuple[str, ...]:
    """How far two views lie apart: on who carries it, then on how much there is."""
    gaps = [gap for gap in (each.gap, each.gap_much) if gap is not None]
    return tuple(_step(abs(gap)) for gap in gaps) or ("–",)


def _step(gap: float) -> str:
    if gap == 0:
        return gettext("alike")
    if gap != round(gap):
        return gettext("%(gap)s apart", gap=f"{gap:.1f}")
    return ngettext("one step", "%(num)s steps", round(gap))


def _domain(instrument: Instrument, each: Between, *, mine_first: bool) -> Domain:
    mine, theirs = (_spot(instrument, each.scale, view, turned=not mine_first) for view in (each.mine, each.theirs))
    return Domain(each.scale.name, *((mine, theirs) if mine_first else (theirs, mine)))


def _spot(instrument: Instrument, scale: Scale, view: View, *, turned: bool) -> Spot | None:
    """Where a view lies on the map, on which the first partner is always at the start."""
    much = _much(instrument, scale)
    carried = next(item for item in map(instrument.item, scale.items) if item.asks != MUCH)
    if view.who is None or view.much is None or much is None:
        return None
    who = (view.who - carried.lowest) / (carried.highest - carried.lowest)
    return Spot(1 - who if turned else who, (view.much - much.lowest) / (much.highest - much.lowest))


def _much(instrument: Instrument, scale: Scale) -> Item | None:
    """The question about how much there is of a domain, if the instrument asks that."""
    return next((item for item in map(instrument.item, scale.items) if item.asks == MUCH), None)
