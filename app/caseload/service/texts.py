"""What a record says besides its facts, in the language of whoever takes it along."""

from functools import partial
from typing import Any

from flask_babel import get_locale, gettext

from app.caseload.attention import DONE, DOWN, MISSED, OPEN, SKIPPED, STEADY, TOO_EARLY, UP
from app.caseload.record import NO, SUBJECT, YES, Texts
from app.core.pages import told_day


def texts_of_records() -> Texts:
    """All of it. Names of columns are not among it: they are the same in every language."""
    locale: Any = get_locale()
    return Texts(
        lang=str(locale).replace("_", "-"),
        day=partial(told_day, pattern="d MMM yyyy", locale=locale),
        titles={
            "couple": gettext("Record of a couple"),
            "partner": gettext("Record of one partner"),
            "nothing": gettext("Nothing in these days"),
        },
        sentences={
            "span": gettext("From {first} to {last}, made on {made_on}."),
            "note": gettext("Attune is practice, not therapy. The attunement score is not a validated scale."),
            "nothing": gettext("Nothing was given or shown in these days."),
            "not_validated": gettext("Not a validated scale."),
            "talked_over": gettext("Talked over on {day}."),
        },
        tables={
            "homework": gettext("Homework"),
            "together": gettext("Homework for both"),
            "weeks": gettext("Attunement by week"),
            "assessments": gettext("Assessments"),
            "answers": gettext("Answers in assessments"),
            "responses": gettext("Responses that they chose to show"),
        },
        columns=_columns(),
        meanings=_meanings(),
        values={
            DONE: gettext("done"),
            SKIPPED: gettext("left out on purpose"),
            MISSED: gettext("missed"),
            OPEN: gettext("still open"),
            UP: gettext("going up"),
            STEADY: gettext("steady"),
            DOWN: gettext("going down"),
            TOO_EARLY: gettext("too early to say"),
            YES: gettext("yes"),
            NO: gettext("no"),
        },
        fhir=_fhir(),
    )


def _columns() -> dict[str, str]:
    return {
        "day": gettext("Day"),
        "title": gettext("Exercise"),
        "state": gettext("State"),
        "opened_on": gettext("Opened"),
        "done_on": gettext("Done"),
        "went": gettext("How it went"),
        "because": gettext("Because"),
        "talked_over_on": gettext("Talked over"),
        "both_done": gettext("Both"),
        "both_done_on": gettext("Since"),
        "week": gettext("Week of"),
        "level": gettext("Level, of 100"),
        "low": gettext("Band from"),
        "high": gettext("Band to"),
        "change": gettext("Over four weeks"),
        "on": gettext("Day"),
        "name": gettext("Instrument"),
        "version": gettext("Version"),
        "scale": gettext("Scale"),
        "value": gettext("Value"),
        "lowest": gettext("Least"),
        "highest": gettext("Most"),
        "validated": gettext("Validated"),
        "question": gettext("Question"),
        "answer": gettext("Answer"),
        "words": gettext("Words"),
    }


def _meanings() -> dict[str, str]:
    return {
        SUBJECT: gettext("Whose record it is. A pseudonym, unless names were asked for."),
        "id": gettext("Tells rows apart."),
        "day": gettext("The couple's day that it was given for. It begins at 04:00."),
        "exercise": gettext("The id of the exercise."),
        "title": gettext("What the exercise is called."),
        "state": gettext("done, skipped (with a word), missed, open (can still be done)."),
        "opened_on": gettext("The day on which it was first opened before it was done, or empty. Never a time of day."),
        "done_on": gettext("The day on which it was done, of an exercise of a day the day that it was for, or empty."),
        "went": gettext("How it went, 0 to 10, as the person says."),
        "because": gettext("Why it was skipped, where the person chose to show it."),
        "talked_over_on": gettext("The day of the session in which it was talked over."),
        "both_done": gettext("yes or no. Who did it alone is not told."),
        "both_done_on": gettext("The day on which the second of the two did it."),
        "week": gettext("The Monday of the week."),
        "level": gettext("Where the attunement score stands after the week, 0 to 100. Empty is too early to say."),
        "low": gettext("The lower end of the band that holds it nine times in ten."),
        "high": gettext("The upper end."),
        "change": gettext("Over four weeks: up, steady, down, too_early."),
        "formula": gettext("The version of the formula."),
        "on": gettext("The day of the sitting."),
        "instrument": gettext("The id of the instrument."),
        "name": gettext("What the instrument is called."),
        "version": gettext("The version of its wording."),
        "scale": gettext("The scale of it."),
        "value": gettext("What it came to."),
        "lowest": gettext("The least that is possible."),
        "highest": gettext("The most that is possible."),
        "validated": gettext("yes for a published scale, no for one of our own."),
        "question": gettext("The question."),
        "answer": gettext("What the person answered."),
        "words": gettext("What the person wrote and chose to show."),
    }


def _fhir() -> dict[str, str]:
    return {
        "reflection": gettext("After homework"),
        "went": gettext("How did it go, 0 to 10?"),
        "because": gettext("Skipped because"),
        "shown": gettext("A response that its author chose to show"),
        "words": gettext("Words"),
        "homework": gettext("Homework"),
        "joint": gettext("for both"),
        "one": gettext("one partner's part"),
        "attunement": gettext("Attunement, felt over the week"),
        "low": gettext("The low end of the band that holds it nine times in ten"),
        "high": gettext("The high end of the band that holds it nine times in ten"),
        "range": gettext("All that is possible"),
    }
