"""What the tests of the daily loop begin with: two at their phones, or one alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Person
from app.couples.models import Couple
from app.exercises.models import Prompt
from tests.factories import make_prompt


@dataclass
class Two:
    """Ana and Ben, each with a browser; `give` gives the couple a prompt."""

    ana: FlaskClient
    ben: FlaskClient
    couple: Couple
    give: Callable[..., Any]


@pytest.fixture
def two(couple: Couple, ana: Person, ben: Person, as_user: Callable[..., FlaskClient], save: Callable[..., Any]) -> Two:
    """`two.give("love_map", item="home-smell")`: a prompt for both."""

    def give(*args: Any, **kwargs: Any) -> Prompt:
        prompt: Prompt = save(make_prompt(couple, *args, **kwargs))
        return prompt

    return Two(as_user(ana), as_user(ben), couple, give)
