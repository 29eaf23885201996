"""What the pages of therapists share."""

from flask import Blueprint

bp = Blueprint("therapist", __name__)

HOMEWORK = "homework"
"""The kind of visit that looking at a couple's homework is."""
