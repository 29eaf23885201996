"""Several rows as one text, so that they can come along as a scalar with the statement that asks who visits."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

CELL, ROW = "\x1f", "\x1e"
"""Between columns and between rows. No name may hold them."""


class Strung(FunctionElement[str]):
    """All the texts of a group as one, with ROW between them. SQLAlchemy's own cannot be prepared."""

    type, inherit_cache = String(), True


@compiles(Strung, "sqlite")
def _strung_on_sqlite(element: Strung, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, char({ord(ROW)}))"


@compiles(Strung, "postgresql")
def _strung_on_postgresql(element: Strung, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, chr({ord(ROW)}))"
