"""Many rows in one text, so that they can come along with a row of something else: made in SQL, and read again here.

On each database in its own words, since SQLAlchemy's own cannot be prepared.
"""

from typing import Any

from sqlalchemy import FunctionElement, Text, literal
from sqlalchemy.ext.compiler import compiles

_CELL, _ROW = "\x1f", "\x1e"
"""What stands between columns, and between rows. No text that anybody sends holds them: forms refuse them."""


class _Gathered(FunctionElement[str]):
    type = Text()
    name = "gathered"
    inherit_cache = True


@compiles(_Gathered)
def _in_general(element: _Gathered, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, chr({ord(_ROW)}))"


@compiles(_Gathered, "sqlite")
def _on_sqlite(element: _Gathered, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, char({ord(_ROW)}))"


def gathered(*cells: Any) -> FunctionElement[str]:
    """All rows of a group, each of these texts, in any order; NULL where there is none."""
    text = cells[0]
    for cell in cells[1:]:
        text = text.concat(literal(_CELL)).concat(cell)
    return _Gathered(text)


def rows_in(text: str | None) -> list[list[str]]:
    """The rows that `gathered` took."""
    return [row.split(_CELL) for row in values_in(text)]


def values_in(text: str | None) -> list[str]:
    """The same of one column."""
    return text.split(_ROW) if text else []
