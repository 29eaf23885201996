"""What is pushed: one constant neutral line for each kind, language and level. Never a name, mood, question or topic.

The shape is that of Declarative Web Push, which phones that know it show without our worker; the worker reads the
same fields. Every message is padded to one size, since a length says something, too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

SIZE = 1024
"""Bytes of every message before it is encrypted."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a lock screen shows."""

    title: str
    body: str


def payload(
    line: Line, *, ident: str, tag: str, navigate: str, lang: str, badge: int, actions: Mapping[str, str]
) -> bytes:
    """The message as it is encrypted, SIZE bytes long.

    ident: what the worker reports back when it has shown it. tag: what a repeat replaces. navigate: an absolute address
    of ours. badge: the number of open prompts. actions: id → what its button says.
    """
    notification = {
        "title": line.title,
        "body": line.body,
        "navigate": navigate,
        "lang": lang,
        "tag": tag,
        "silent": False,
        "data": {"id": ident},
        "actions": [{"action": name, "title": title} for name, title in actions.items()],
    }
    text = json.dumps({"web_push": 8030, "notification": notification, "app_badge": badge}, separators=(",", ":"))
    return text.encode().ljust(SIZE)
