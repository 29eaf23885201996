"""What happens with reminders. Nothing here commits, asks the time, or knows of HTTP."""

from app.reminders.service.dispatch import dispatch, refresh_slots, sweep_slots
from app.reminders.service.feeds import calendar_of, close_feed, open_feed
from app.reminders.service.gate import gate
from app.reminders.service.looking import RUNG_BY, Lost, has_reminders, lost_lately
from app.reminders.service.mail import Mail, confirm_mail, drop_mail, edit_mail, mail_of, reach_of
from app.reminders.service.taking import taken_along
from app.reminders.service.telling import TEST_FOR, WEEKLY, lines_of, send_test, tell_weeks
from app.reminders.service.weekly import stop_weekly, tell_weekly, weekly, weekly_of
from app.reminders.service.wishes import (
    MOST,
    TooManyReminders,
    Wish,
    add_reminder,
    drop_reminder,
    edit_settings,
    move_to_zone,
    next_ring,
    pause,
    resume,
    settings_of,
    wishes_of,
)

__all__ = [
    "MOST",
    "RUNG_BY",
    "TEST_FOR",
    "WEEKLY",
    "Lost",
    "Mail",
    "TooManyReminders",
    "Wish",
    "add_reminder",
    "calendar_of",
    "close_feed",
    "confirm_mail",
    "dispatch",
    "drop_mail",
    "drop_reminder",
    "edit_mail",
    "edit_settings",
    "gate",
    "has_reminders",
    "lines_of",
    "lost_lately",
    "mail_of",
    "move_to_zone",
    "next_ring",
    "open_feed",
    "pause",
    "reach_of",
    "refresh_slots",
    "resume",
    "send_test",
    "settings_of",
    "stop_weekly",
    "sweep_slots",
    "taken_along",
    "tell_weekly",
    "tell_weeks",
    "weekly",
    "weekly_of",
    "wishes_of",
]
