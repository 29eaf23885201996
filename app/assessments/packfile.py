"""A pack as a file of TOML, in and out. Pure.

    instrument = "csi_4"            # the key it is for
    version = "1"
    locale = "en"
    name = "…"                      # what the pages call it; without: the name of the key
    about = "…"                     # one or two sentences before it begins; may be left out
    licence = "…"                   # under which terms its words may be used
    permission = "…"                # who gave it and when, or which words of the licence grant it
    wording_hash = "sha256:…"       # may be left out; where it stands it must be right
    [formats.<id>]
    labels = ["…", …]               # as many as the key has steps, in their order; "" between the ends
    steps = [1, …]                  # these two where the key leaves them open, and only there
    mirrored = true
    [sections.<id>]                 # may be left out
    title = "…"
    text = "…"
    [scales]                        # names in this language; may be left out
    <id> = "…"
    [items]
    <id> = "…"                      # or with labels of its own, and with the scale where the key leaves that open:
    <id> = { text = "…", labels = ["…", …], scale = "…" }

{you} stands for the partner's name.
"""

import json
import tomllib

from app.assessments.pack import Pack, Refused, from_table

MAX_BYTES = 256 * 1024
MAX_DOTS = 500
"""On one line. What reads TOML takes memory by the square of a key's parts: 120,000 of them are tens of gigabytes."""


def from_toml(raw: bytes) -> Pack:
    """The pack in a file. Raises Refused."""
    text = text_of(raw)
    if any(line.count(".") > MAX_DOTS for line in text.split("\n")):
        raise Refused(f"A line of the file holds more than {MAX_DOTS} dots.")
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        # Not a TOMLDecodeError alone: a number of 5,000 digits is something else to Python.
        raise Refused(f"The file is no TOML: {error}.") from error
    except RecursionError as error:
        raise Refused("The file is nested too deeply.") from error
    return from_table(table)


def text_of(raw: bytes) -> str:
    """The text of a file. Raises Refused where it is too large or not UTF-8."""
    if len(raw) > MAX_BYTES:
        raise Refused(f"The file is larger than {MAX_BYTES // 1024} KB.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The file is not UTF-8.") from error


def to_toml(pack: Pack) -> str:
    """The pack as a file that `from_toml` reads back as the same pack."""
    plain = ("instrument", "version", "locale", "name", "about", "licence", "permission", "wording_hash")
    lines = [f"{name} = {_quoted(getattr(pack, name))}" for name in plain if getattr(pack, name)]
    for ident, format_ in pack.formats.items():
        lines += ["", f"[formats.{ident}]"]
        lines += [f"labels = {_list(format_.labels)}"] if format_.labels else []
        lines += [f"steps = {list(format_.steps)}"] if format_.steps else []
        lines += [f"mirrored = {str(format_.mirrored).lower()}"] if format_.mirrored is not None else []
    for ident, heading in pack.sections.items():
        lines += ["", f"[sections.{ident}]", f"title = {_quoted(heading.title)}", f"text = {_quoted(heading.text)}"]
    if pack.scales:
        lines += ["", "[scales]", *(f"{ident} = {_quoted(name)}" for ident, name in pack.scales.items())]
    for ident, item in pack.items.items():
        lines += ["", f"[items.{ident}]", f"text = {_quoted(item.text)}"]
        lines += [f"labels = {_list(item.labels)}"] if item.labels else []
        lines += [f"scale = {_quoted(item.scale)}"] if item.scale else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # The escapes of JSON are TOML's; DEL alone must be escaped there, and none is let in.
    return json.dumps(text, ensure_ascii=False)


def _list(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"
