"""The pages of the shelf: open to everybody, signed in or not, and the same for all but for the frame round them."""

from functools import lru_cache

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.guards import current_visitor
from app.core.errors import NotFound
from app.core.policy import public
from app.learn.search import Index
from app.learn.shelf import load
from app.learn.words import clean

bp = Blueprint("learn", __name__)


def init_app(app: Flask) -> None:
    """Add the pages. Reads the shelf, so that an app whose topics are not whole does not start."""
    load()
    app.register_blueprint(bp)


@lru_cache(maxsize=1)
def index() -> Index:
    """What searches ask: made for the first of them, and kept."""
    return Index(load())


@bp.get("/learn")
@public
def index_topics() -> ResponseReturnValue:
    """The shelf, or what was found on it. Nothing is kept of what was looked for."""
    current_visitor()
    asked = clean(request.args.get("q", ""))
    return render_template("learn/index.html", shelf=load(), found=index().find(asked) if asked else None)


@bp.get("/learn/<topic_id>")
@public
def show_topic(topic_id: str) -> ResponseReturnValue:
    """One topic. Nothing is kept of who reads it."""
    current_visitor()
    shelf = load()
    topic = shelf.topics.get(topic_id)
    if topic is None:
        raise NotFound
    return render_template("learn/topic.html", shelf=shelf, topic=topic, group=shelf.group_of(topic))
