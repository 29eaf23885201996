"""Names for rows: random, so that nobody can guess or count them."""

import secrets
from typing import Annotated

from sqlalchemy import String
from sqlalchemy.orm import mapped_column

LENGTH = 22

Id = Annotated[str, mapped_column(String(LENGTH))]
"""A column that holds an id: 22 characters, 128 random bits in URL-safe base64."""


def new_id() -> str:
    """A fresh id of 128 random bits, safe to show in a URL."""
    return secrets.token_urlsafe(16)
