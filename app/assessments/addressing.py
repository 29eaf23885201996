"""The partner's name in what is for somebody to read. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"(^|[.!?] )?\{you\}")


def called(text: str, you: str) -> str:
    """A text in which the partner is called `you`, with a capital where a sentence begins."""

    def name(found: re.Match[str]) -> str:
        begins: str | None = found[1]
        return you if begins is None else begins + you[:1].upper() + you[1:]

    return _PLACE.sub(name, text)


def addressed(resource: Mapping[str, Any], you: str) -> dict[str, Any]:
    """A resource of FHIR in whose texts the partner is called `you`.

    What is to be read back as an instrument must be left as it is.
    """
    return {name: _addressed(each, you) for name, each in resource.items()}


def _addressed(value: Any, you: str) -> Any:
    if isinstance(value, str):
        return called(value, you)
    if isinstance(value, Mapping):
        return addressed(value, you)
    return [_addressed(each, you) for each in value] if isinstance(value, list) else value
