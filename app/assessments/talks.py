"""What two may say to begin with, for a part of life that they see differently or that both have little of. Pure."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app.assessments.instrument import BETWEEN
from app.assessments.keys import keys

FILE = Path(__file__).parent / "content" / "talks.toml"
APART, LITTLE = KINDS = ("apart", "little")


class TalkError(ValueError):
    """The content is not whole. The message names file, domain and kind."""


@lru_cache(maxsize=1)
def talks() -> Mapping[str, Mapping[str, str]]:
    """Domain of balance → APART and LITTLE, each with one line. Raises TalkError and KeyFault."""
    return read(FILE)


def read(path: Path) -> Mapping[str, Mapping[str, str]]:
    """The lines of a file. Raises TalkError and KeyFault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TalkError(f"{path.name} cannot be read ({error}).") from error
    domains = {scale.id for scale in keys()["balance"].scales if scale.rule == BETWEEN}
    for domain in sorted(domains ^ set(table)):
        raise TalkError(f"{path.name}: {domain} {'is missing' if domain in domains else 'is no domain of balance'}.")
    for domain, lines in table.items():
        if not isinstance(lines, dict) or set(lines) != set(KINDS):
            raise TalkError(f"{path.name}: {domain} must have {' and '.join(KINDS)}, and nothing else.")
        for kind, line in lines.items():
            if not isinstance(line, str) or not line.strip():
                raise TalkError(f"{path.name}: {domain} {kind} must be a text.")
    return table


def talk(domain: str, kind: str) -> str:
    """The line for a domain, "" for one that is not of balance."""
    return talks().get(domain, {}).get(kind, "")
