"""What partners fill in, and what they do with a prompt, each in one line."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.exercises.models import Prompt

ALONE = {"mood": "7", "stress": "2", "need": "space"}
ABOUT_TWO = {"understood": "6", "valued": "8", "supported": "5"}
GUESSES = {"guess_mood": "4", "guess_stress": "9", "guess_need": "advice"}
CHECK_IN: dict[str, Any] = {**ALONE, **ABOUT_TWO, **GUESSES}
"""A sound check-in of somebody in a couple of two."""

LOVE_MAP = {"answer": "bread in the oven", "guess": "the sea in winter"}
APPRECIATION = {"text": "You warmed my side of the bed."}


def respond(browser: FlaskClient, prompt: Prompt, **typed: Any) -> TestResponse:
    """Give a response: the standard one for the exercise, with other fields if given."""
    standard = {"check_in": CHECK_IN, "love_map": LOVE_MAP, "appreciation": APPRECIATION}[prompt.exercise]
    return act(browser, prompt, "response", **{**standard, **typed})


def act(browser: FlaskClient, prompt: Prompt | str, what: str, **typed: Any) -> TestResponse:
    """Do one thing with a prompt, or an id: `act(ben, prompt, "mark", closeness="close")`."""
    ident = prompt if isinstance(prompt, str) else prompt.id
    return browser.post(f"/prompts/{ident}/{what}", data=typed)


def page(browser: FlaskClient, prompt: Prompt, query: str = "") -> str:
    """The page of a prompt, which is there."""
    answer = browser.get(f"/prompts/{prompt.id}{query}")
    assert answer.status_code == 200, answer.status_code
    return answer.text


def unchecked(browser: FlaskClient) -> FlaskClient:
    """A browser of the same person that does not check the pages it is shown: for the many that others have checked."""
    plain = FlaskClient(browser.application, browser.application.response_class)
    plain.environ_base.update(browser.environ_base)
    plain.set_cookie("attune", browser.get_cookie("attune").value)
    return plain
