"""Many rows as one text, so that they can come along with whoever looks."""

from typing import Any

from sqlalchemy import String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_CELL, _ROW = "\x1f", "\x1e"
"""Between columns and between rows. No name may hold them."""


class Strung(FunctionElement[str]):
    """All the texts of a group as one, with _ROW between them. SQLAlchemy's own cannot be prepared."""

    type, inherit_cache = String(), True


@compiles(Strung, "sqlite")
def _strung_on_sqlite(element: Strung, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, char({ord(_ROW)}))"


@compiles(Strung, "postgresql")
def _strung_on_postgresql(element: Strung, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, chr({ord(_ROW)}))"


def strung(*cells: Any) -> Strung:
    """The columns of each row, and all rows, as one text."""
    text = cells[0]
    for cell in cells[1:]:
        text = text.concat(literal(_CELL)).concat(cell)
    return Strung(text)


def rows_in(text: str | None) -> list[list[str]]:
    """The rows that a text was made of."""
    return [row.split(_CELL) for row in text.split(_ROW)] if text else []
