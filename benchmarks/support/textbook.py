"""The day of two as a first course on Flask would show it: Flask-Login, the ORM with a statement for each thing, Jinja.

It opens nothing that is sealed, decides nothing about who may see what, and sends no header of its own.
"""

from datetime import date
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, render_template
from flask_login import LoginManager, UserMixin, current_user, login_required
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy.orm import joinedload
from werkzeug import Request

from app.accounts.models import AuthSession, Person
from app.accounts.service.sessions import hash_of
from app.couples.models import Couple, Membership
from app.exercises.models import Prompt

PATH = "/textbook"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Today</title></head><body>
<h1>{{ names | join(" and ") }}</h1>
{% for prompt in prompts %}<article><h2>{{ prompt.exercise }}</h2><p>{{ prompt.day }}</p>
<p>{{ answered[prompt.id] | join(", ") }}</p><a href="/prompts/{{ prompt.id }}">Open</a></article>
{% endfor %}</body></html>"""


class User(UserMixin):
    """Whoever looks."""

    def __init__(self, person: Person) -> None:
        self.id = person.id


def textbook(file: Path, day: date) -> Flask:
    """An app with one page, at PATH, that takes three statements on the SQLite database in `file`."""
    app = Flask("textbook")
    app.secret_key = "not secret at all"
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{file}"
    app.jinja_loader = DictLoader({"today.html": PAGE})
    session = SQLAlchemy(app).session

    @LoginManager(app).request_loader
    def load(request: Request) -> User:
        held = AuthSession.token_hash == hash_of(request.cookies["attune"])
        return User(session.scalars(sa.select(Person).join(AuthSession).where(held)).one())

    @app.get(PATH)
    @login_required
    def show() -> str:
        mine = sa.select(Membership.couple_id).where(Membership.person_id == current_user.id)
        both = joinedload(Couple.memberships).joinedload(Membership.person)
        couple = session.scalars(sa.select(Couple).where(Couple.id.in_(mine)).options(both)).unique().one()
        open_ = sa.select(Prompt).where(Prompt.couple_id == couple.id, Prompt.day == day)
        prompts = session.scalars(open_.options(joinedload(Prompt.responses))).unique().all()
        names = {each.person_id: each.person.name for each in couple.memberships}
        answered = {each.id: [names[given.author_id] for given in each.responses] for each in prompts}
        return render_template("today.html", names=names.values(), prompts=prompts, answered=answered)

    return app
