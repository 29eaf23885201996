"""What the tests of sittings begin with: two at their phones."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Person
from app.couples.models import Couple


@dataclass
class Two:
    """Ana and Ben, each with a browser."""

    ana: FlaskClient
    ben: FlaskClient


@pytest.fixture
def two(couple: Couple, ana: Person, ben: Person, as_user: Callable[..., FlaskClient]) -> Two:
    """Ana and Ben at their phones."""
    return Two(as_user(ana), as_user(ben))
