"""What the pages of therapists share."""

from flask import Blueprint

bp = Blueprint("therapist", __name__)

LOOK = "couple"
"""The kind of visit that looking at a couple's page is."""
