"""How a benchmark tells what it found: the command, the machine in words, a table, and what was asked of it."""

import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from app.core import clock


class Report:
    """Collects what was asked and whether it was met, printed as it comes."""

    def __init__(self) -> None:
        """Print the command that is running, the date, and on what machine."""
        self.missed: list[str] = []
        command = f"python -m {sys.modules['__main__'].__spec__.name} {' '.join(sys.argv[1:])}".strip()
        print(f"$ {command}\n{clock.now():%d %B %Y}, {machine()}\n", flush=True)

    def table(self, head: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
        """Print rows below their heads: numbers to the right, words to the left."""
        told = [[_told(cell) for cell in row] for row in [head, *rows]]
        widths = [max(map(len, column)) for column in zip(*told, strict=True)]
        right = [bool(rows) and isinstance(cell, int | float) for cell in (rows[0] if rows else head)]
        for row in told:
            cells = zip(row, widths, right, strict=True)
            print("  ".join(c.rjust(width) if to_right else c.ljust(width) for c, width, to_right in cells).rstrip())
        print(flush=True)

    def ask(self, what: str, found: object, *, met: bool) -> None:
        """Print what was asked, what was found, and whether that is enough."""
        print(f"{'ok    ' if met else 'MISSED'} {what}: {_told(found)}", flush=True)
        if not met:
            self.missed.append(what)

    def end(self) -> int:
        """0 when everything asked was met, else 1: what the command ends with."""
        return 1 if self.missed else 0


def machine() -> str:
    """The machine in words: "2 cores, Python 3.11"."""
    return f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version().rpartition('.')[0]}"


@contextmanager
def bar(doing: str, whole: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing in a log: `with bar("Building", 10) as step: step()`."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(doing, total=whole)
        yield lambda: progress.advance(task)


def _told(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.2f}" if abs(cell) < 100 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
