"""What the pages of therapists share."""

from flask import Blueprint

bp = Blueprint("therapist", __name__)
