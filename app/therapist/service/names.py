"""What an exercise is called, whichever kind it is."""

from flask_babel import gettext

from app.exercises import service as exercises
from app.therapist.models import OWN_EXERCISE
from app.therapist.service.author import Author
from app.therapist.service.longer import longer
from app.therapist.service.own import own_exercises


def exercises_of(author: Author) -> list[tuple[str, str]]:
    """(exercise, its name) for all that a therapist can give: the eleven, then their own. One statement."""
    eleven = [(ident, each.name) for ident, each in exercises.catalogue().exercises.items()] + list(longer().items())
    return eleven + own_exercises(author)


def name_of(exercise: str) -> str:
    """Its name; of a therapist's own, whose name is sealed, what stands in its place."""
    if exercise in longer():
        return longer()[exercise]
    if exercise.startswith(OWN_EXERCISE):
        return str(gettext("An exercise your therapist wrote"))
    return exercises.catalogue().exercises[exercise].name
