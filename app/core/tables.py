"""Tables as CSV, in which no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = frozenset("=+-@\t\r\n\x00＝＋－＠|%")
"""What a text may not begin with, also behind blanks, lest a spreadsheet reckons with it (OWASP, *CSV injection*)."""
GUARD = "'"
"""What stands before such a text, and before one that begins with it, so that `unguarded` gives each back."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows below their head, as RFC 4180 has it. None is an empty cell."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(head)
    for row in rows:
        lines.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return written.getvalue()


def guarded(text: str) -> str:
    """The text as it stands in a cell."""
    behind = text.lstrip()
    blanks = text[: len(text) - len(behind)]
    begins = text[:1] == GUARD or behind[:1] in FORMULA or not FORMULA.isdisjoint(blanks)
    return f"{GUARD}{text}" if begins else text


def unguarded(cell: str) -> str:
    """The text that a cell holds."""
    return cell.removeprefix(GUARD)
