"""The last question before something rings: is it still wanted, now, and what does it say?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import force_locale, gettext
from sqlalchemy import Select, select

from app.accounts.models import THERAPIST, Person
from app.core.db import db
from app.couples import service as couples
from app.exercises import service as exercises
from app.guided import service as guided
from app.push.models import MAIL, OCCASION, OPENED, REMINDER, TEST, TURN, WEEK
from app.push.service import Due, Later, Line, Unwanted, Wanted
from app.reminders.models import ReminderSettings
from app.reminders.schedule import quiet_until
from app.reminders.service.mail import Mail, mails_of
from app.reminders.service.telling import WEEKLY, letter_of, lines_of
from app.reminders.service.weekly import due_weekly
from app.reminders.service.wishes import default_settings

PATHS = {REMINDER: "/today", WEEKLY: "/digest", TEST: "/reminders/health", WEEK: "/weeks"}


def gate(due: Sequence[Due], *, mail_from: str, now: datetime) -> dict[str, Wanted | Later | Unwanted]:
    """For each due notification, by its id: whether it is wanted still, later, or no more. A few statements for all.

    mail_from: the address of this Attune, for links in letters; "" where there is no mail server.
    """
    people = {person.id: person for person in db.session.scalars(_people(due))}
    chosen = {row.person_id: row for row in db.session.scalars(_settings(due))}
    open_prompts = exercises.open_today({each.person_id for each in due}, now=now)
    waiting = exercises.still_unseen([(each.person_id, each.subject) for each in due if each.kind in {OPENED, TURN}])
    weeks = {each.person_id for each in due if each.kind == WEEK}
    paired = couples.paired(weeks) if weeks else set()
    planned = {each.subject for each in due if each.kind == OCCASION}
    ahead = guided.still_ahead(planned) if planned else set()
    weekly = due_weekly(due, people.values(), now=now)
    mails = mails_of(chosen.values()) if mail_from else {}
    lines = {locale: lines_of(locale) for locale in {person.locale for person in people.values()}}
    verdicts: dict[str, Wanted | Later | Unwanted] = {}
    for each in due:
        person = people.get(each.person_id)
        if person is None:
            verdicts[each.id] = Unwanted()
            continue
        settings = chosen.get(each.person_id) or default_settings(each.person_id)
        count = open_prompts.get(each.person_id, 0)
        # Whoever is on their own again has no week to look at.
        needed = {
            REMINDER: count > 0 or each.id in weekly,
            WEEK: each.person_id in paired,
            OCCASION: each.subject in ahead,
        }.get(each.kind, (each.person_id, each.subject) in waiting)
        line = lines[person.locale][_said(each, person)][settings.level]
        verdict = _verdict(each, person, settings, line, needed=needed, count=count, now=now)
        if isinstance(verdict, Wanted) and each.person_id in mails:
            verdict = _with_letter(each, verdict, mails[each.person_id], mail_from)
        verdicts[each.id] = verdict
    return verdicts


def _verdict(
    due: Due, person: Person, settings: ReminderSettings, line: Line, *, needed: bool, count: int, now: datetime
) -> Wanted | Later | Unwanted:
    if due.kind == TEST:
        return Wanted(line, PATHS[TEST], person.locale, count, urgency="high")
    if due.kind == MAIL:
        return Wanted(line, "", person.locale, count, rings=False)
    switches = {
        OPENED: settings.tells_opened,
        TURN: settings.tells_turn,
        WEEK: settings.tells_week,
        OCCASION: settings.tells_occasion,
    }
    paused = settings.paused_until is not None and settings.paused_until > now
    if paused or not switches.get(due.kind, True) or not needed:
        return Unwanted()
    if quiet := quiet_until(now, person.zone, settings.quiet_from, settings.quiet_to):
        return Later(quiet)
    said = _said(due, person)
    return Wanted(line, PATHS.get(said) or _path(due), person.locale, count, actions=_actions(said, person.locale))


def _said(due: Due, person: Person) -> str:
    """The kind of what it says: a therapist's reminder is about their week."""
    return WEEKLY if due.kind == REMINDER and person.role == THERAPIST else due.kind


def _path(due: Due) -> str:
    if due.kind == OCCASION:
        return f"/occasions/{guided.occasion_of(due.subject)}"
    return f"/prompts/{exercises.prompt_of(due.subject)}"


def _with_letter(due: Due, verdict: Wanted, mail: Mail, origin: str) -> Wanted:
    """With a letter for where no device rings. An address that is not confirmed gets the one that asks for it alone."""
    if mail.confirmed is (due.kind == MAIL):
        return verdict
    path = f"/reminders/mail/confirmation/{mail.code}" if due.kind == MAIL else verdict.path
    return replace(verdict, letter=letter_of(mail.address, verdict.line, origin + path, verdict.lang))


def _actions(kind: str, locale: str) -> dict[str, str]:
    with force_locale(locale):
        actions = {"open": gettext("Open")}
        return {**actions, "later": gettext("In an hour")} if kind == REMINDER else actions


def _people(due: Sequence[Due]) -> Select[Person]:
    return select(Person).where(Person.id.in_({each.person_id for each in due}), Person.disabled_at.is_(None))


def _settings(due: Sequence[Due]) -> Select[ReminderSettings]:
    return select(ReminderSettings).where(ReminderSettings.person_id.in_({each.person_id for each in due}))
