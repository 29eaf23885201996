"""docs/instruments.md: what it tells operators is what the keys and the code do."""

import re
import tomllib

import pytest

from app.assessments.binding import bind
from app.assessments.change import limits
from app.assessments.keys import ORDER, keys
from app.assessments.pack import Refused, from_table
from app.assessments.scoring import needed
from app.config import ROOT
from tests.assessments.words import table

PAPER = (ROOT / "docs" / "instruments.md").read_text()
SCORED = [ident for ident in ORDER if limits(keys()[ident].scales[0])]


@pytest.mark.parametrize("ident", SCORED)
def test_the_table_of_numbers_is_that_of_the_keys(ident) -> None:
    (scale,), found = keys()[ident].scales, limits(keys()[ident].scales[0])
    cut = f"below {scale.cut.at:g}" if scale.cut else "none"
    cells = [f"`{ident}`", len(scale.items), f"{scale.lowest:g}", f"{scale.highest:g}", cut]
    cells += [f"{found.noise:.2f}", f"{found.clear:.2f}", found.basis]
    assert f"| {' | '.join(map(str, cells))} |" in PAPER
    if needed(scale) < len(scale.items):
        assert re.search(rf"`{ident}`( takes)? {needed(scale)} of {len(scale.items)}\b", PAPER)


def test_the_pack_that_it_shows_installs() -> None:
    shown, open_key = re.findall(r"```toml\n(.*?)```", PAPER, re.DOTALL)
    assert bind(keys()["kms"], from_table(tomllib.loads(shown))).items[2].text == "…"
    partial = tomllib.loads(open_key)
    whole = table(keys()["rba"])
    whole["formats"] = partial["formats"]
    whole["items"] |= partial["items"]
    assert bind(keys()["rba"], from_table(whole)).item("1").highest == 5
    with pytest.raises(Refused):
        bind(keys()["rba"], from_table(whole | {"formats": {}}))


def test_it_names_every_key_and_every_factor() -> None:
    for name in (*ORDER, *(scale.id for scale in keys()["rba"].scales)):
        assert f"`{name}`" in PAPER


def test_it_draws_the_lines_of_balance_where_the_key_does() -> None:
    assert {(scale.apart, scale.little) for scale in keys()["balance"].scales} == {(2, 1)}
    told = " ".join(PAPER.split())
    assert "two steps or more are *differently*" in told
    assert "(at most 1)" in told
