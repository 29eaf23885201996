"""Selects made once and asked often, in the driver's own words: a tenth of what SQLAlchemy itself takes to ask.

SQLAlchemy writes the SQL, once for each database, and says how values go in and come out. In the asking it has no part.
"""

from collections import namedtuple
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Dialect, Select
from sqlalchemy.sql import visitors

Asked = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
"""What can be prepared."""


class Prepared:
    """A select as a driver takes it, which gives rows as SQLAlchemy would: by position or by name."""

    def __init__(self, statement: Asked, dialect: Dialect) -> None:
        """Make it for the databases that speak `dialect`. Raises ValueError for a list in an IN: its SQL varies."""
        columns = list(statement.selected_columns)
        compiled = visitors.cloned_traverse(statement, {}, {"bindparam": _written_out}).compile(dialect=dialect)
        if any(bind.expanding for bind in compiled.bind_names):
            raise ValueError("a list in an IN cannot be prepared")
        written = compiled.construct_expanded_state({**dict.fromkeys(compiled.params), **_known(compiled.params)})
        types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.sql, self._order = written.statement, written.positiontup
        self._constants = _known(written.parameters)
        asked = written.parameters.keys()
        self._told = [(name, convert) for name in asked if (convert := types[name].bind_processor(dialect))]
        self._read = [(at, convert) for at, convert in enumerate(read) if convert]
        names = statement.selected_columns.keys()
        self._row: Any = namedtuple("Row", [str(name) for name in names], rename=True)  # type: ignore[misc]

    def rows(self, connection: Any, given: dict[str, Any]) -> list[Any]:
        """Ask on a driver's connection. Raises KeyError for a value that is not given."""
        values = {**self._constants, **given}
        for name, convert in self._told:
            values[name] = convert(values[name])
        asked = [values[name] for name in self._order] if self._order is not None else values
        found = connection.execute(self.sql, asked).fetchall()
        if not found:
            return []
        columns: list[Any] = list(zip(*found, strict=True))
        for at, convert in self._read:
            columns[at] = [value if value is None else convert(value) for value in columns[at]]
        return [self._row._make(row) for row in zip(*columns, strict=True)]


@lru_cache(maxsize=128)
def prepared(statement: Asked, dialect: Dialect) -> Prepared:
    """The same for the same statement, which had better be made once."""
    return Prepared(statement, dialect)


def _written_out(bind: BindParameter[Any]) -> None:
    """Let what is the same each time stand in the SQL itself: SQLite plans anew whenever it is told a LIMIT."""
    if isinstance(bind.value, str | int) and not bind.expanding:
        bind.literal_execute = True


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
