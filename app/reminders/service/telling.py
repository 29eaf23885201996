"""The lines that a lock screen shows, in the language of who reads them, and a test to look at one."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask_babel import force_locale, gettext

from app.push import service as push
from app.push.models import MAIL, OCCASION, OPENED, REMINDER, TEST, TURN, WEEK
from app.push.service import Letter, Line
from app.reminders.models import BARE, LEVELS, PLAIN, WARM

WEEKLY = "weekly"
"""What a therapist's reminder says, once a week."""

TEST_FOR = timedelta(minutes=10)
WEEK_AFTER, WEEK_FOR = timedelta(hours=5), timedelta(hours=17)
"""How long after the end of a week, on Monday at four, its notice rings (at nine), and until when (nine at night)."""


def lines_of(locale: str) -> dict[str, dict[str, Line]]:
    """Kind → level → what is shown. Constant: it depends on nothing else."""
    with force_locale(locale):
        bare = Line("Attune", gettext("There is something for you."))
        plain = {
            REMINDER: gettext("Your quiet minute is ready."),
            OPENED: gettext("Something has opened."),
            TURN: gettext("It is your turn."),
            WEEK: gettext("Your week is ready."),
            OCCASION: gettext("Your time together is now."),
            WEEKLY: gettext("Your week in Attune is ready to look at."),
        }
        warm = {
            REMINDER: gettext("A moment for the two of you, whenever you like."),
            OPENED: gettext("You have both answered. Come and see."),
            TURN: gettext("Your turn. Take the time you need."),
            WEEK: gettext("Your week together is ready to look at."),
            OCCASION: gettext("The time you set aside for each other is here."),
            WEEKLY: plain[WEEKLY],
        }
        test = Line("Attune", gettext("This is how Attune will ring."))
        mail = Line("Attune", gettext("Please confirm this address."))
        found = {
            kind: {BARE: bare, PLAIN: Line("Attune", plain[kind]), WARM: Line("Attune", warm[kind])} for kind in plain
        }
    return {**found, TEST: dict.fromkeys(LEVELS, test), MAIL: dict.fromkeys(LEVELS, mail)}


def letter_of(address: str, line: Line, link: str, locale: str) -> Letter:
    """A line of the lock screen as an e-mail, with the address it leads to. As neutral as the line."""
    with force_locale(locale):
        why = gettext("Somebody gave this address in Attune, for reminders. It can be taken out there, too.")
    return Letter(address, f"{line.title}: {line.body}", f"{line.body}\n\n{link}\n\n-- \n{why}\n")


def send_test(person_id: str, *, now: datetime) -> None:
    """Ring once, now, on every device, whatever the hour."""
    push.enqueue(person_id, TEST, now.isoformat(timespec="seconds"), now=now, until=now + TEST_FOR)


def tell_weeks(ready: Iterable[tuple[str, date, datetime]], *, now: datetime) -> None:
    """Tell people once, on the Monday after, that their week is ready. `ready`: who, the week's Monday, its end."""
    people: dict[tuple[date, datetime], list[str]] = defaultdict(list)
    for person_id, week, ended_at in ready:
        if now < ended_at + WEEK_FOR:
            people[week, ended_at].append(person_id)
    for (week, ended_at), each in people.items():
        at, until = max(now, ended_at + WEEK_AFTER), ended_at + WEEK_FOR
        push.enqueue_each(each, WEEK, f"{week:%G-W%V}", now=now, at=at, until=until)
