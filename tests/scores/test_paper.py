"""docs/attunement.md says what the code does: its figures, and its example to the last digit."""

import re

import pytest

from app.config import ROOT
from app.scores.attunement import pulls
from app.scores.formula import CURRENT, NINETY, PARTS
from app.scores.levels import Ratings, after_week, learned, waited
from app.scores.reading import ENOUGH, WINDOW
from app.scores.service.together import APART, APART_FOR

PAPER = " ".join((ROOT / "docs" / "attunement.md").read_text().split())
NAMES = dict(zip(PARTS, ("felt understood", "heard", "appreciated", "known"), strict=True))
NUMBERS = {2: "two", 4: "four", 7: "seven"}


@pytest.mark.parametrize(
    "figure",
    [
        f"a level of {CURRENT.start}, give or take {CURRENT.start_spread}",
        f"by about {CURRENT.drift} points",
        f"about {CURRENT.noise:.0f} points from where its part stands",
        " + ".join(f"{weight:.2f} × {NAMES[part]}" for part, weight in zip(PARTS, CURRENT.weights, strict=True)),
        f"before {NUMBERS[CURRENT.enough_days]} days with a check-in",
        f"narrower than {CURRENT.widest:.0f} points to either side",
        f"{APART:.0f} points or more apart for {NUMBERS[APART_FOR]} weeks",
        f"fewer than {NUMBERS[ENOUGH]}",
        f"The newest {WINDOW} days count",
    ],
)
def test_a_figure_is_that_of_the_code(figure) -> None:
    assert figure in PAPER


def test_each_weight_stands_beside_its_part() -> None:
    for part, weight in zip(PARTS, CURRENT.weights, strict=True):
        assert re.search(rf"\| \*\*{NAMES[part]}\*\* \|[^|]*\|[^|]*\| {weight:.2f} \|", PAPER)


def test_the_example_is_what_the_code_makes_of_it() -> None:
    state = None
    for _ in range(6):
        state = after_week(state, _week((6, 1, 5, 2), (70, 60, 75, 65)))
    before, ratings = waited(state, 1), _week((5, 2, 4, 2), (62, 50, 78, 60))
    after = learned(before, ratings)
    for pull in pulls(before, after, ratings):
        moved = f"{pull.moved:+.1f}".replace("-", "−")
        row = f"| {NAMES[pull.part]} | {pull.expected:.1f} | {pull.count} | {pull.rated:.1f} | {moved} |"
        assert row in PAPER
    level, moved = after.level(CURRENT), after.level(CURRENT) - before.level(CURRENT)
    told = f"| together | {before.level(CURRENT):.1f} | | | {moved:+.1f}, to {level:.1f} |"
    assert told.replace("-", "−") in PAPER
    band = NINETY * state.variance(CURRENT) ** 0.5
    low, high = state.level(CURRENT) - band, state.level(CURRENT) + band
    assert f"between {low:.0f} and {high:.0f}" in PAPER


# Below


def _week(counts, means):
    return Ratings(counts, tuple(float(count * mean) for count, mean in zip(counts, means, strict=True)))
