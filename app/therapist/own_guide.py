"""An exercise in a therapist's own words, as it is being written, and whether it is whole. Pure.

It is kept as the table that a guided exercise is: name, summary, why, minutes, intensity, landing, steps. What the
content files may hold, and how long it may be, holds here too. Its last step, which asks how it went, is always there.
"""

import re
from collections.abc import Mapping
from typing import Any

READ, SPEAK, LISTEN, WRITE, REVEAL, CHOOSE, RATE = "read", "speak", "listen", "write", "reveal", "choose", "rate"
KINDS = (READ, SPEAK, LISTEN, WRITE, REVEAL, CHOOSE)
"""What a step may be, besides the last one, which rates."""

FIRST, SECOND = "first", "second"
"""Who speaks: whoever begins, or the other."""

INTENSITIES = ("light", "warm", "deep")
LONGEST = {"name": 40, "summary": 140, "why": 200, "title": 60, "text": 400, "other": 400, "label": 80}
OPTION, LANDING = 120, 280
"""Characters."""

OPTIONS, LANDINGS = range(2, 9), range(1, 5)
MINUTES, SECONDS = range(1, 121), range(10, 3601)
LENGTHS = (30, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600)
"""How many seconds a step may be told to take. One that takes another time keeps it."""
STEPS_MOST = 30
PLACEHOLDERS = ("{me}", "{you}", "{first}", "{second}")
PLAIN = {"name", "summary", "why"}
"""What is read before anybody has begun, so that no names stand in it."""

OWN_FIELDS = {
    READ: ("seconds",),
    SPEAK: ("who", "seconds", "other"),
    LISTEN: ("seconds",),
    WRITE: ("label",),
    REVEAL: ("label",),
    CHOOSE: ("options",),
    RATE: (),
}
"""What a step of a kind holds besides id, kind, title and text."""

_PLACEHOLDER = re.compile(r"\{.*?\}")

Table = dict[str, Any]


def begun(name: str) -> Table:
    """An exercise with nothing in it but its name."""
    return {"name": name, "summary": "", "why": "", "minutes": 15, "intensity": "light", "landing": [], "closing": "",
            "steps": [], "number": 0}  # fmt: skip


def unknown_placeholder(name: str, text: str) -> str:
    """What looks like a name to fill in, and is none or has no place in this field; "" where there is no such thing."""
    allowed = () if name in PLAIN else PLACEHOLDERS
    return next((found for found in _PLACEHOLDER.findall(text) if found not in allowed), "")


def with_step(table: Table, step: Mapping[str, Any]) -> Table:
    """With one more step at the end, under an id that none had before."""
    number = table["number"] + 1
    steps = [*table["steps"], {"id": f"step-{number}", **_own(step)}]
    return {**table, "steps": steps, "number": number}


def with_step_changed(table: Table, ident: str, step: Mapping[str, Any]) -> Table:
    """With another step in the place of one."""
    steps = [{"id": ident, **_own(step)} if each["id"] == ident else each for each in table["steps"]]
    return {**table, "steps": steps}


def with_step_earlier(table: Table, ident: str) -> Table:
    """With a step one place earlier."""
    steps = list(table["steps"])
    place = next((at for at, each in enumerate(steps) if each["id"] == ident), 0)
    if place:
        steps[place - 1], steps[place] = steps[place], steps[place - 1]
    return {**table, "steps": steps}


def without_step(table: Table, ident: str) -> Table:
    """Without it."""
    return {**table, "steps": [each for each in table["steps"] if each["id"] != ident]}


def lacking(table: Table) -> list[str]:
    """The names of what it still needs before it can be given."""
    return [name for name in ("name", "summary", "why", "landing", "closing", "steps") if not table[name]]


def content(table: Table, went: str) -> Table:
    """The table of a guided exercise, with the step that asks how it went (`went` is its title), in one variant."""
    last = {"id": "went", "kind": RATE, "title": went, "text": table["closing"]}
    kept = {name: table[name] for name in ("name", "summary", "why", "minutes", "intensity", "landing")}
    return {**kept, "steps": [*table["steps"], last], "variants": {"own": {"title": table["name"]}}}


def _own(step: Mapping[str, Any]) -> Table:
    names = ("kind", "title", "text", *OWN_FIELDS[step["kind"]])
    return {name: step[name] for name in names if step.get(name) not in (None, "", [])}
