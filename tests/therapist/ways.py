"""Every way by which a therapist can ask for something, and what of a couple may come of it.

The ways are those of the app: one that is not told of here fails the machine before it walks. What comes is read back
out of pages and files as plain sets, to be compared with what a model of consent allows.
"""

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.assessments.models import ANSWERS, PRIVATE
from app.assessments.scoring import scores
from app.therapist.models import ASSESSMENTS, RESPONSES, SCORES
from tests.assessments.sit import BALANCE, SATISFACTION
from tests.factories import TODAY
from tests.therapist.laid import DAY, DID, SAT, Laid, Word, name, sat_on, went, word, words_in

Figures = set[tuple[object, ...]]
"""What a page tells besides words: counts, ratings, levels, sittings, what is flagged."""

GAP, CHANGED = "or more lie between the two", "What they show has changed"
WHOSE, SHAPES = ("couple", "first", "second"), ("csv", "xlsx", "pdf", "fhir")


@dataclass(frozen=True)
class Door:
    """A door that is open, as the model has it. `since`: on which day it opened."""

    therapist: int
    couple: Laid
    classes: frozenset[str]
    since: date
    changed: bool
    """Whether one of the two has said something again within a fortnight, after it opened."""
    brief: bool
    """Whether the brief is open: on the day, or once both have looked at it."""
    shown: frozenset[int]
    """Who of the two shows what they chose to this therapist."""
    parts: frozenset[tuple[int, str]]
    """(who, part) of the sittings that are open to therapists."""
    levels: dict[int, list[tuple[str, float, float, float]]]

    @property
    def names(self) -> set[Word]:
        """Both."""
        return self.couple.names

    def own(self, what: str, *who: int) -> set[Word]:
        """A word of the couple's for this therapist, of some of the two."""
        at = self.couple.number, self.therapist
        return {word(what, *at, each) for each in who} if who else {word(what, *at)}

    @property
    def because(self) -> set[Word]:
        """Why something was skipped: both let answers be read, and its author this."""
        return self.own("because", *self.couple.two) if RESPONSES in self.classes else set()

    @property
    def chosen(self) -> set[Word]:
        """The answers that are shown."""
        shown = self.shown if RESPONSES in self.classes else ()
        return {word("chosen", self.couple.number, who) for who in shown}

    @property
    def sat(self) -> frozenset[tuple[int, str]]:
        """(who, part) of the sittings that can be read."""
        return self.parts if ASSESSMENTS in self.classes else frozenset()

    def answers(self, who: int) -> dict[date, int]:
        """Day → how many answers of a sitting of somebody's can be read."""
        private = sum(item.private for item in BALANCE.items)
        number = {PRIVATE: private, ANSWERS: len(BALANCE.items) - private}
        found = {sat_on(who): sum(number[part] for each, part in self.sat if each == who)}
        if (who, ANSWERS) in self.sat:
            found[sat_on(who, 1)] = len(SATISFACTION.items)
        return {day: count for day, count in found.items() if count}

    def came_to(self, who: int) -> set[float]:
        """What the sitting that has a score came to, if it can be read."""
        (score,) = scores(SATISFACTION, {item.id: SAT[who] for item in SATISFACTION.items})
        return {float(score.value or 0)} if (who, ANSWERS) in self.sat else set()

    @property
    def words(self) -> set[Word]:
        """All the words of the couple's page."""
        return self.names | self.because | self.chosen

    @property
    def listed(self) -> Figures:
        """The figures of the couple in a list."""
        counts = {("count", name(who), DID[place], 5) for place, who in enumerate(self.couple.two)}
        found: Figures = {*counts, *({("changed",)} if self.changed else ())}
        return found | ({("gap",)} if SCORES in self.classes else set())

    @property
    def figures(self) -> Figures:
        """Those of the couple's page."""
        found = set(self.listed)
        for place, who in enumerate(self.couple.two):
            found.add(("went", name(who), went(self.therapist, place)))
            if SCORES in self.classes:
                found |= {("level", name(who), *map(round, each[1:])) for each in self.levels[who]}
            found |= {("sat", name(who), f"{day:%-d %B %Y}") for day in self.answers(who)}
            found |= {("score", value) for value in self.came_to(who)}
        return found


@dataclass(frozen=True)
class Way:
    """A way to a couple. `form`: what is sent. `status`: what comes of it while the door is open; `other`: the ids in
    the address are the other therapist's, so that nothing comes of it, however open the door is."""

    method: str = "GET"
    form: dict[str, str] = field(default_factory=dict)
    status: int = 200
    page: str = ""
    other: bool = False


COUPLE: dict[str, Way] = {
    "caseload.show": Way(page="page"),
    "caseload.show_brief": Way(page="brief"),
    "caseload.show_brief_paper": Way(page="paper"),
    "caseload.new_export": Way(page="names"),
    "caseload.index_notes": Way(page="notes"),
    "therapist.index_homework": Way(page="homework"),
    "therapist.show_homework_month": Way(page="names"),
    "therapist.new_homework": Way(page="form"),
    "therapist.index_sets": Way(page="sets"),
    "therapist.edit_homework": Way(page="given"),
    "caseload.update_care": Way("POST", status=422, page="page"),
    "caseload.create_talked_over": Way("POST", status=422, page="page"),
    "caseload.create_note": Way("POST", status=422, page="notes"),
    "caseload.destroy_note": Way("POST", status=404, other=True),
    "caseload.create_export": Way("POST", status=422, page="names"),
    "therapist.create_homework": Way("POST", status=422, page="form"),
    "therapist.update_homework": Way("POST", status=422, page="form"),
    "therapist.create_homework_pause": Way("POST", status=422, page="given"),
    "therapist.create_homework_end": Way("POST", status=404, other=True),
    "therapist.destroy_homework_pause": Way("POST", status=303),
    "therapist.create_set": Way("POST", status=422, page="sets"),
    "therapist.create_homework_of_set": Way("POST", {"first": "x"}, status=422, page="sets"),
    "therapist.destroy_set": Way("POST", status=404, other=True),
    "therapist.create_ending": Way("POST", status=303),
}
"""All with a couple in the address. The last one is walked by the machine, and asked of shut doors alone."""
ENDING = "therapist.create_ending"

DESK: dict[str, Way] = {
    "caseload.edit_notice": Way(),
    "caseload.update_notice": Way("POST", status=422),
    "caseload.end_notice": Way("POST", status=303),
    "therapist.index_codes": Way(),
    "therapist.edit_practice": Way(),
    "therapist.index_own": Way(page="own"),
    "therapist.show_own": Way(page="own"),
    "therapist.new_own_step": Way(page="own"),
    "therapist.edit_own_step": Way(page="own"),
    "therapist.update_practice": Way("POST", status=422),
    "therapist.create_colleague": Way("POST"),
    "therapist.create_code": Way("POST", status=303),
    "therapist.create_own_code": Way("POST", status=303),
    "therapist.create_code_withdrawal": Way("POST", status=404, other=True),
    "therapist.create_own": Way("POST", status=422, page="own"),
    "therapist.update_own": Way("POST", status=422, page="own"),
    "therapist.create_own_step": Way("POST", status=422, page="own"),
    "therapist.update_own_step": Way("POST", status=422, page="own"),
    "therapist.update_own_step_earlier": Way("POST", status=303),
    "therapist.create_own_copy": Way("POST", status=404, other=True),
    "therapist.destroy_own_step": Way("POST", status=404, other=True),
    "therapist.destroy_own": Way("POST", status=404, other=True),
}
"""All of a therapist's own, with nothing of any couple, whatever door is open."""

LISTS = {"caseload.index": ("", "?show=archived", "?show=flagged", "?q=zqname"), "caseload.show_digest": ("",)}
"""Those of all couples whose doors are open."""


def untold(app: Flask) -> set[str]:
    """The ways of therapists that stand nowhere above, and those above that are no more."""
    theirs = {endpoint for endpoint, policy in app.extensions["policies"].items() if policy == "therapist"}
    return theirs ^ {*COUPLE, *DESK, *LISTS}


def expected(door: Door, page: str) -> tuple[set[Word], Figures]:
    """The words and the figures that a page of an open door has."""
    bare, said = door.names, door.own("line", *door.couple.two)
    found: dict[str, tuple[set[Word], Figures]] = {
        "page": (door.words, door.figures),
        "brief": (bare | said, door.listed) if door.brief else (bare, set()),
        "names": (bare, set()),
        "notes": (bare | door.own("noted"), set()),
        "homework": (bare | door.own("note") | door.because, set()),
        "form": (bare | {word("own", door.therapist)}, set()),
        "given": (bare | {word("own", door.therapist)} | door.own("note"), set()),
        "sets": (bare | {word("set", door.therapist)}, set()),
        "paper": (bare | said, door.listed),
    }
    return found[page]


def figures(text: str) -> Figures:
    """The figures of a page or a paper."""
    who = r"(zqname-\d+z)"
    found: Figures = {
        ("count", each, int(done), int(of)) for each, done, of in re.findall(rf"{who}:? (\d+) of (\d+)", text)
    }
    found |= {("went", each, int(value)) for each, value in re.findall(rf"<td>{who}</td><td>(\d+)</td>", text)}
    level = rf'<td>{who}</td><td>(\d+) <span class="soft">\((\d+) to (\d+)\)'
    found |= {("level", each, *map(int, three)) for each, *three in re.findall(level, text)}
    found |= {("sat", *each) for each in re.findall(rf"<h3>{who}, (\d+ \w+ \d+): ", text)}
    found |= {("score", float(value)) for value in re.findall(r'<dd>([\d.]+) <span class="soft">\(', text)}
    found |= {("gap",)} if GAP in text else set()
    return found | ({("changed",)} if CHANGED in text else set())


# Downloads


def record(door: Door, whose: str, *, words: bool) -> dict[str, set[tuple[object, ...]]]:
    """The tables of a record, as far as they are compared."""
    days = [day for day in (TODAY - back * DAY for back in range(3)) if day >= door.since]
    skipped = ("appreciation", "mirroring")
    if whose == "couple":
        # Sloe did it today and yesterday, and quince on all three days.
        both = {(day.isoformat(), "check_in", "yes" if day > TODAY - 2 * DAY else "no") for day in days}
        return {"together": both | {(TODAY.isoformat(), each, "no") for each in skipped}}
    place = WHOSE.index(whose) - 1
    who = door.couple.two[place]
    told = next(iter(door.own("because", who))) if words and RESPONSES in door.classes else ""
    found: dict[str, set[tuple[object, ...]]] = {
        "homework": {
            (day.isoformat(), "check_in", "done" if number < DID[place] else "open",
             went(door.therapist, place) if day == TODAY else None, "")
            for number, day in enumerate(days)
        } | {(TODAY.isoformat(), each, "skipped", None, told if each == skipped[0] else "") for each in skipped}
    }  # fmt: skip
    if SCORES in door.classes:
        found["weeks"] = {(week, *(round(each, 2) for each in rest)) for week, *rest in door.levels[who]}
    if door.came_to(who):
        found["assessments"] = {(sat_on(who, 1).isoformat(), "satisfaction", *door.came_to(who))}
    if door.answers(who):
        found["answers"] = {(day.isoformat(), count) for day, count in door.answers(who).items()}
    chosen = word("chosen", door.couple.number, who)
    if words and chosen in door.chosen:
        found["responses"] = {(TODAY.isoformat(), "check_in", chosen)}
    return found


COMPARED = {
    "homework": ("day", "exercise", "state", "went", "because"),
    "together": ("day", "exercise", "both_done"),
    "weeks": ("week", "level", "low", "high"),
    "assessments": ("on", "instrument", "value"),
    "responses": ("day", "exercise", "words"),
}


def taken(text: str) -> dict[str, set[tuple[object, ...]]]:
    """The tables of a record that came as JSON, in the same shape."""
    whole: dict[str, Any] = json.loads(text)
    tables: dict[str, list[dict[str, Any]]] = {name: each for name, each in whole.items() if isinstance(each, list)}
    answers = tables.pop("answers", [])
    found = {name: {tuple(row[each] for each in COMPARED[name]) for row in rows} for name, rows in tables.items()}
    if answers:
        found["answers"] = {
            (day, sum(each["on"] == day for each in answers)) for day in {each["on"] for each in answers}
        }
    return found


def text_of(answer: TestResponse) -> str:
    """All the text of an answer, out of its wrapping."""
    if not answer.data.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(packed.read(each).decode() for each in packed.namelist())


def rows_of_csv(data: bytes) -> dict[str, int]:
    """Table → how many rows it has, in a zip of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {
            each.removesuffix(".csv"): len(list(csv.reader(io.StringIO(packed.read(each).decode(), newline="")))) - 1
            for each in packed.namelist()
            if each != "dictionary.csv"
        }


def kinds_of_fhir(text: str) -> dict[str, int]:
    """Type of resource → how many there are."""
    kinds = [each["resource"]["resourceType"] for each in json.loads(text)["entry"]]
    return {kind: kinds.count(kind) for kind in kinds}


def compare(
    door: Door, whose: str, shape: str, answer: TestResponse, found: dict[str, set[tuple[object, ...]]], *, named: bool
) -> None:
    """A record in another shape has the words, tables and resources that it has as JSON."""
    text, couple = text_of(answer), whose == "couple"
    who = set(door.couple.two) if couple else {door.couple.two[WHOSE.index(whose) - 1]}
    wanted = {each for row in (set().union(*found.values())) for each in row if str(each).startswith("zq")}
    wanted |= set(map(name, who)) if named else set()
    # What was sat speaks of the other by name, or as the partner.
    other = set() if couple or not (named and door.answers(*who)) else set(map(name, {*door.couple.two} - who))
    assert words_in(text) - other == wanted, shape
    if shape == "csv":
        assert rows_of_csv(answer.data).keys() == found.keys()
    if shape == "xlsx":
        assert set(re.findall(r'<sheet name="(\w+)"', text)) == {*found, "columns"}
    if shape == "pdf":
        assert len(json.loads(text)["sections"]) == max(len(found), 1)
    if shape == "fhir":
        kinds, sizes = kinds_of_fhir(text), {each: len(rows) for each, rows in found.items()}
        said = sum(row[3] is not None or row[4] != "" for row in found.get("homework", ()))
        assert kinds.get("Task") == sizes.get("homework", sizes.get("together"))
        assert kinds.get("Observation", 0) == sizes.get("weeks", 0) + sizes.get("assessments", 0)
        assert kinds.get("QuestionnaireResponse", 0) == said + sizes.get("answers", 0) + sizes.get("responses", 0)
