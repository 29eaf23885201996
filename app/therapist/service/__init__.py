"""What happens between a therapist and a couple. Nothing here commits, asks the time, or knows of HTTP."""

from app.therapist.service.practices import Told, edit_practice, practice_of, practice_taken_along

__all__ = ["Told", "edit_practice", "practice_of", "practice_taken_along"]
