"""Scores by the key: golden vectors that were worked out by hand, boundaries, and answers that are missing."""

import pytest

from app.assessments.scoring import WrongAnswer, check, missing, needed, scores
from app.assessments.shelf import PLAIN, builtin
from tests.assessments.test_keys import PUBLISHED
from tests.assessments.words import made

CSI_16_FIRST = [4, 3, 4, 4, 3, 4, 3, 3, 2, 3, 4, 4, 3, 4, 4, 3]
BEST_16, WORST_16 = [6, *[5] * 15], [0] * 16

GOLDEN = [
    # instrument, answers by item (None: not answered), score, below the cut-off
    ("csi_4", [0, 0, 0, 0], 0, True),
    ("csi_4", [6, 5, 5, 5], 21, False),
    ("csi_4", [3, 4, 3, 3], 13, True),
    ("csi_4", [4, 4, 3, 3], 14, False),
    ("csi_4", [6, 0, 5, 2], 13, True),
    ("csi_4", [6, 5, 5, None], None, None),
    ("csi_4", [None, None, None, None], None, None),
    ("csi_16", WORST_16, 0, True),
    ("csi_16", BEST_16, 81, False),
    ("csi_16", CSI_16_FIRST, 55, False),
    ("csi_16", [*CSI_16_FIRST[:-1], 0], 52, False),
    ("csi_16", [3, *CSI_16_FIRST[1:-1], 0], 51, True),
    # 52 in 15 items, and a sixteenth like them: 52 * 16 / 15
    ("csi_16", [*CSI_16_FIRST[:-1], None], 52 * 16 / 15, False),
    # 44 in 13 items: 44 * 16 / 13; with 12 answered there is none
    ("csi_16", [*CSI_16_FIRST[:13], None, None, None], 44 * 16 / 13, False),
    ("csi_16", [*CSI_16_FIRST[:12], None, None, None, None], None, None),
    # Items 4 and 7 are turned over: 5 counts 1, and 1 counts 5
    ("ras", [5, 5, 5, 1, 5, 5, 1], 35, None),
    ("ras", [1, 1, 1, 5, 1, 1, 5], 7, None),
    ("ras", [5, 5, 5, 5, 5, 5, 5], 27, None),
    ("ras", [1, 1, 1, 1, 1, 1, 1], 15, None),
    ("ras", [4, 3, 4, 2, 5, 5, 2], 29, None),
    ("ras", [4, 3, 4, 1, 5, 5, 2], 30, None),
    # 3 + 4 + 4 + 5 + 5 and, turned over, 4 are 25 in six items
    ("ras", [3, 4, 4, None, 5, 5, 2], 25 * 7 / 6, None),
    ("ras", [3, 4, None, None, 5, 5, 2], None, None),
    ("kms", [1, 1, 1], 3, True),
    ("kms", [7, 7, 7], 21, False),
    ("kms", [5, 5, 6], 16, True),
    ("kms", [5, 6, 6], 17, False),
    ("kms", [7, 7, None], None, None),
    # "lonely", the last one, is turned over
    ("satisfaction", [6, 6, 6, 6, 0], 30, None),
    ("satisfaction", [0, 0, 0, 0, 6], 0, None),
    ("satisfaction", [4, 5, 3, 4, 2], 20, None),
    ("satisfaction", [4, 5, 3, 4, None], 20, None),
    ("satisfaction", [4, 5, None, 4, 2], 17 * 5 / 4, None),
    ("satisfaction", [4, 5, None, None, 2], None, None),
]


def sat(ident, values):
    instrument = builtin()[ident, PLAIN] if (ident, PLAIN) in builtin() else made(ident)
    pairs = zip(instrument.items, values, strict=True)
    return instrument, {item.id: value for item, value in pairs if value is not None}


@pytest.mark.parametrize(("ident", "values", "score", "below"), GOLDEN)
def test_golden_vectors(ident, values, score, below) -> None:
    instrument, answers = sat(ident, values)
    (found,) = scores(instrument, answers)
    assert found.value == (score if score is None else pytest.approx(score, abs=1e-12))
    assert found.below_cut is below
    assert found.answered == len(answers)
    assert found.filled == (len(values) - len(answers) if score is not None else 0)


@pytest.mark.parametrize("ident", PUBLISHED)
def test_one_answer_too_few_gives_no_score(ident) -> None:
    instrument = made(ident)
    (scale,) = instrument.scales
    assert needed(scale) == PUBLISHED[ident][-1]
    for left_out in range(len(instrument.items) + 1):
        answers = {item.id: item.highest for item in instrument.items[left_out:]}
        (found,) = scores(instrument, answers)
        assert (found.value is None) == (len(answers) < needed(scale))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"days": 7}, "7 is no answer to days"),
        ({"days": -1}, "-1 is no answer to days"),
        ({"days": True}, "True is no answer to days"),
        ({"days": 3.0}, "3.0 is no answer to days"),
        ({"days": "3"}, "'3' is no answer to days"),
        ({"nights": 3}, "satisfaction has no item nights"),
    ],
)
def test_an_answer_that_is_not_offered_is_refused(answers, told) -> None:
    instrument = builtin()["satisfaction", PLAIN]
    with pytest.raises(WrongAnswer, match=told):
        scores(instrument, answers)
    with pytest.raises(WrongAnswer, match=told):
        check(instrument, answers)


def test_a_sitting_goes_on_where_it_was_left() -> None:
    instrument, answers = sat("satisfaction", [4, None, 3, None, None])
    assert [item.id for item in missing(instrument, answers)] == ["arriving", "year", "lonely"]


def test_of_balance_nobody_has_a_number_alone() -> None:
    instrument = builtin()["balance", PLAIN]
    assert scores(instrument, {item.id: item.highest for item in instrument.items}) == ()
