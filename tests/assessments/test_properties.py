"""What scores must satisfy, whatever anybody answers: ten thousand sittings, of all instruments there is a key for.

Each example sits every instrument: 750 and 750 times five, and 250 times five twice, and 320 times two twice.
"""

from math import isclose

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessments.between import between
from app.assessments.change import VERDICTS, band, change, limits
from app.assessments.keys import ORDER
from app.assessments.scoring import keyed, needed, scores
from app.assessments.shelf import PLAIN, builtin
from tests.assessments.words import made

SHELF = [builtin()[ident, PLAIN] if (ident, PLAIN) in builtin() else made(ident) for ident in ORDER]
SCORED = [each for each in SHELF if each.scored]
COMPARED = [each for each in SHELF if each.compared]
LONGEST = max(len(each.items) for each in SHELF)

chances = st.binary(min_size=LONGEST, max_size=LONGEST)
"""One byte for each item, from which the answer comes: far quicker than to draw each by itself."""


def answered(instrument, drawn, *, gaps=True):
    """A sitting from bytes. About every eighth item is left out where `gaps`."""
    pairs = zip(instrument.items, drawn, strict=False)
    return {item.id: item.options[byte // 8 % len(item.options)].value for item, byte in pairs if not gaps or byte % 8}


@settings(max_examples=750)
@given(chances)
def test_a_score_lies_in_its_range_and_is_there_as_soon_as_enough_is_answered(drawn) -> None:
    for instrument in SCORED:
        answers = answered(instrument, drawn)
        (score,) = scores(instrument, answers)
        given_ = [ident for ident in score.scale.items if ident in answers]
        assert (score.value is not None) == (len(given_) >= needed(score.scale))
        if score.value is not None:
            low, high = band(score.scale, score.value)
            assert score.scale.lowest <= low <= score.value <= high <= score.scale.highest
            # Worked out anew, from what each answer is worth: the mean of those given, as often as there are items.
            worth = [
                item.lowest + item.highest - answers[item.id] if item.id in score.scale.reverse else answers[item.id]
                for item in instrument.items
                if item.id in given_
            ]
            assert isclose(score.value, sum(worth) / len(worth) * len(score.scale.items))


@settings(max_examples=750)
@given(chances, st.integers(0, LONGEST))
def test_a_higher_answer_raises_the_score_unless_its_item_is_reversed(drawn, which) -> None:
    for instrument in SCORED:
        answers = answered(instrument, drawn, gaps=False)
        item = instrument.items[which % len(instrument.items)]
        (scale,) = instrument.scales
        if answers[item.id] < item.highest:
            (before,), (after,) = (scores(instrument, answers | {item.id: answers[item.id] + up}) for up in (0, 1))
            assert after.value - before.value == (-1 if item.id in scale.reverse else 1)
        assert keyed(item, scale, keyed(item, scale, answers[item.id])) == answers[item.id]


@settings(max_examples=250)
@given(chances, chances)
def test_a_change_is_called_by_its_size_alone_and_both_ways_alike(earlier, later) -> None:
    for instrument in SCORED:
        (before,), (after,) = (
            scores(instrument, answered(instrument, drawn, gaps=False)) for drawn in (earlier, later)
        )
        found, limit = change(before.scale, before.value, after.value), limits(before.scale)
        reached = [abs(after.value - before.value) > least for least in (limit.noise, limit.clear)]
        assert found.verdict == VERDICTS[sum(reached)]
        assert found.crossed == (before.below_cut != after.below_cut)
        back = change(before.scale, after.value, before.value)
        assert (back.points, back.verdict, back.crossed) == (-found.points, found.verdict, found.crossed)


@settings(max_examples=320)
@given(chances, chances)
def test_two_see_the_same_differences_each_from_their_own_side(one, other) -> None:
    for instrument in COMPARED:
        mine, theirs = answered(instrument, one), answered(instrument, other)
        for here, there in zip(between(instrument, mine, theirs), between(instrument, theirs, mine), strict=True):
            assert (here.gap is None) == (there.gap is None)
            assert here.gap is None or (isclose(here.gap, there.gap, abs_tol=1e-9) and abs(here.gap) <= 6)
            assert (here.who, here.much, here.even_but_little) == (there.who, there.much, there.even_but_little)
            if here.mine.who is not None:
                middle = here.mine.middle
                assert isclose(here.mine.who - middle, middle - there.theirs.who, abs_tol=1e-9)
        # Two who say the same of one domain differ in none: each one's "me" is the other's "partner".
        turned = {
            item.id: item.lowest + item.highest - mine[item.id] if item.mirrored else mine[item.id]
            for item in instrument.items
            if item.id in mine
        }
        assert {each.gap for each in between(instrument, mine, turned)} <= {0, None}
