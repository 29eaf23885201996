"""What the pages of couples share."""

from flask import Blueprint

bp = Blueprint("couples", __name__)
