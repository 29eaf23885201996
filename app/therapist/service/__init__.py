"""What therapists give, and what the two make of it. Nothing here commits, asks the time, or knows of HTTP."""

from app.therapist.models import Homework, HomeworkDay, HomeworkTemplate, OwnExercise

__all__ = ["Homework", "HomeworkDay", "HomeworkTemplate", "OwnExercise"]
