"""What happens to accounts. Nothing here commits, asks the time, or knows of HTTP."""

from app.accounts.service.held import held_by, hold
from app.accounts.service.people import (
    LoginTaken,
    Particulars,
    change_password,
    edit_person,
    erase_person,
    person_by_id,
    person_by_login,
    register,
)
from app.accounts.service.recovery import codes_left, renew_codes, use_code
from app.accounts.service.sessions import (
    LATELY,
    Visitor,
    ask_along,
    end_session,
    end_sessions,
    end_token,
    note_visit,
    open_session,
    renew_session,
    sessions_of,
    sweep_sessions,
    visitor_of,
)
from app.accounts.service.throttles import claim_try, forget_tries, sweep_throttles, take_back

__all__ = [
    "LATELY",
    "LoginTaken",
    "Particulars",
    "Visitor",
    "ask_along",
    "change_password",
    "claim_try",
    "codes_left",
    "edit_person",
    "end_session",
    "end_sessions",
    "end_token",
    "erase_person",
    "forget_tries",
    "held_by",
    "hold",
    "note_visit",
    "open_session",
    "person_by_id",
    "person_by_login",
    "register",
    "renew_codes",
    "renew_session",
    "sessions_of",
    "sweep_sessions",
    "sweep_throttles",
    "take_back",
    "use_code",
    "visitor_of",
]
