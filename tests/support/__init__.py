"""What the tests need from the machine, found or missed in one way."""

import os
from typing import NoReturn

import pytest


def missing(need: str, reason: object) -> NoReturn:
    """Skip the test for want of `need` ("browser", "postgres"), or fail it where REQUIRE_<NEED>=1 stands."""
    name = f"REQUIRE_{need.upper()}"
    if os.environ.get(name) == "1":
        pytest.fail(f"{name}=1, but: {reason}", pytrace=False)
    pytest.skip(str(reason))
