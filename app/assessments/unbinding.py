"""The way back from an instrument: to its pack, and to a key alone. Pure."""

from app.assessments.instrument import Instrument, Item, Option
from app.assessments.keys import Key
from app.assessments.pack import Heading, Labels, Pack, Wording


def pack_of(key: Key, instrument: Instrument) -> Pack:
    """The pack that makes this instrument of its key, in its plainest form: what items share, it says once."""
    items = {item.id: item for item in instrument.items}
    members = {ident: [items[place.id] for place in key.items if place.format == ident] for ident in key.formats}
    shared = {ident: _shared(found) for ident, found in members.items()}
    formats = {}
    for ident, format_ in key.formats.items():
        if not format_.steps:
            steps = tuple(option.value for option in members[ident][0].options)
            formats[ident] = Labels(shared[ident], steps, members[ident][0].mirrored)
        elif shared[ident]:
            formats[ident] = Labels(shared[ident])
    factors = {ident: scale.id for scale in instrument.scales for ident in scale.items if key.asks_for_factors}
    return Pack(
        instrument=instrument.id,
        version=instrument.version,
        locale=instrument.locale,
        licence=instrument.licence,
        permission=instrument.permission,
        name=instrument.name,
        about=instrument.about,
        wording_hash=instrument.wording_hash,
        formats=formats,
        sections={each.id: Heading(each.title, each.text) for each in instrument.sections if each.title or each.text},
        scales={scale.id: scale.name for scale in instrument.scales},
        items={
            place.id: Wording(
                items[place.id].text,
                () if shared[place.format] else _labels(items[place.id]),
                factors.get(place.id, ""),
            )
            for place in key.items
        },
    )


def bare(key: Key) -> Instrument:
    """The instrument of a key without a word, to score sittings by whose pack is gone. Scales that a pack made up of
    items are not in it.
    """
    items = [
        Item(
            id=place.id,
            text="",
            options=tuple(Option(step, "") for step in key.formats[place.format].steps),
            section=place.section,
            private=next(section.private for section in key.sections if section.id == place.section),
            domain=place.domain,
            asks=place.asks,
            mirrored=key.formats[place.format].mirrored,
        )
        for place in key.items
    ]
    return Instrument(
        id=key.id,
        name=key.name,
        about="",
        version="",
        locale="",
        wording_hash="",
        licence="",
        permission="",
        terms=key.terms,
        sources=key.sources,
        validated=key.validated,
        built_in=False,
        every_weeks=key.every_weeks,
        minutes=key.minutes,
        sections=key.sections,
        items=tuple(items),
        scales=tuple(scale for scale in key.scales if scale.items),
    )


def _shared(items: list[Item]) -> tuple[str, ...]:
    """The labels that all items of a format have in common, if they do."""
    labels = {_labels(item) for item in items}
    return labels.pop() if len(labels) == 1 and len(items) > 1 else ()


def _labels(item: Item) -> tuple[str, ...]:
    return tuple(option.label for option in item.options)
