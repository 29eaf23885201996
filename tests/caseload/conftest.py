"""Thea, and Ana and Ben in her care, each at a browser of their own."""

import pytest

from tests.caseload.care import Care


@pytest.fixture
def care(app, thea) -> Care:
    return Care(app, thea)


@pytest.fixture
def guest(care, couple, ana, ben) -> str:
    """Thea as the guest of Ana and Ben, who both said yes to everything."""
    return care.open(couple, ana, ben)
