"""What numbers say, in words. Never a verdict, never a grade; a number always with its band."""

import math

import flask_babel

from app.scores.attunement import DOWN, STEADY, UP, Missing, Part, Pull
from app.scores.formula import APPRECIATED, FELT, HEARD, NINETY
from app.scores.reading import ENOUGH, Reading
from app.scores.service import Week

STEPS = (80, 60, 40, 20)
"""Where another word begins, on the scale that people rate on."""


def gettext(text: str, **values: object) -> str:
    """A phrase in the language of whoever looks."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """The same, of a number."""
    return str(flask_babel.ngettext(one, many, num))


def headline(week: Week) -> str:
    """The number in a sentence, words first; that it is too early where it is."""
    if week.score.level is None:
        return gettext("Too early to say.")
    level = round(week.score.level)
    if week.change == UP:
        return gettext("Higher than a month ago, around %(level)s.", level=level)
    if week.change == DOWN:
        return gettext("Lower than a month ago, around %(level)s.", level=level)
    if week.change == STEADY:
        return gettext("Fairly steady, around %(level)s.", level=level)
    return gettext("Around %(level)s.", level=level)


def over_a_month(week: Week) -> str:
    """What four weeks have changed."""
    if week.change == UP:
        return gettext("It has risen over four weeks, by more than chance.")
    if week.change == DOWN:
        return gettext("It has sunk over four weeks, by more than chance. That is no verdict; it may be worth a talk.")
    if week.change == STEADY:
        return gettext("Over four weeks nothing has changed that chance could not do.")
    return gettext("Where it is going can be told once there are four weeks to compare.")


def still_missing(week: Week) -> list[str]:
    """What exactly it is too early for."""
    missing: Missing | None = week.score.missing
    told = []
    if missing and missing.days:
        told.append(
            ngettext("One more day with a check-in.", "%(num)s more days with a check-in.", missing.days),
        )
    if missing and missing.wide:
        band = round(NINETY * math.sqrt(week.after.variance(week.formula)))
        told.append(
            gettext(
                "Ratings enough to know the number to less than 12 points either way; now it is %(band)s.",
                band=band,
            )
        )
    return told


def title_of(part: str) -> str:
    """What a part is called."""
    if part == FELT:
        return gettext("Felt understood")
    if part == HEARD:
        return gettext("Heard")
    return gettext("Appreciated") if part == APPRECIATED else gettext("Known")


def counted(part: str, count: int) -> str:
    """How many ratings there were."""
    if part == FELT:
        return ngettext("one check-in", "%(num)s check-ins", count)
    if part == HEARD:
        return ngettext("one mirroring", "%(num)s mirrorings", count)
    if part == APPRECIATED:
        return ngettext("one kind word", "%(num)s kind words", count)
    return ngettext("one guess about you", "%(num)s guesses about you", count)


def in_words(part: Part) -> str:
    """What a part says."""
    if part.level is None:
        return gettext("Too early to say.")
    step = next((place for place, least in enumerate(STEPS) if part.level >= least), len(STEPS))
    if part.name == FELT:
        return (
            gettext("You felt very much understood, valued and supported."),
            gettext("You mostly felt understood, valued and supported."),
            gettext("You partly felt understood, valued and supported."),
            gettext("You felt a little understood, valued and supported."),
            gettext("You hardly felt understood, valued and supported."),
        )[step]
    if part.name == HEARD:
        return (
            gettext("What you said was heard almost as you meant it."),
            gettext("Most of what you said was heard."),
            gettext("Some of what you said was heard, some was not yet."),
            gettext("A little of what you said was heard."),
            gettext("Little of what you said was heard yet."),
        )[step]
    if part.name == APPRECIATED:
        return (
            gettext("Kind words went deep."),
            gettext("Kind words landed well."),
            gettext("Some kind words landed, some passed by."),
            gettext("Kind words landed lightly."),
            gettext("Kind words hardly reached you."),
        )[step]
    return (
        gettext("Guesses about you were often spot on."),
        gettext("Guesses about you were mostly close."),
        gettext("Guesses about you were now close, now not yet."),
        gettext("Guesses about you were mostly not there yet."),
        gettext("Guesses about you were mostly not there yet."),
    )[step]


def moved_by(pull: Pull) -> str:
    """What a part did to the number."""
    points = round(abs(pull.moved))
    if points == 0:
        return gettext("left it about where it was")
    if pull.moved > 0:
        return ngettext("lifted it by a point", "lifted it by %(num)s points", points)
    return ngettext("drew it down by a point", "drew it down by %(num)s points", points)


def read_how_well(reading: Reading, name: str) -> str:
    """How well somebody reads the other."""
    if reading.skill is None:
        if reading.days < ENOUGH:
            return gettext(
                "Too early to say. Days on which both checked in: %(days)s. It takes %(enough)s.",
                days=reading.days,
                enough=ENOUGH,
            )
        return gettext("Too early to say: %(name)s’s days were all alike.", name=name)
    if reading.skill < 1:
        return gettext("So far your guesses fit the days no better than they would in any other order.")
    if reading.skill < 25:
        return gettext("You read a little of how %(name)s’s days are.", name=name)
    if reading.skill < 60:
        return gettext("You read a good part of how %(name)s’s days are.", name=name)
    return gettext("You read %(name)s’s days closely.", name=name)
