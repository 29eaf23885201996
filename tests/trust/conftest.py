"""What the trust tests ask of every route: the same people, with the same rows, on each database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.trust.rows import Kept
from tests.trust.world import World, build


@pytest.fixture
def world(app: Flask, save: Callable[..., Any]) -> World:
    """Everybody who may come to the door."""
    return build(app, save)


@pytest.fixture
def kept(world: World) -> Iterator[Kept]:
    """Their rows, as they are before anybody has asked for anything."""
    kept = Kept(world.app)
    yield kept
    kept.let_go()
