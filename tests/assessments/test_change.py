"""Whether a score has moved: at the very points where the verdict turns, and against a formula of its own."""

from math import inf

import pytest

from app.assessments.change import CLEAR, NOISE, POSSIBLE, band, change, limits
from app.assessments.instrument import Cut, Reliability, Scale
from app.assessments.keys import keys
from app.assessments.shelf import PLAIN, builtin

TURNS = [
    # instrument, the greatest whole change that is noise, the least that is possible, the least that is clear
    ("csi_4", 2, 3, 5),
    ("csi_16", 6, 7, 15),
    ("ras", 4, 5, 6),
    ("kms", 2, 3, 6),
    ("satisfaction", 5, 6, 9),
]


def scale_of(ident) -> Scale:
    return keys()[ident].scales[0]


@pytest.mark.parametrize(("ident", "noise", "possible", "clear"), TURNS)
def test_the_verdict_turns_where_it_should(ident, noise, possible, clear) -> None:
    scale, start = scale_of(ident), 3
    told = {points: change(scale, start, start + points).verdict for points in range(clear + 2)}
    assert [told[noise], told[possible], told[clear - 1], told[clear]] == [NOISE, POSSIBLE, POSSIBLE, CLEAR]
    for points, verdict in told.items():
        back = change(scale, start + points, start)
        assert (back.verdict, back.points) == (verdict, -points)


@pytest.mark.parametrize("ident", [ident for ident, *_ in TURNS])
def test_the_limits_are_those_of_the_formula(ident) -> None:
    # By another way: the standard error of a difference is the root of the error variances of both sittings.
    scale = scale_of(ident)
    by_hand = sorted(1.96 * (2 * each.sd**2 * (1 - each.r)) ** 0.5 for each in scale.reliabilities)
    assert [limits(scale).noise, limits(scale).clear] == pytest.approx(by_hand)


def test_crossing_the_cut_off_is_told_with_the_change() -> None:
    scale = scale_of("csi_4")
    crossed = {(before, after): change(scale, before, after).crossed for before, after in [(13, 14), (14, 13), (8, 13)]}
    assert crossed == {(13, 14): True, (14, 13): True, (8, 13): False}
    assert change(scale_of("ras"), 7, 35).crossed is False


def test_the_weakest_figure_says_what_a_verdict_rests_on() -> None:
    based = {ident: limits(scale_of(ident)).basis for ident, *_ in TURNS}
    assert based == {
        "csi_4": "inference",
        "csi_16": "inference",
        "ras": "known",
        "kms": "assumed",
        "satisfaction": "assumed",
    }
    assert change(scale_of("satisfaction"), 3, 9).basis == "assumed"


def test_where_no_reliability_is_known_nothing_is_claimed() -> None:
    for scale in (*keys()["rba"].scales, *builtin()["balance", PLAIN].scales):
        assert (limits(scale), band(scale, 3), change(scale, 1, 5)) == (None, None, None)
    assert change(scale_of("kms"), None, 9) is None
    assert change(scale_of("kms"), 9, None) is None


def test_one_reliability_alone_never_makes_a_change_clear() -> None:
    one = Reliability(kind="alpha", r=0.9, sd=5, basis="found", sd_basis="found", source="here")
    scale = Scale(
        id="one", name="One", items=("1",), rule="sum", highest=1000, cut=Cut(9, "found", "here"), reliabilities=(one,)
    )
    assert limits(scale).clear == inf
    assert change(scale, 0, 1000).verdict == POSSIBLE


def test_the_band_is_that_of_the_lower_reliability_and_ends_with_the_scale() -> None:
    scale = scale_of("csi_4")
    half = 1.96 * 4 * 0.15**0.5
    assert band(scale, 10) == pytest.approx((10 - half, 10 + half))
    assert band(scale, 1) == pytest.approx((0, 1 + half))
    assert band(scale, 21) == pytest.approx((21 - half, 21))
