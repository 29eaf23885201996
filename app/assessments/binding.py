"""A key and a pack make an instrument, or a sentence that says why they do not. Pure."""

import hashlib
import json
from collections.abc import Iterable

from app.assessments.instrument import Instrument, Item, Option, Scale, Section
from app.assessments.keys import Format, Key, Place
from app.assessments.pack import Labels, Pack, Refused


def bind(key: Key, pack: Pack, *, built_in: bool = False) -> Instrument:
    """The instrument of a key in the words of a pack. Raises Refused where they do not fit."""
    _check_names(key, pack)
    formats = {ident: _format(format_, pack.formats.get(ident)) for ident, format_ in key.formats.items()}
    private = {section.id for section in key.sections if section.private}
    items = tuple(_item(place, formats[place.format], pack, private=place.section in private) for place in key.items)
    found = wording_hash(key.id, items)
    if pack.wording_hash not in {"", found}:
        raise Refused(f"The words are not those that the hash is of: they have {found}.")
    return Instrument(
        id=key.id,
        name=pack.name or key.name,
        about=pack.about,
        version=pack.version,
        locale=pack.locale,
        wording_hash=found,
        licence=pack.licence,
        permission=pack.permission,
        terms=key.terms,
        sources=key.sources,
        validated=key.validated,
        built_in=built_in,
        every_weeks=key.every_weeks,
        minutes=key.minutes,
        sections=tuple(_section(section, pack) for section in key.sections),
        items=items,
        scales=_scales(key, pack),
    )


def wording_hash(ident: str, items: Iterable[Item]) -> str:
    """What tells one wording from another: the hash of each item's id, text and options, in their order."""
    words = [[item.id, item.text, [[option.value, option.label] for option in item.options]] for item in items]
    told = json.dumps([ident, words], ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"


def _check_names(key: Key, pack: Pack) -> None:
    wanted, given = {place.id for place in key.items}, set(pack.items)
    if len(given) != len(wanted):
        raise Refused(f"{key.name} has {len(wanted)} items; the pack has {len(given)}.")
    if surplus := sorted(given - wanted):
        raise Refused(f"{key.name} has no item {surplus[0]}; it has {', '.join(place.id for place in key.items)}.")
    for kind, given, wanted in (
        ("format", set(pack.formats), set(key.formats)),
        ("section", set(pack.sections), {section.id for section in key.sections}),
        ("scale", set(pack.scales), {scale.id for scale in key.scales}),
    ):
        if surplus := sorted(given - wanted):
            raise Refused(f"{key.name} has no {kind} {surplus[0]}; it has {', '.join(sorted(wanted))}.")


def _format(format_: Format, labels: Labels | None) -> tuple[Format, tuple[str, ...]]:
    """A format with its steps, and the labels of those items that have none of their own (perhaps none)."""
    if format_.steps:
        if labels is not None and (labels.steps or labels.mirrored is not None):
            raise Refused(f"The steps of format {format_.id} are the key's; the pack may not bring others.")
        return format_, labels.labels if labels else ()
    if labels is None or not labels.steps or labels.mirrored is None:
        raise Refused(f"The pack must say which steps format {format_.id} has, and whether it is mirrored.")
    steps = labels.steps
    if len(steps) > 20 or sorted(steps) != list(range(min(steps), max(steps) + 1)):
        raise Refused(f"The steps of format {format_.id} must be whole numbers in a row, each once.")
    return Format(format_.id, steps, labels.mirrored), labels.labels


def _item(place: Place, answered: tuple[Format, tuple[str, ...]], pack: Pack, *, private: bool) -> Item:
    format_, common = answered
    wording = pack.items[place.id]
    labels = wording.labels or common
    if not labels:
        raise Refused(f"Item {place.id} has no labels, neither of its own nor of format {format_.id}.")
    if len(labels) != len(format_.steps):
        raise Refused(f"Item {place.id} is answered in {len(format_.steps)} steps; the pack has {len(labels)} labels.")
    if not (labels[0] and labels[-1]):
        raise Refused(f"Item {place.id} needs a label at both ends.")
    return Item(
        id=place.id,
        text=wording.text,
        options=tuple(Option(step, label) for step, label in zip(format_.steps, labels, strict=True)),
        section=place.section,
        private=private,
        domain=place.domain,
        asks=place.asks,
        mirrored=format_.mirrored,
    )


def _section(section: Section, pack: Pack) -> Section:
    heading = pack.sections.get(section.id)
    return Section(section.id, heading.title, heading.text, section.private) if heading else section


def _scales(key: Key, pack: Pack) -> tuple[Scale, ...]:
    if not key.asks_for_factors:
        if any(item.scale for item in pack.items.values()):
            raise Refused(f"Which items make a scale of {key.name} is the key's to say, not the pack's.")
        return tuple(_named(scale, scale.items, pack) for scale in key.scales)
    known = [scale.id for scale in key.scales]
    for place in key.items:
        if (named := pack.items[place.id].scale) not in known:
            told = f"is in {named!r}, which is no factor" if named else "is in no factor"
            raise Refused(f"Item {place.id} {told}; the factors are {', '.join(known)}.")
    members = {ident: tuple(p.id for p in key.items if pack.items[p.id].scale == ident) for ident in known}
    if empty := [ident for ident in known if not members[ident]]:
        raise Refused(f"No item is in the factor {empty[0]}.")
    return tuple(_named(scale, members[scale.id], pack) for scale in key.scales)


def _named(scale: Scale, items: tuple[str, ...], pack: Pack) -> Scale:
    return Scale(
        id=scale.id,
        name=pack.scales.get(scale.id, scale.name),
        items=items,
        rule=scale.rule,
        reverse=scale.reverse,
        answered=scale.answered,
        lowest=scale.lowest,
        highest=scale.highest,
        cut=scale.cut,
        reliabilities=scale.reliabilities,
        apart=scale.apart,
        little=scale.little,
    )
