"""What the pages of therapists share."""

from flask import Blueprint

from app.core.errors import NotFound
from app.therapist.guards import give_words_back

bp = Blueprint("therapist", __name__)
bp.register_error_handler(NotFound, give_words_back)

HOMEWORK = "homework"
"""The kind of visit that looking at a couple's homework is."""
