"""The items of a FHIR form, however they lie in groups, and their options, however these are given. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.assessments.fhir import ORDINAL
from app.assessments.pack import MAX_STEPS, Refused

WEIGHTS = (ORDINAL, "http://hl7.org/fhir/StructureDefinition/itemWeight")

DEEPEST = 8

Table = Mapping[str, Any]


def items_of(items: list[Table], trail: list[Table], depth: int) -> Iterator[tuple[Table, list[Table]]]:
    """Every item with the groups that it lies in, outermost first. Raises Refused."""
    if depth > DEEPEST:
        raise Refused(f"The questionnaire nests items more than {DEEPEST} deep.")
    for item in items:
        if not item.get("linkId"):
            raise Refused("The questionnaire has an item without a linkId.")
        yield item, trail
        yield from items_of(item.get("item") or [], [*trail, item], depth + 1)


def options_of(item: Table, form: Table) -> list[tuple[int, str]]:
    """Value and label of each option, as the file has them."""
    link, codings = item["linkId"][:40], []
    for option in item.get("answerOption") or []:
        integer = option.get("valueInteger")
        codings.append((value_of(option.get("valueCoding") or {}, option) if integer is None else integer, option))
    found = [(value, (option.get("valueCoding") or {}).get("display") or "") for value, option in codings]
    if not found and (name := item.get("answerValueSet")):
        found = [(value_of(each, each), each.get("display") or "") for each in _contained(form, name)]
    if not found:
        raise Refused(f"Item {link!r} has no options.")
    if len(found) > MAX_STEPS:
        raise Refused(f"Item {link!r} has more than {MAX_STEPS} options.")
    whole = [(value, label) for value, label in found if value is not None]
    if len(whole) < len(found):
        raise Refused(f"An option of item {link!r} has no whole number as its value (ordinalValue).")
    if len(dict(whole)) < len(whole):
        raise Refused(f"Two options of item {link!r} have the same value.")
    return whole


def _contained(form: Table, name: str) -> list[Table]:
    for each in form.get("contained") or []:
        if name in (f"#{each.get('id')}", each.get("url")):
            includes = (each.get("compose") or {}).get("include") or []
            return [concept for include in includes for concept in include.get("concept") or []]
    raise Refused(f"The options {name[:80]!r} are not in the file.")


def value_of(coding: Table, option: Table) -> int | None:
    """The value of an option, None where it has none that is a whole number. A bare number as the code is one, too."""
    for holder in (coding, option):
        for url in WEIGHTS:
            weight = extension(holder, url)
            if weight is not None:
                return int(weight) if float(weight).is_integer() else None
    code = coding.get("code") or ""
    return int(code) if re.fullmatch(r"-?[0-9]{1,4}", code) else None


def extension(holder: Table, url: str) -> Any:
    """What an extension holds, None where it is not there."""
    for each in holder.get("extension") or []:
        if each.get("url") == url:
            return next((value for name, value in each.items() if name.startswith("value") and value is not None), None)
    return None
