"""Made-up words for every key: what an operator would install, without a word of a published scale."""

from app.assessments.binding import bind
from app.assessments.instrument import Instrument
from app.assessments.keys import Key, keys
from app.assessments.pack import Pack, from_table

STEPS = [1, 2, 3, 4, 5, 6, 7]
"""What is made up for the one key that leaves its steps to the pack."""


def table(key: Key, **changes: object) -> dict:
    """A sound pack for a key, as TOML reads it. `changes` replace what is in it; None takes it out."""
    formats = {ident: {"labels": _labels(format_.steps or STEPS)} for ident, format_ in key.formats.items()}
    for ident, format_ in key.formats.items():
        if not format_.steps:
            formats[ident] |= {"steps": STEPS, "mirrored": True}
    scales = [scale.id for scale in key.scales]
    found = {
        "instrument": key.id,
        "version": "1",
        "locale": "xx",
        "licence": "None: made up",
        "permission": "Nobody's",
        "formats": formats,
        "items": {
            place.id: {"text": f"Question {place.id}?"}
            | ({"scale": scales[number % len(scales)]} if key.asks_for_factors else {})
            for number, place in enumerate(key.items)
        },
    }
    return {name: value for name, value in (found | changes).items() if value is not None}


def pack(ident: str, **changes: object) -> Pack:
    """A sound pack for a key, by its id."""
    return from_table(table(keys()[ident], **changes))


def made(ident: str) -> Instrument:
    """An instrument in made-up words."""
    return bind(keys()[ident], pack(ident))


def _labels(steps) -> list[str]:
    return ["One end", *[""] * (len(steps) - 2), "Other end"]
