"""What the weekly score is worth on made-up people whose true level is known.

It shows that the arithmetic finds what is there, if people rate as the worlds below say. It cannot show that they do,
nor that the four parts are what attunement is: no simulation validates a score on people.
"""

import argparse
import math
import random
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

from app.scores.attunement import DOWN, UP, Spot, change, spot
from app.scores.formula import CURRENT, NINETY
from app.scores.levels import Ratings, State, after_week
from benchmarks.support.report import Report, bar
from benchmarks.support.worlds import FOREIGN, MEANT, Life, World, live

RATES = (0.9, 0.7, 0.4)
"""How often people answer what they are asked."""
FROM, SPAN, QUARTER = 5, 4, 13
"""The first week that is judged, the weeks of a mean beside the score, and those of a quarter."""
STEP_AT = 9
"""The week that it comes before."""

TARGETS = {"error": (3.0, 3.3, 4.3), "together": (0.82, 0.79, 0.71), "seen": (0.90, 0.85, 0.70)}
"""What has to be reached at each rate."""
COVERED, FALSE = (0.85, 0.94), 0.05
"""The share of truths inside the band, and the most quarters with a false call."""


@dataclass
class Sums:
    """What an estimate has missed the truth by, over everybody, and how it went along with it within each."""

    count: int = 0
    squares: float = 0.0
    both: float = 0.0
    mine: float = 0.0
    theirs: float = 0.0

    def add(self, pairs: Sequence[tuple[float, float]]) -> None:
        """One person's weeks: what was found, and what was true."""
        self.count += len(pairs)
        self.squares += sum((found - truth) ** 2 for found, truth in pairs)
        if pairs:
            mine, theirs = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
            self.both += sum((found - mine) * (truth - theirs) for found, truth in pairs)
            self.mine += sum((found - mine) ** 2 for found, _ in pairs)
            self.theirs += sum((truth - theirs) ** 2 for _, truth in pairs)

    def join(self, others: "Sums") -> None:
        """Other people's, too."""
        for name in ("count", "squares", "both", "mine", "theirs"):
            setattr(self, name, getattr(self, name) + getattr(others, name))

    @property
    def error(self) -> float:
        """The root of the mean square."""
        return math.sqrt(self.squares / self.count)

    @property
    def together(self) -> float:
        """The correlation within persons, over time."""
        return self.both / math.sqrt(self.mine * self.theirs)


@dataclass
class Found:
    """What came out for some people in one world, at one rate."""

    week: Sums = field(default_factory=Sums)
    month: Sums = field(default_factory=Sums)
    score: Sums = field(default_factory=Sums)
    weeks: int = 0
    covered: int = 0
    people: int = 0
    false: int = 0
    seen: int = 0

    @property
    def coverage(self) -> float:
        """The share of told weeks in which the truth was inside the band."""
        return self.covered / self.score.count

    @property
    def falsely(self) -> float:
        """The share of quarters without any change in which one was called."""
        return self.false / self.people

    @property
    def rightly(self) -> float:
        """The share of true steps that were called, in their direction, within four weeks."""
        return self.seen / self.people


def judged(world: World, rate: float, people: int, luck: random.Random) -> Found:
    """The score of `people` there, from week FROM to week 16, beside the mean of the week and that of four weeks."""
    found = Found()
    for _ in range(people):
        life = live(world, rate, 16, luck)
        last = list(zip(spots(life), life.truths, strict=True))[FROM - 1 :]
        told = [(here.level, truth) for here, truth in last if here.told]
        found.score.add(told)
        found.weeks += len(last)
        found.covered += sum(here.told and abs(here.level - truth) <= half(here) for here, truth in last)
        for sums, span in ((found.week, 1), (found.month, SPAN)):
            means = [mean(life.weeks[end - span : end]) for end in range(FROM, 17)]
            sums.add([(value, truth) for value, (_, truth) in zip(means, last, strict=True) if value is not None])
        called = calls(live(replace(world, drift=0, steps=0), rate, FROM - 1 + QUARTER, luck))[FROM - 1 :]
        found.false += bool({UP, DOWN} & set(called))
        step = live(replace(world, drift=0, steps=0), rate, STEP_AT - 1 + SPAN, luck, STEP_AT)
        right = UP if step.truths[-1] > step.truths[0] else DOWN
        found.seen += right in calls(step)[STEP_AT - 1 :]
        found.people += 1
    return found


def spots(life: Life) -> list[Spot]:
    """Where the level stood after each week."""
    found: list[Spot] = []
    state: State | None = None
    for ratings in life.weeks:
        state = after_week(state, ratings)
        found.append(spot(state))
    return found


def calls(life: Life) -> list[str]:
    """What was said of the change over four weeks, week by week."""
    found = spots(life)
    return [change(found[: end + 1]) for end in range(len(found))]


def mean(weeks: Sequence[Ratings]) -> float | None:
    """The plain weighted mean of all that was rated in some weeks; a part without ratings is left out."""
    counts = [sum(week.counts[part] for week in weeks) for part in range(4)]
    totals = [sum(week.sums[part] for week in weeks) for part in range(4)]
    there = [part for part in range(4) if counts[part]]
    whole = sum(CURRENT.weights[part] for part in there)
    return sum(CURRENT.weights[part] * totals[part] / counts[part] for part in there) / whole if there else None


def half(here: Spot) -> float:
    """Half the width of the 90 % band."""
    return NINETY * math.sqrt(here.variance)


def run(job: tuple[World, float, int, int]) -> Found:
    """One world, rate and seed."""
    world, rate, people, seed = job
    # The same people with the same luck in every world, so that nothing but the world makes a difference.
    return judged(world, rate, people, random.Random(f"{rate}|{seed}"))


def main(words: Sequence[str] | None = None) -> int:
    """Every world at every rate, over all seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000, help="in each world, at each rate, for each seed")
    parser.add_argument("--seeds", type=int, default=5)
    chosen = parser.parse_args(words)
    report = Report()
    jobs = [
        (world, rate, chosen.people, seed)
        for world in (*MEANT, *FOREIGN)
        for rate in RATES
        # Where nothing is asked, one seed is enough.
        for seed in range(chosen.seeds if world in MEANT else 1)
    ]
    found: dict[tuple[World, float], list[Found]] = {}
    with ProcessPoolExecutor(2) as pool, bar("Living", len(jobs)) as step:
        for (world, rate, _, _), outcome in zip(jobs, pool.map(run, jobs), strict=True):
            found.setdefault((world, rate), []).append(outcome)
            step()
    for world in (*MEANT, *FOREIGN):
        tell(report, world, [found[world, rate] for rate in RATES])
    for world in MEANT:
        for place, rate in enumerate(RATES):
            ask(report, f"{world.name}, {rate:.0%} answered", place, total(found[world, rate]))
    return report.end()


def tell(report: Report, world: World, found: Sequence[Sequence[Found]]) -> None:
    """Print the table of a world."""
    print(f"{world.name}, {sum(each.people for each in found[0]):,} people at each rate:")
    rows: list[list[object]] = []
    for rate, seeds in zip(RATES, found, strict=True):
        whole, apart = total(seeds), [each.score.error for each in seeds]
        estimates = (whole.week, whole.month, whole.score)
        errors = [f"{each.error:.2f}" for each in estimates]
        if len(apart) > 1:
            errors[-1] += f" ({min(apart):.2f}-{max(apart):.2f})"
        together = [f"{each.together:.3f}" for each in estimates]
        shares = map(percent, (whole.coverage, whole.falsely, whole.rightly))
        rows.append([f"{rate:.0%}", *errors, *together, *shares])
    head = "answered", "week", "4 weeks", "score", "week r", "4 weeks r", "score r", "covered", "false", "seen"
    report.table(head, rows)


def ask(report: Report, where: str, place: int, found: Found) -> None:
    """What was asked of the score at one rate."""
    error, together, seen = (TARGETS[name][place] for name in ("error", "together", "seen"))
    low, high = COVERED
    report.ask(f"{where}: an error of at most {error}", found.score.error, met=found.score.error <= error)
    report.ask(
        f"{where}: a correlation of at least {together}",
        f"{found.score.together:.3f}",
        met=found.score.together >= together,
    )
    report.ask(f"{where}: {low:.0%} to {high:.0%} covered", percent(found.coverage), met=low <= found.coverage <= high)
    report.ask(f"{where}: at most {FALSE:.0%} false", percent(found.falsely), met=found.falsely <= FALSE)
    report.ask(f"{where}: at least {seen:.0%} seen", percent(found.rightly), met=found.rightly >= seen)


def total(found: Iterable[Found]) -> Found:
    """All of them together."""
    whole = Found()
    for each in found:
        for name in ("weeks", "covered", "people", "false", "seen"):
            setattr(whole, name, getattr(whole, name) + getattr(each, name))
        for name in ("week", "month", "score"):
            getattr(whole, name).join(getattr(each, name))
    return whole


def percent(share: float) -> str:
    """With one place."""
    return f"{share:.1%}"


if __name__ == "__main__":
    sys.exit(main())
