"""What is worth a look about a couple, and in which order couples are looked at. Pure.

From what was given and done, the weekly scores where they are shown, and what changed. A flag is a reason to ask and
never an alarm; it says what happened between the two days it rests on, and never which of the two is the better one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FORTNIGHT = 14
"""The days that counts are told over, today among them."""
LEAST_IN_A_ROW, MOST_IN_A_ROW, IN_A_ROW = 2, 10, 3
"""How many missed in a row are flagged: what a therapist may choose from, and what it is at first."""
APART, APART_FOR = 20.0, 3
"""Points between the two, and for how many weeks in a row, that are called persistent."""
FRESH = timedelta(days=14)
"""For how long a change of consent is told."""

UP, STEADY, DOWN, TOO_EARLY = "up", "steady", "down", "too_early"
ONE_UP, ONE_DOWN, APART_WAYS, HIDDEN = "one_up", "one_down", "apart", "hidden"

DROP, STOPPED, ROW, GAP, CONSENT = FLAGS = ("drop", "stopped", "row", "gap", "consent")
"""What can be flagged; what is worth a look first comes first."""


DONE, SKIPPED, MISSED, OPEN, NOT_ASKED = "done", "skipped", "missed", "open", ""
"""What a piece of homework is for one partner. Skipped is with a word, which is not the same as missed."""


@dataclass(frozen=True, slots=True)
class Given:
    """One piece of homework for one day, and what it is for the first partner and for the second."""

    day: date
    states: tuple[str, str]

    def counts(self, who: int, today: date) -> bool:
        """Whether it counts for one of the two: what is for today counts once something became of it."""
        state = self.states[who]
        return state != NOT_ASKED and (self.day < today or state in {DONE, SKIPPED})

    @property
    def both_asked(self) -> bool:
        """Whether it was for both."""
        return NOT_ASKED not in self.states

    @property
    def both_done(self) -> bool:
        """Whether both did it."""
        return self.states == (DONE, DONE)


@dataclass(frozen=True, slots=True)
class Count:
    """How many were done, of how many."""

    done: int
    given: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What was done of what was given: each partner of what was asked of them, and both of what was asked of both."""

    first: Count
    second: Count
    together: Count


@dataclass(frozen=True, slots=True)
class Level:
    """Where one partner's score stood after a week: 0 to 100 with the ends of its band, None while too early to say."""

    week: date
    level: float | None
    low: float | None
    high: float | None
    formula: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One partner's weeks, oldest first, none left out; `change` is over four weeks, told only beyond chance."""

    weeks: tuple[Level, ...]
    change: str = TOO_EARLY


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a couple. What is not shown is not here: a line is None, a list is empty."""

    given: tuple[Given, ...] = ()
    lines: tuple[Line | None, Line | None] = (None, None)
    consent_changed: date | None = None

    def of(self, who: int) -> "Facts":
        """What is one partner's own of it: for that partner to look at, who sees nothing of the other by it."""
        own = tuple(
            Given(each.day, (each.states[0], NOT_ASKED) if who == 0 else (NOT_ASKED, each.states[1]))
            for each in self.given
            if each.states[who] != NOT_ASKED
        )
        mine = self.lines[who]
        return Facts(own, (mine, None) if who == 0 else (None, mine))


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing worth a look. `count`: how many days or weeks in a row; `since`: the first of them."""

    kind: str
    count: int = 0
    since: date | None = None


def counts(given: Iterable[Given], today: date, days: int = FORTNIGHT) -> Counts:
    """What was done of what was given in the last days."""
    first = today - timedelta(days=days - 1)
    within = [each for each in given if first <= each.day <= today]
    one, two = (
        Count(sum(each.states[who] == DONE for each in own), len(own))
        for who in (0, 1)
        for own in [[each for each in within if each.counts(who, today)]]
    )
    both = [each for each in within if each.both_asked and (each.day < today or each.both_done)]
    return Counts(one, two, Count(sum(each.both_done for each in both), len(both)))


def flags(facts: Facts, today: date, in_a_row: int = IN_A_ROW) -> tuple[Flag, ...]:
    """What is worth a look, what comes first first. `in_a_row`: how many missed in a row are worth it."""
    found = (
        _drop(facts),
        _rows(facts.given, in_a_row),
        _gap(facts.lines),
        _consent(facts.consent_changed, today),
    )
    return tuple(sorted((flag for flag in found if flag), key=lambda flag: FLAGS.index(flag.kind)))


def trend(lines: Sequence[Line | None]) -> str:
    """Where the two are going, in one of a few words. HIDDEN where nothing is shown."""
    shown = [line.change for line in lines if line]
    if not shown:
        return HIDDEN
    if TOO_EARLY in shown:
        return TOO_EARLY
    ways = set(shown)
    if len(ways) == 1:
        return shown[0]
    if STEADY not in ways:
        return APART_WAYS
    return ONE_UP if UP in ways else ONE_DOWN


@dataclass(frozen=True, slots=True)
class Place:
    """What a couple's place in the list rests on."""

    flags: tuple[Flag, ...]
    session: date | None
    paused: bool
    name: str


def needs_attention(place: Place) -> tuple[object, ...]:
    """What couples are sorted by: the weightiest flag, how many there are, the next session, the name.

    Who is on a break comes last: nobody misses anything then.
    """
    weightiest = min((FLAGS.index(flag.kind) for flag in place.flags), default=len(FLAGS))
    return (place.paused, weightiest, -len(place.flags), place.session or date.max, place.name.casefold())


def missed_in_a_row(given: Iterable[Given], who: int) -> tuple[int, date | None]:
    """(how many one partner missed in a row up to now, the day of the first). What was skipped is passed over."""
    count, since = 0, None
    for each in sorted(given, key=lambda each: each.day, reverse=True):
        if each.states[who] == MISSED:
            count, since = count + 1, each.day
        elif each.states[who] == DONE:
            break
    return count, since


def _rows(given: Sequence[Given], in_a_row: int) -> Flag | None:
    """That several were missed in a row: by one while the other goes on, or else by whoever it was asked of."""
    rows = [missed_in_a_row(given, who) for who in (0, 1)]
    long = [who for who in (0, 1) if rows[who][0] >= in_a_row]
    if not long:
        return None
    count, since = min((rows[who] for who in long), key=lambda row: row[0])
    if len(long) == 1 and since:
        other = 1 - long[0]
        if any(each.states[other] == DONE for each in given if since <= each.day):
            return Flag(STOPPED, count, since)
    return Flag(ROW, count, since)


def _drop(facts: Facts) -> Flag | None:
    return Flag(DROP) if any(line is not None and line.change == DOWN for line in facts.lines) else None


def _gap(lines: Sequence[Line | None]) -> Flag | None:
    """That the two lived their last weeks differently. How far, and not who."""
    if not all(lines):
        return None
    first, second = ({each.week: each.level for each in line.weeks} for line in lines if line)
    weeks = sorted(first.keys() & second.keys(), reverse=True)
    run: list[tuple[date, float]] = []
    for week in weeks:
        one, two = first[week], second[week]
        if one is None or two is None or abs(one - two) < APART:
            break
        run.append((week, abs(one - two)))
    return Flag(GAP, len(run), run[-1][0]) if len(run) >= APART_FOR else None


def _consent(changed: date | None, today: date) -> Flag | None:
    return Flag(CONSENT, since=changed) if changed and today - FRESH < changed <= today else None
