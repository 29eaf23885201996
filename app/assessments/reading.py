"""A FHIR R4 Questionnaire of whatever origin as a pack. Pure.

What others export differs: items lie in groups or not, have linkIds of their own, carry help texts and totals. What can
be understood is taken, in the order of the file where its linkIds are not ours; what cannot is refused in a sentence.
"""

import re
from collections.abc import Mapping
from typing import Any

from app.assessments.choices import Table, extension, items_of, options_of
from app.assessments.fhir import FACTOR, INSTRUMENT, INTRO, MIRRORED, PERMISSION, SCALE, WORDING_HASH
from app.assessments.keys import Key, Place
from app.assessments.pack import MAX_ITEMS, Pack, Refused, from_table

CHOICES, SILENT = {"choice", "open-choice"}, {"group", "display"}
_PARENS = re.compile(r"[()\[\]|/]")


def key_of(form: Table, keys: Mapping[str, Key]) -> Key:
    """The key that a Questionnaire is for: told by our identifier, else by the names it goes by. Raises Refused."""
    for each in form.get("identifier") or []:
        if each.get("system") == INSTRUMENT:
            if (ident := each.get("value")) in keys:
                return keys[ident]
            raise Refused(f"There is no key for {str(ident)[:40]!r}; there are {', '.join(keys)}.")
    names = [form.get("name"), form.get("title"), form.get("url")]
    names += [each.get("value") for each in form.get("identifier") or []]
    names += [each.get("display") for each in form.get("code") or []]
    parts = [part for name in names if name for part in (name, *_PARENS.split(name))]
    found = {key.id for key in keys.values() for part in parts if key.called(part)}
    if len(found) != 1:
        what = "more than one instrument" if found else "no instrument that there is a key for"
        raise Refused(f"The questionnaire names {what}; say which it is: --as {', --as '.join(keys)}.")
    return keys[found.pop()]


def pack_of(form: Table, key: Key, **given: str | None) -> Pack:
    """The pack in a Questionnaire. `given` (licence, permission, locale) fill in what is not there. Raises Refused."""
    asked = list(items_of(form.get("item") or [], [], 1))
    _check_unique(asked)
    questions = _placed(key, [item for item, _ in asked if item.get("type") in CHOICES])
    options = {place.id: options_of(item, form) for place, item in questions}
    _check_direction(key, options)
    labels = {place.id: _labels(key, place, options[place.id]) for place, _ in questions}
    trails = {item["linkId"]: trail for item, trail in asked}
    told = {
        "instrument": key.id,
        "version": form.get("version") or "1",
        "locale": (form.get("language") or given.get("locale") or "").replace("-", "_"),
        "licence": form.get("copyright") or given.get("licence"),
        "permission": extension(form, PERMISSION) or given.get("permission"),
        "name": form.get("title") or key.name,
        "about": form.get("description"),
        "wording_hash": extension(form, WORDING_HASH),
    }
    tables = {
        "items": {
            place.id: {
                "text": item.get("text") or "",
                "labels": list(labels[place.id]),
                "scale": _factor(key, item, trails[item["linkId"]]) if key.asks_for_factors else "",
            }
            for place, item in questions
        },
        "formats": {
            ident: _brought(ident, questions, options) for ident, each in key.formats.items() if not each.steps
        },
        "sections": _sections(key, asked),
        "scales": _scales(form),
    }
    return from_table({name: value for name, value in told.items() if value} | tables)


def _check_unique(asked: list[tuple[Table, list[Table]]]) -> None:
    if len(asked) > MAX_ITEMS:
        raise Refused(f"The questionnaire has more than {MAX_ITEMS} items.")
    seen: set[str] = set()
    for item, _ in asked:
        link = item["linkId"]
        if link in seen:
            raise Refused(f"The questionnaire has the linkId {link[:40]!r} twice.")
        seen.add(link)
        kind = item.get("type")
        if kind not in CHOICES | SILENT and not item.get("readOnly"):
            raise Refused(f"Item {link[:40]!r} is of type {kind}; a key knows items of type choice alone.")


def _placed(key: Key, questions: list[Table]) -> list[tuple[Place, Table]]:
    """Each question at its place: by linkId where these are ours, else in the order of the file."""
    if len(questions) != len(key.items):
        raise Refused(f"{key.name} has {len(key.items)} items; the questionnaire has {len(questions)}.")
    by_link = {item["linkId"]: item for item in questions}
    if set(by_link) == {place.id for place in key.items}:
        return [(place, by_link[place.id]) for place in key.items]
    return list(zip(key.items, questions, strict=True))


def _check_direction(key: Key, options: Mapping[str, list[tuple[int, str]]]) -> None:
    """Raise Refused where reversed items seem to be turned over in the file already: the key would turn them back."""
    turned = {ident for scale in key.scales for ident in scale.reverse}
    falling = {ident: found[0][0] > found[-1][0] for ident, found in options.items()}
    for place in key.items:
        straight = [falling[each.id] for each in key.items if each.format == place.format and each.id not in turned]
        if place.id in turned and straight and all(each != falling[place.id] for each in straight):
            raise Refused(
                f"The values of item {place.id} run the other way than those of the rest; the key turns them."
            )


def _labels(key: Key, place: Place, options: list[tuple[int, str]]) -> tuple[str, ...]:
    """The labels in the order of the key's steps."""
    steps = key.formats[place.format].steps
    named = dict(options)
    if steps and set(named) != set(steps):
        given, wanted = (", ".join(map(str, sorted(each))) for each in (named, steps))
        raise Refused(f"Item {place.id} is answered with {given} in the file, and with {wanted} by the key.")
    return tuple(named[step] for step in steps) if steps else tuple(label for _, label in options)


def _brought(
    ident: str, questions: list[tuple[Place, Table]], options: Mapping[str, list[tuple[int, str]]]
) -> dict[str, Any]:
    """Steps and mirroring of a format that the key leaves open."""
    members = [(place, item) for place, item in questions if place.format == ident]
    steps = {tuple(value for value, _ in options[place.id]) for place, _ in members}
    if len(steps) != 1:
        raise Refused(f"The items of format {ident} are not all answered in the same steps.")
    mirrored = {extension(item, MIRRORED) for _, item in members}
    told = {"mirrored": mirrored.pop()} if mirrored in ({True}, {False}) else {}
    return {"steps": list(steps.pop()), **told}


def _factor(key: Key, item: Table, trail: list[Table]) -> str:
    """The factor of an item: told by our extension, else by the group it lies in."""
    if told := extension(item, FACTOR):
        return str(told)
    for group in reversed(trail):
        for scale in key.scales:
            if {str(group.get("text", "")).casefold(), group["linkId"].casefold()} & {scale.id, scale.name.casefold()}:
                return scale.id
    return ""


def _scales(form: Table) -> dict[str, str]:
    told = [each.get("valueCoding") or {} for each in form.get("extension") or [] if each.get("url") == SCALE]
    return {each["code"]: each["display"] for each in told if each.get("code") and each.get("display")}


def _sections(key: Key, asked: list[tuple[Table, list[Table]]]) -> dict[str, dict[str, str]]:
    """Titles and texts of the sections that are ours."""
    texts = {item["linkId"]: item.get("text") or "" for item, _ in asked if item.get("type") in SILENT}
    found = {
        ident: {"title": texts.get(ident, ""), "text": texts.get(f"{ident}{INTRO}", "")}
        for ident in (each.id for each in key.sections)
    }
    return {ident: heading for ident, heading in found.items() if any(heading.values())}
