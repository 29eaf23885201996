"""Many values of a group in one text, on each database in its own words. SQLAlchemy's own cannot be prepared."""

from typing import Any

from sqlalchemy import FunctionElement, Text
from sqlalchemy.ext.compiler import compiles

SEPARATOR = ","
"""What stands between the values. None of them may hold it."""


class Gathered(FunctionElement[str]):
    """The texts of a group, in any order, with SEPARATOR between."""

    type = Text()
    name = "gathered"
    inherit_cache = True


@compiles(Gathered)
def _in_general(element: Gathered, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, '{SEPARATOR}')"


@compiles(Gathered, "sqlite")
def _on_sqlite(element: Gathered, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, '{SEPARATOR}')"
