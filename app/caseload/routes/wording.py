"""What a caseload says in words. Never an alarm, never a verdict, never which of the two."""

from datetime import date

from flask_babel import format_date, gettext, ngettext

from app.caseload.attention import (
    APART,
    APART_WAYS,
    CONSENT,
    DONE,
    DOWN,
    DROP,
    GAP,
    HIDDEN,
    MISSED,
    ONE_DOWN,
    ONE_UP,
    OPEN,
    ROW,
    SKIPPED,
    STEADY,
    STOPPED,
    UP,
    Flag,
)
from app.caseload.service import Case, Strand

DAY = "d MMMM"


def counted_words(case: Case) -> list[str]:
    """What was done in fourteen days: together and by each, or by the one who looks; or that nothing was due."""
    both, two = case.counts.together, (case.counts.first, case.counts.second)
    found = []
    if case.whose is not None and (mine := two[case.whose]).given:
        found = [gettext("you %(done)s of %(given)s", done=mine.done, given=mine.given)]
    elif case.whose is None:
        found = [gettext("together %(done)s of %(given)s", done=both.done, given=both.given)] if both.given else []
        found += [
            gettext("%(name)s %(done)s of %(given)s", name=side.name, done=each.done, given=each.given)
            for side, each in zip(case.sides, two, strict=True)
            if each.given
        ]
    # What is for today counts once something became of it.
    due = any(each.day == case.today for each in case.facts.given)
    return found or [gettext("nothing due yet") if due else gettext("nothing given in fourteen days")]


def counted_sentence(case: Case) -> str:
    """The same as a sentence. A name is spelt as its owner spells it, also at the beginning."""
    told = ", ".join(counted_words(case))
    one, two, both = case.counts.first, case.counts.second, case.counts.together
    by_name = case.whose is None and not both.given and (one.given or two.given)
    return f"{told if by_name else sentence(told)}."


def sentence(words: str) -> str:
    """Words of ours as they stand at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def flag_words(flag: Flag) -> str:
    """What is worth a look, in a sentence."""
    since = format_date(flag.since, DAY) if flag.since else ""
    if flag.kind == ROW:
        return str(
            ngettext(
                "Missed once since %(since)s.", "Missed %(num)s in a row since %(since)s.", flag.count, since=since
            )
        )
    if flag.kind == STOPPED:
        return str(gettext("One of the two has paused since %(since)s, the other goes on.", since=since))
    if flag.kind == GAP:
        return str(
            gettext(
                "For %(weeks)s weeks %(points)s points or more lie between the two.",
                weeks=flag.count,
                points=round(APART),
            )
        )
    if flag.kind == DROP:
        return str(gettext("Lower than a month ago, by more than chance."))
    return str(gettext("What they show has changed on %(since)s.", since=since))


def flag_title(kind: str) -> str:
    """What a kind of flag is called above a list."""
    titles = {
        DROP: gettext("Lower, by more than chance"),
        STOPPED: gettext("One paused, the other goes on"),
        ROW: gettext("Missed several in a row"),
        GAP: gettext("Living these weeks differently"),
        CONSENT: gettext("What they show has changed"),
    }
    return str(titles[kind])


def trend_words(trend: str) -> str:
    """Where the two are going."""
    told = {
        UP: gettext("up"),
        DOWN: gettext("down"),
        STEADY: gettext("steady"),
        ONE_UP: gettext("up for one of the two"),
        ONE_DOWN: gettext("down for one of the two"),
        APART_WAYS: gettext("going different ways"),
        HIDDEN: gettext("not shown"),
    }
    return str(told.get(trend, gettext("too early to say")))


def session_words(day: date | None, today: date) -> str:
    """When the next session is."""
    if day is None:
        return str(gettext("none set"))
    away = (day - today).days
    if away == 0:
        return str(gettext("today"))
    return str(gettext("tomorrow")) if away == 1 else str(format_date(day, "EEE, d MMMM"))


def did_words(strand: Strand, who: int) -> str:
    """How many days of one homework somebody did, and how many more they opened."""
    done, opened = sum(piece.parts[who].state == DONE for piece in strand.pieces), strand.left_open(who)
    if not opened:
        return str(done)
    return str(gettext("%(done)s, %(opened)s more opened", done=done, opened=opened))


def state_words(state: str, *, opened: bool = False) -> str:
    """What a day of homework is for one of the two. `opened`: they looked at it and have not done it."""
    if opened:
        looked = {
            SKIPPED: gettext("opened, not this time"),
            MISSED: gettext("opened, not done"),
            OPEN: gettext("opened, still open"),
        }
        return str(looked[state])
    told = {
        "done": gettext("done"),
        "skipped": gettext("not this time"),
        "missed": gettext("not done"),
        "open": gettext("still open"),
    }
    return str(told.get(state, "–"))
