"""Everybody's own words, to take away or to erase for good, gathered from every feature."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages of export and deletion."""
