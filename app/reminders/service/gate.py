"""The last question before something rings: is it still wanted, now, and what does it say?"""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale, gettext
from sqlalchemy import Select, select

from app.accounts.models import Person
from app.core.db import db
from app.exercises import service as exercises
from app.push.models import OPENED, REMINDER, TEST, TURN, WEEK
from app.push.service import Due, Later, Line, Unwanted, Wanted
from app.reminders.models import ReminderSettings
from app.reminders.schedule import quiet_until
from app.reminders.service.telling import lines_of
from app.reminders.service.wishes import default_settings

PATHS = {REMINDER: "/today", TEST: "/reminders/health", WEEK: "/today"}


def gate(due: Sequence[Due], *, now: datetime) -> dict[str, Wanted | Later | Unwanted]:
    """For each due notification, by its id: whether it is wanted still, later, or no more. A few statements for all."""
    people = {person.id: person for person in db.session.scalars(_people(due))}
    chosen = {row.person_id: row for row in db.session.scalars(_settings(due))}
    open_prompts = exercises.open_today({each.person_id for each in due}, now=now)
    waiting = exercises.still_unseen([(each.person_id, each.subject) for each in due if each.kind in {OPENED, TURN}])
    lines = {locale: lines_of(locale) for locale in {person.locale for person in people.values()}}
    verdicts: dict[str, Wanted | Later | Unwanted] = {}
    for each in due:
        person = people.get(each.person_id)
        if person is None:
            verdicts[each.id] = Unwanted()
            continue
        settings = chosen.get(each.person_id) or default_settings(each.person_id)
        count = open_prompts.get(each.person_id, 0)
        needed = count > 0 if each.kind == REMINDER else (each.person_id, each.subject) in waiting
        line = lines[person.locale][each.kind][settings.level]
        verdicts[each.id] = _verdict(each, person, settings, line, needed=needed, count=count, now=now)
    return verdicts


def _verdict(
    due: Due, person: Person, settings: ReminderSettings, line: Line, *, needed: bool, count: int, now: datetime
) -> Wanted | Later | Unwanted:
    if due.kind == TEST:
        return Wanted(line, PATHS[TEST], person.locale, count, urgency="high")
    switches = {OPENED: settings.tells_opened, TURN: settings.tells_turn, WEEK: settings.tells_week}
    paused = settings.paused_until is not None and settings.paused_until > now
    if paused or not switches.get(due.kind, True) or not (needed or due.kind == WEEK):
        return Unwanted()
    if quiet := quiet_until(now, person.zone, settings.quiet_from, settings.quiet_to):
        return Later(quiet)
    path = PATHS.get(due.kind) or f"/prompts/{exercises.prompt_of(due.subject)}"
    return Wanted(line, path, person.locale, count, actions=_actions(due.kind, person.locale))


def _actions(kind: str, locale: str) -> dict[str, str]:
    with force_locale(locale):
        actions = {"open": gettext("Open")}
        return {**actions, "later": gettext("In an hour")} if kind == REMINDER else actions


def _people(due: Sequence[Due]) -> Select[Person]:
    return select(Person).where(Person.id.in_({each.person_id for each in due}), Person.disabled_at.is_(None))


def _settings(due: Sequence[Due]) -> Select[ReminderSettings]:
    return select(ReminderSettings).where(ReminderSettings.person_id.in_({each.person_id for each in due}))
