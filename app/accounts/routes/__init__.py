"""The pages of accounts."""

from flask import Flask

from app.accounts import guards
from app.accounts.routes import (
    confirmation,
    devices,
    factors,
    passkeys,
    recovery,
    registration,
    second,
    settings,
    sign_in,
    therapists,
)
from app.accounts.routes.pages import bp
from app.core.hashing import Hasher
from app.core.zones import zone_groups

MODULES = (registration, sign_in, second, passkeys, recovery, confirmation, settings, factors, devices, therapists)


def init_app(app: Flask) -> None:
    """Add the pages, the guards, and the hasher of passwords."""
    app.extensions["hasher"] = Hasher(app.extensions["attune"].password_cost)
    app.jinja_env.globals["zone_groups"] = zone_groups()
    guards.init_app(app)
    app.register_blueprint(bp)
