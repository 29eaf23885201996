"""The commands of an operator: `./run COMMAND`. Each says in a sentence what it did or why it could not."""

import os

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import schema, serving
from app.config import Config


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (setup, serve):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def setup() -> None:
    """Make the data folder, the keys and the tables, or bring them up to date. May be run again."""
    _set_up()


@click.command()
@with_appcontext
def serve() -> None:
    """Set everything up and serve."""
    _set_up()
    app, config = current_app._get_current_object(), _config()  # type: ignore[attr-defined]
    stopper = serving.Stopper()
    try:
        listening = serving.open_socket(config)
    except OSError as error:
        raise click.ClickException(
            f"HOST, PORT: cannot listen on {config.host}:{config.port} ({error.strerror})."
        ) from error
    stopper.listen()
    click.echo(f"Attune listens on {config.base_url}")
    serving.serve(app, listening, stopper)


def _set_up() -> None:
    os.umask(0o077)
    schema.upgrade()


def _config() -> Config:
    found: Config = current_app.extensions["attune"]
    return found
