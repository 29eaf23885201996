"""Words that somebody was sending when their session had ended: sealed for them, carried by the sign-in page."""

import base64
import json
from collections.abc import Iterable

from sqlalchemy import select

from app.accounts.models import AuthSession, Person, PersonKey
from app.accounts.service.sessions import hash_of
from app.core.crypto import Undecipherable, seal, unseal, vault
from app.core.db import db


def hold(token: str, path: str, typed: Iterable[tuple[str, str]]) -> str:
    """Seal what somebody was sending to `path`. Passwords and codes are left out.

    Only the same person can open it again. Empty when the token was never a session of ours.
    """
    row = db.session.execute(
        select(PersonKey.person_id, PersonKey.wrapped)
        .join(AuthSession, AuthSession.person_id == PersonKey.person_id)
        .where(AuthSession.token_hash == hash_of(token))
    ).first()
    if row is None:
        return ""
    words = [[name, value] for name, value in typed if "password" not in name and "code" not in name]
    text = json.dumps({"path": path, "typed": words}, ensure_ascii=False)
    return base64.urlsafe_b64encode(seal(vault().unwrap(row[1], row[0]), text, f"held|{row[0]}")).decode()


def held_by(person: Person, held: str) -> tuple[str, list[tuple[str, str]]] | None:
    """(path, what was typed) that `hold` sealed for this person, or None when it is not theirs."""
    try:
        key = vault().unwrap(person.key.wrapped, person.id)
        kept = json.loads(unseal(key, base64.urlsafe_b64decode(held.encode()), f"held|{person.id}"))
    except (Undecipherable, ValueError):
        return None
    return str(kept["path"]), [(str(name), str(value)) for name, value in kept["typed"]]
