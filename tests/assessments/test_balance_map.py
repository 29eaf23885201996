"""The map as it is drawn: everything in its box, nothing on top of anything, the same from either side."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessments.balance_map import BOTH, FIRST, HEIGHT, SECOND, WIDTH, Domain, Seen, _box, _meet, drawn
from app.assessments.talks import FILE, TalkError, read, talks
from tests.assessments.sit import BALANCE

NAMES = [scale.name for scale in BALANCE.compared]
STEPS = (0, 0.25, 0.5, 0.75, 1)

views = st.one_of(st.none(), st.builds(Seen, st.sampled_from(STEPS), st.sampled_from(STEPS)))
maps = st.lists(st.tuples(views, views), min_size=len(NAMES), max_size=len(NAMES)).map(
    lambda both: [Domain(name, *each) for name, each in zip(NAMES, both, strict=True)]
)


@given(maps)
@settings(max_examples=80, deadline=None)
def test_every_view_has_one_mark_in_the_box_and_no_two_lie_on_each_other(domains: list[Domain]) -> None:
    found = drawn(domains)
    whole = [each for each in domains if each.first is not None and each.first == each.second]
    assert sum(mark.whose == BOTH for mark in found.marks) == len(whole)
    for whose, name in ((FIRST, "first"), (SECOND, "second")):
        given_ = sum(getattr(each, name) is not None for each in domains)
        assert sum(mark.whose in (whose, BOTH) for mark in found.marks) == given_
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in found.marks)
    places = [(mark.x, mark.y) for mark in found.marks]
    assert len(set(places)) == len(places)
    assert len(found.ties) == sum(
        each.first is not None and each.second is not None and each.first != each.second for each in domains
    )


@given(maps)
@settings(max_examples=80, deadline=None)
def test_no_name_lies_on_another_or_leaves_the_map(domains: list[Domain]) -> None:
    labels = drawn(domains).labels
    boxes = [_box(label) for label in labels]
    assert not any(_meet(one, other) for one, other in combinations(boxes, 2))
    assert all(box[0] >= -2 and box[2] <= WIDTH + 2 for box in boxes)
    shown = [label.text for label in labels]
    assert len(set(shown)) == len(shown)


def test_where_all_is_seen_differently_the_widest_is_named_first() -> None:
    wide = Domain(NAMES[0], Seen(0, 0.5), Seen(1, 0.5))
    assert drawn([wide]).labels[0].text == NAMES[0]


def test_every_part_of_life_has_a_line_to_begin_a_talk_with_that_ends_in_a_question() -> None:
    lines = [line for each in talks().values() for line in each.values()]
    assert len(set(lines)) == len(lines)
    assert all(line.endswith("?") and len(line) <= 140 for line in lines)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[money]", "[luck]"), "talks.toml: luck is no domain of balance"),
        (("apart", "together"), "talks.toml: decisions must have apart and little"),
        (("[money]", "[money"), "talks.toml cannot be read"),
    ],
)
def test_lines_that_are_not_whole_name_what_is_wrong_and_where(change, told, tmp_path) -> None:
    file = tmp_path / "talks.toml"
    file.write_text(FILE.read_text().replace(*change))
    with pytest.raises(TalkError, match=told):
        read(file)


@pytest.mark.parametrize("count", [1, 4, 10])
def test_marks_that_share_a_place_lie_about_its_middle(count: int) -> None:
    middle = drawn([Domain("a", Seen(0.5, 0.5), Seen(0.5, 0.5))]).marks[0]
    marks = drawn([Domain(name, Seen(0.5, 0.5), Seen(0.5, 0.5)) for name in NAMES[:count]]).marks
    assert abs(sum(mark.x for mark in marks) / count - middle.x) < 12
    assert abs(sum(mark.y for mark in marks) / count - middle.y) < 12
