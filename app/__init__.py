"""Attune: a few minutes of practice a day for two. Here everything meets."""

from app.core import loading  # isort: split

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, data_rights, demo, instruments, pwa, site
from app.accounts import guards
from app.accounts import routes as accounts
from app.accounts.service import held_words
from app.assessments import routes as assessments
from app.assessments.service import shut_to_therapists, therapists
from app.caseload import routes as caseload
from app.caseload import service as care
from app.caseload.routes.held import keep_note
from app.config import ROOT, Config, WrongSetting
from app.core import api, errors, logs, security
from app.core.crypto import Vault
from app.core.db import db
from app.core.pages import Pages
from app.core.policy import policy_table
from app.core.sqlite import driver, prepare
from app.couples import routes as couples
from app.exercises import routes as exercises
from app.exercises.service import former_erased, keep_held, note_closed, rating_changed
from app.guided import routes as guided
from app.guided.service import closed, keep_held_words, others
from app.learn import routes as learn
from app.path import routes as path
from app.path.routes.held import give_held
from app.path.service import forget_former
from app.push import routes as push
from app.push.endpoints import HOSTS
from app.push.gateway import Gateway
from app.push.mailer import Mailer
from app.reminders import routes as reminders
from app.reminders.service import weekly
from app.scores import routes as weeks
from app.scores import service as scores
from app.therapist import routes as therapist
from app.therapist import service as homework

BODY_MAX = 96 * 1024
"""What a form may weigh. The three texts of a check-in take 72,000 bytes when they are as long as can be, in emoji."""


class Attune(Flask):
    """Flask, with our pages."""

    jinja_environment = Pages

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine. Flask would look, at each function of each request, whether it is one."""
        return func


def create_app(config: Config | None = None) -> Flask:
    """The whole app for `config` (by default from the environment).

    Raises WrongSetting for a setting that cannot be used, UndeclaredRoute when a route declares no policy, and what
    `__main__.NOT_WHOLE` lists when a file of content is not whole.
    """
    config = config or Config.from_env()
    app = Attune(__name__, static_folder=None)
    app.config.from_mapping(settings(config))
    app.extensions["attune"] = config
    app.extensions["vault"] = Vault(config.master_key)
    hosts = (*HOSTS, *config.push_hosts)
    app.extensions["gateway"] = Gateway(config.vapid_subject, hosts, loopback=config.push_loopback)
    app.extensions["mailer"] = Mailer(config.smtp_url, config.base_url)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logs.init_app(app, form=config.log_format, level=config.log_level)
    security.init_app(app, https=config.https)
    errors.init_app(app)
    connect(app)
    Babel(app, locale_selector=guards.locale, timezone_selector=guards.zone)
    app.add_template_global(guards.locale)
    below = (site, pwa, accounts, couples, learn, push, guided, exercises, reminders, weeks, assessments, path)
    for feature in (*below, therapist, caseload, data_rights, demo):
        feature.init_app(app)
    api.init_app(app, *weeks.API)
    join()
    cli.init_app(app)
    instruments.init_app(app)
    app.extensions["policies"] = policy_table(app)
    return app


def join() -> None:
    """Let lower floors be heard by upper ones, and ask them."""
    rating_changed.reach(scores.keep_current)
    former_erased.reach(scores.forget_former)
    former_erased.reach(forget_former)
    former_erased.reach(homework.forget_former_days)
    former_erased.reach(care.forget_former)
    closed.reach(note_closed)
    therapists.ask(homework.there_for)
    homework.doors_changed.reach(shut_to_therapists)
    homework.doors_changed.reach(care.forget_shown)
    others.ask(homework.own_guide)
    weekly.ask(care.worth_a_look)
    look_after_held_words()


def look_after_held_words() -> None:
    """Say what becomes of words that were sent when a session had ended, once their author has signed in again."""
    held_words.kept("/prompts/*", keep_held)
    held_words.kept("/occasions/*", keep_held_words)
    held_words.kept("/path/*", give_held)
    held_words.kept("/caseload/*/notes", keep_note)
    held_words.given_back("/caseload/*/notes", "words")
    held_words.given_back("/caseload/*/homework*", "note", "name")
    held_words.given_back("/own-exercises*", "name", "summary", "why", "closing", "landing")
    held_words.given_back("/own-exercises/*", "title", "text", "other", "label", "options")
    held_words.given_back("/practice", "name", "own")
    held_words.given_back("/therapist-access/*/brief", "line")
    held_words.given_back("/homework/*", "because")
    held_words.given_back("/reminders*", "if_then")


def settings(config: Config) -> dict[str, object]:
    """What Flask and its extensions are told."""
    sqlite = config.database_url.startswith("sqlite")
    return {
        "SECRET_KEY": config.secret_key,
        "MAX_CONTENT_LENGTH": BODY_MAX,
        "MAX_FORM_MEMORY_SIZE": BODY_MAX,
        "MAX_FORM_PARTS": 200,
        "TRUSTED_HOSTS": sorted(trusted_hosts(config)),
        "SESSION_COOKIE_NAME": "__Host-attune-notes" if config.https else "attune-notes",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.https,
        "PREFERRED_URL_SCHEME": "https" if config.https else "http",
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"module": driver()} if sqlite else postgres_options(config),
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
    }


def trusted_hosts(config: Config) -> set[str]:
    """The host names this instance answers to."""
    host = config.base_url.split("://", 1)[1]
    name = host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdigit() else host
    return {name} if config.https else {name, "localhost", "127.0.0.1", "[::1]"}


def postgres_options(config: Config) -> dict[str, object]:
    """Limits that keep one slow statement from holding up everybody."""
    limits = "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
    return {
        "pool_pre_ping": True,
        "pool_size": config.threads,
        "connect_args": {"connect_timeout": 5, "options": limits},
    }


def connect(app: Flask) -> None:
    """Tie the database to the app and make each connection safe. Raises WrongSetting where its driver is missing."""
    if not app.extensions["attune"].database_url.startswith("sqlite") and find_spec("psycopg") is None:
        how = ".venv/bin/python -m pip install 'psycopg[binary]>=3.2.9'"
        raise WrongSetting(f"DATABASE_URL: PostgreSQL needs one more package: {how}")
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare(db.engine)


loading.done()
