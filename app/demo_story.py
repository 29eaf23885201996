"""A story of the demo, told day by day: who was there, what they felt, said and guessed. The words are content."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from app.couples.service import Pair
from app.demo_course import Felt, chance, course, feelings, guess, need
from app.demo_rows import DAY, Calendar, Given, Rows
from app.exercises import service
from app.exercises.exchange import FILL_IN
from app.exercises.forms import MARKS
from app.exercises.mirroring import DONE, Last, next_step
from app.exercises.models import APPRECIATION, CHECK_IN, LOVE_MAP, MIRRORING, Prompt

KINDS = ("high", "low", "challenge")


class Story:
    """One story for the couple of a `pair`, from its first day on. `told` is what the content holds of it."""

    def __init__(self, name: str, told: Mapping[str, Any], pair: Pair, first: date, calendar: Calendar) -> None:
        self._told, self._pair, self._calendar = told, pair, calendar
        self._rows = Rows(name, pair, calendar, told.get("later", {}))
        self._ids = {each.name.casefold(): each.id for each in (pair.me, pair.you) if each}
        self._days = [first + number * DAY for number in range(told["days"])]
        self._left = copy.deepcopy(told["weeks"])

    def write(self) -> None:
        """Write all of it, inside a transaction."""
        self._check_ins()
        self._appreciations()
        self._love_maps()
        self._mirrorings()
        self._rows.save()

    def _check_ins(self) -> None:
        arcs = {who: self._told["course"][who] for who in self._ids}
        felt = course(arcs, [day.weekday() for day in self._days])
        needs = {who: [need(each, chance("need", who, day)) for day, each in enumerate(felt[who])] for who in felt}
        for number, (prompt, _) in enumerate(self._prompts(CHECK_IN)):
            there = [who for who in self._ids if not self._missed(who, number)]
            given = {who: self._check_in(who, number, felt, needs) for who in there}
            self._respond(prompt, given)

    def _check_in(
        self, who: str, number: int, felt: Mapping[str, Sequence[Felt]], needs: Mapping[str, Sequence[str]]
    ) -> Given:
        luck, you = chance("check-in", who, number), self._you(who)
        words: dict[str, Any] = {"feelings": feelings(felt[who][number], _families(), luck), "need": needs[who][number]}
        words |= self._said(who, number)
        ratings = {name: value for name, value in asdict(felt[who][number]).items() if value is not None}
        if you:
            guessed = guess(felt[you][number], needs[you][number], self._told["course"], number, luck)
            words["guess_need"] = guessed.pop("guess_need")
            ratings |= guessed
        day = self._days[number]
        yesterday = day == self._calendar.today - DAY
        return Given(
            self._evening(who, number),
            words,
            ratings,
            fate=next((fate for fate in ("kept", "released") if number in self._told.get(fate, ())), ""),
            seen=not (yesterday and self._told.get("unseen") == who),
        )

    def _said(self, who: str, number: int) -> dict[str, str]:
        """The texts that they add, those of a week spread over the days on which they are there."""
        left, luck = self._left[number // 7].get(who, {}), chance("said", who, number)
        week = range(number, min(number // 7 * 7 + 7, len(self._days)))
        there = [day for day in week if not self._missed(who, day)]
        at_work = [day for day in there if self._days[day].weekday() < 5]
        said = dict.fromkeys(KINDS, "")
        for kind in KINDS:
            for texts, days in ((left.get("work", {}).get(kind), at_work), (left.get(kind), there)):
                if texts and not said[kind] and number in days and luck.random() < len(texts) / len(days):
                    said[kind] = texts.pop(0)
        return said

    def _evening(self, who: str, number: int) -> datetime:
        """When they check in: one evening the one first, the next the other; sometimes days later."""
        late = self._told.get("late", {}).get(who, {}).get(str(number), 0)
        first = (number + list(self._ids).index(who)) % 2 == 0
        hour = (20.6 if first else 21.8) + chance("hour", who, number).random()
        return self._calendar.at(self._days[number] + late * DAY, hour)

    def _appreciations(self) -> None:
        for number, (prompt, told) in enumerate(self._prompts(APPRECIATION, "nudge")):
            given = {}
            for who, hour in zip(self._ids, (7.4, 21.2), strict=False):
                if who in told:
                    at = self._calendar.at(prompt.day, hour + chance(who, number).random() / 2)
                    given[who] = Given(at, {"text": told[who]}, {})
            self._respond(prompt, given, at_once=True)
            for who in given if prompt.day < self._calendar.today else ():
                you, luck = self._you(who), chance("landed", who, number)
                thanks = told.get(f"{you}_thanks", "")
                if you and (thanks or luck.random() < 0.8):
                    landed = luck.choice((8, 9, 9, 10) if thanks else (6, 7, 7, 8, 8, 8, 9, 10))
                    self._rows.mark(prompt, self._ids[you], landed, given[who].at + timedelta(hours=1.2), thanks)

    def _love_maps(self) -> None:
        prompts = list(self._prompts(LOVE_MAP, "id"))
        waiting = [prompt for prompt, _ in prompts if prompt.day <= self._calendar.today - FILL_IN][-1:]
        for number, (prompt, told) in enumerate(prompts):
            answering = [self._told["waits"]] if "waits" in self._told and prompt in waiting else list(self._ids)
            given = {}
            for who in answering if prompt.day < self._calendar.today else ():
                words = {name: told[who][name] for name in ("answer", "guess") if name in told[who]}
                at = self._calendar.at(prompt.day, 19.5 + 2 * chance("map", who, number).random())
                given[who] = Given(at, words, {})
            self._respond(prompt, given)
            for who in given if len(given) == 2 else ():
                close = MARKS[told[who]["was"]]
                self._rows.mark(prompt, self._ids[self._you(who)], close, self._calendar.at(prompt.day, 23))

    def _mirrorings(self) -> None:
        for prompt, told in self._prompts(MIRRORING, "topic"):
            me, you = self._ids.values()
            last = None
            for number, line in enumerate(told.get("turns", ()), 1):
                step = next_step(last, me, you)
                how, _, text = line.partition(":")
                kind, _, rating = how.partition(" ")
                last = Last(kind, step.actor or self._ids[told["first"]], step.round, step.attempt)
                together = told.get("together", False)
                at = self._calendar.at(prompt.day, 20.5 + number / 12 if together else 7.5 + number)
                said = (text.strip(), int(rating) if rating else None)
                self._rows.turn(prompt, number, last, said, taken_at=at, together=together)
            if last and next_step(last, me, you).kind == DONE:
                self._rows.heard(prompt)

    def _prompts(self, exercise: str, item: str = "") -> Iterator[tuple[Prompt, Mapping[str, Any]]]:
        """The prompts that the plan has for an exercise, each with what is told of it."""
        days = [day for day in self._days if exercise in service.planned(self._pair, day)]
        for day, told in zip(days, self._told.get(f"{exercise}s", ()) if item else [{}] * len(days), strict=False):
            aside = told.get("instead_of", "")
            yield self._rows.prompt(day, exercise, told[item] if item else None, instead_of=aside), told

    def _respond(self, prompt: Prompt, given: Mapping[str, Given], *, at_once: bool = False) -> None:
        self._rows.respond(prompt, {self._ids[who]: thing for who, thing in given.items()}, at_once=at_once)

    def _missed(self, who: str, number: int) -> bool:
        return number in self._told.get("missed", {}).get(who, ())

    def _you(self, who: str) -> str:
        """The other of the two, "" where there is none."""
        return next((each for each in self._ids if each != who), "")


@lru_cache(maxsize=1)
def _families() -> dict[str, list[str]]:
    return {
        family.id: [word.id for word in family.words] for family in service.catalogue().exercises[CHECK_IN].families
    }
