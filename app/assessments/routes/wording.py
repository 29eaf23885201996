"""What answers and scores say, in words. Never a verdict, never one number for two."""

from collections.abc import Mapping

import flask_babel

from app.assessments.addressing import called
from app.assessments.change import CLEAR, NOISE, Change, Limits
from app.assessments.forms import SKIP
from app.assessments.instrument import ASSUMED, FOUND, Instrument, Item
from app.assessments.lines import Lines, Point, lines_of
from app.assessments.scoring import Score, WrongAnswer, scores
from app.assessments.service import Result, Results, Sitting
from app.core.forms import Filled
from app.couples.service import Pair


def gettext(text: str, **values: object) -> str:
    """A phrase in the language of whoever looks."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """The same, of a number."""
    return str(flask_babel.ngettext(one, many, num))


def filled(text: str, name: str) -> str:
    """A text of an instrument with the partner's name in it."""
    return called(text, name or gettext("your partner"))


def name_of(pair: Pair) -> str:
    """What the partner is called, "" while there is none."""
    return pair.you.name if pair.you else ""


def chosen(form: Filled | None, given: Mapping[str, int | None], ident: str) -> str:
    """What is ticked at a question: what was just sent, else what is kept."""
    if form is not None:
        return form.value(ident)
    return "" if ident not in given else SKIP if given[ident] is None else str(given[ident])


def said(item: Item, value: int | None, name: str) -> str:
    """An answer in the words it was given in. `name`: of the partner of whoever gave it."""
    return gettext("left out") if value is None else filled(item.label(value), name)


# In private


def shows_fear(instrument: Instrument, private: Mapping[str, int | None]) -> bool:
    """Whether an answer to what is asked in private lies in the lower half. Asked for a page alone; kept nowhere."""
    halves = {item.id: (item.lowest + item.highest) / 2 for item in instrument.items if item.private}
    return any(value is not None and value <= halves.get(ident, value - 1) for ident, value in private.items())


# One's own results


def scores_of(instrument: Instrument, sitting: Sitting) -> tuple[Score, ...]:
    """What a sitting came to. Nothing where its words are gone and its key alone does not tell."""
    try:
        return scores(instrument, sitting.answers) if instrument.scored else ()
    except WrongAnswer:
        return ()


def number(value: float) -> str:
    """A score: whole where it is whole."""
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"


def headline(results: Results) -> str:
    """The newest result in a sentence."""
    value = results.last.score.value
    if value is None:
        return gettext("Too few answers for a number.")
    return gettext("Around %(value)s of %(most)s.", value=number(value), most=number(results.scale.highest))


def very_likely(result: Result) -> str:
    """Between what the score very likely lies."""
    if result.band is None:
        return gettext("How sure it is, nobody has measured.")
    low, high = (number(round(end)) for end in result.band)
    return gettext("Very likely between %(low)s and %(high)s.", low=low, high=high)


def beside_the_cut(score: Score) -> str:
    """On which side of the cut-off a score lies."""
    if score.scale.cut is None:
        return gettext("There is no line above or below which it would mean something: nobody has drawn one.")
    at = number(score.scale.cut.at)
    if score.below_cut is None:
        return gettext("The cut-off lies at %(at)s.", at=at)
    if score.below_cut:
        return gettext("Below %(at)s, where its authors speak of a strained relationship.", at=at)
    return gettext("At or above %(at)s; its authors speak of strain below that.", at=at)


def moved(change: Change) -> str:
    """What lies between two results, and whether chance does that."""
    points, up = number(abs(change.points)), change.points > 0
    if change.points == 0:
        return gettext("The same.")
    way = gettext("%(points)s up", points=points) if up else gettext("%(points)s down", points=points)
    if change.verdict == NOISE:
        told = gettext("%(way)s: probably noise.", way=way)
    elif change.verdict == CLEAR:
        told = gettext("%(way)s: a clear change.", way=way)
    else:
        told = gettext("%(way)s: possibly a change.", way=way)
    return f"{told} {gettext('It crossed the cut-off.')}" if change.crossed else told


def measured_by(limits: Limits) -> str:
    """What a change is measured by."""
    if limits.clear == float("inf"):
        return gettext("More than %(noise)s points are possibly a change; for more, too little is known.",
                       noise=f"{limits.noise:.1f}")  # fmt: skip
    return gettext(
        "Up to %(noise)s points are probably noise. More than that is possible, more than %(clear)s points is clear: "
        "the first is worked out from the higher of two reliabilities, the second from the lower one.",
        noise=f"{limits.noise:.1f}",
        clear=f"{limits.clear:.1f}",
    )


def rests_on(limits: Limits) -> str:
    """How good the figures are that a change is measured by."""
    if limits.basis == FOUND:
        return gettext("These figures were measured, and read in the source.")
    if limits.basis == ASSUMED:
        return gettext("Some of these figures are assumed, for want of any that were measured.")
    return gettext("Some of these figures are remembered or worked out, and not read in the source.")


def chart_of(results: Results) -> Lines | None:
    """The line over time; None without a result."""
    points = [
        Point(each.day, each.score.value, each.band, each.run) for each in results.told if each.score.value is not None
    ]
    if not points:
        return None
    cut = results.scale.cut
    return lines_of(points, results.scale.lowest, results.scale.highest, cut.at if cut else None)
