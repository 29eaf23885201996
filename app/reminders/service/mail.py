"""The e-mail address of somebody whose phone cannot be rung. Nothing goes there before they have confirmed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import PersonKey
from app.accounts.service import Visitor
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import db
from app.core.errors import NotFound
from app.push import service as push
from app.push.models import MAIL
from app.reminders.models import ReminderSettings
from app.reminders.service.wishes import edit_settings, settings_of

CONFIRM_FOR = timedelta(hours=1)
"""How long the letter with the code is worth sending."""


@dataclass(frozen=True, slots=True)
class Mail:
    """An address, opened. `code`: what stands in the letter that confirms it, the same for as long as it stays."""

    address: str
    code: str
    confirmed: bool


def mail_of(visitor: Visitor) -> Mail | None:
    """The address of a person, if they gave one."""
    return _opened(settings_of(visitor.person_id), visitor.wrapped_key)


def reach_of(visitor: Visitor, *, rings: bool, mails: bool) -> str:
    """How a reminder gets to a person: "device" where one `rings`, else "mail" where this Attune has that, else
    "calendar" where they have its address, else "".
    """
    if rings:
        return "device"
    settings = settings_of(visitor.person_id)
    if mails and settings.mail_confirmed_at is not None:
        return "mail"
    return "calendar" if settings.feed_hash is not None else ""


def mails_of(settings: Iterable[ReminderSettings]) -> dict[str, Mail]:
    """The addresses of all who gave one, by person; not of those whose key does not open. One statement."""
    given = {row.person_id: row for row in settings if row.mail}
    keys = select(PersonKey.person_id, PersonKey.wrapped).where(PersonKey.person_id.in_(given))
    found: dict[str, Mail] = {}
    for person_id, wrapped in db.session.execute(keys) if given else ():
        try:
            mail = _opened(given[person_id], wrapped)
        except Undecipherable:
            continue
        if mail:
            found[person_id] = mail
    return found


def edit_mail(visitor: Visitor, address: str, *, now: datetime) -> None:
    """Take an address down, and have a letter sent there by which it is confirmed."""
    key = vault().unwrap(visitor.wrapped_key, visitor.person_id)
    edit_settings(visitor.person_id, mail=seal(key, address, _about(visitor.person_id)), mail_confirmed_at=None)
    push.enqueue(visitor.person_id, MAIL, now.isoformat(), now=now, until=now + CONFIRM_FOR)


def confirm_mail(visitor: Visitor, code: str, *, now: datetime) -> None:
    """The person has opened the letter. Raises NotFound for a code that is not that of their address of now."""
    mail = mail_of(visitor)
    if mail is None or mail.code != code:
        raise NotFound
    if not mail.confirmed:
        edit_settings(visitor.person_id, mail_confirmed_at=now)


def drop_mail(person_id: str) -> None:
    """Send nothing there any more, and forget it."""
    edit_settings(person_id, mail=None, mail_confirmed_at=None)


def _opened(settings: ReminderSettings, wrapped: bytes) -> Mail | None:
    if not settings.mail:
        return None
    address = unseal(vault().unwrap(wrapped, settings.person_id), settings.mail, _about(settings.person_id))
    code = vault().fingerprint(f"{settings.person_id}|{address}", "mail-confirmation")[:24]
    return Mail(address, code, settings.mail_confirmed_at is not None)


def _about(person_id: str) -> str:
    return f"reminder_settings|{person_id}|mail|{person_id}"
