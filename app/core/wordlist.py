"""Plain English words that are easy to say, hear and keep in mind, to draw passwords and signs from."""

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """All of them, each once."""
    path = Path(__file__).parent / "content" / "words.txt"
    return tuple(path.read_text(encoding="utf-8").split())
