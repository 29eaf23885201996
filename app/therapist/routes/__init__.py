"""The pages of therapists, and of couples about theirs."""

from flask import Flask

from app.accounts import service as accounts
from app.exercises import service as exercises
from app.guided import service as guided
from app.therapist import service
from app.therapist.routes import access, assigning, caseload, given, own, practice, sets
from app.therapist.routes.pages import bp
from app.therapist.service.keeping_sets import usual_sets

MODULES = (caseload, practice, access, assigning, sets, own)


def init_app(app: Flask) -> None:
    """Add the pages, and let homework be part of the couple's day. Raises SetError."""
    usual_sets()
    for name, fact in service.ALONG.items():
        accounts.ask_along(name, fact())
    exercises.let_give(given.HOMEWORK)
    exercises.page_opened.reach(given.note_prompt)
    guided.page_opened.reach(given.note_occasion)
    app.register_blueprint(bp)
    app.register_blueprint(given.bp)
