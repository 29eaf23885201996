"""The pages of a person's weeks, and the weeks as JSON."""

from app.scores.routes import api

API = (api.bp,)
"""What there is below /api/v1."""
