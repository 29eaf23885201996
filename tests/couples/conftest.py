"""What the tests of couples begin with: people on their own, each with a browser."""

import pytest

from tests.factories import make_couple


@pytest.fixture
def alone(save, ana, ben):
    """Ana and Ben, each on their own."""
    return save(make_couple(ana), make_couple(ben))


@pytest.fixture
def anas(alone, as_user, ana):
    """The browser of Ana, who is on her own."""
    return as_user(ana)


@pytest.fixture
def bens(alone, as_user, ben):
    """The browser of Ben, who is on his own."""
    return as_user(ben)
