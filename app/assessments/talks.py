"""What two may say to begin with, for a part of life that they see differently or that both have little of. Pure."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "content" / "talks.toml"
APART, LITTLE = KINDS = ("apart", "little")


@lru_cache(maxsize=1)
def talks() -> Mapping[str, Mapping[str, str]]:
    """Domain of balance → APART and LITTLE, each with one line."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def talk(domain: str, kind: str) -> str:
    """The line for a domain, "" for one that is not of balance."""
    return talks().get(domain, {}).get(kind, "")
