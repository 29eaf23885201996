"""Names for rows: random, so that nobody can guess or count them."""

import secrets
from typing import Annotated

from sqlalchemy import Dialect, String, TypeDecorator
from sqlalchemy.orm import mapped_column

LENGTH = 22


class Name(TypeDecorator[str]):
    """An id in a row. It is looked for as somebody typed it into an address, too: what cannot be one finds nothing."""

    impl = String(LENGTH)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Look for nothing rather than for NUL, over which PostgreSQL stumbles."""
        return "" if value is not None and "\0" in value else value


Id = Annotated[str, mapped_column(Name)]
"""A column that holds an id: 22 characters, 128 random bits in URL-safe base64."""


def new_id() -> str:
    """A fresh id of 128 random bits, safe to show in a URL."""
    return secrets.token_urlsafe(16)
