"""`python -m app COMMAND`, which is what `./run` starts: says in one sentence what stops the app from starting."""

import sys

from flask.cli import FlaskGroup

from app import create_app
from app.config import WrongSetting
from app.couples.help_lines import HelpLinesError
from app.exercises.catalogue import CatalogueError
from app.learn.shelf import ShelfError


def main() -> None:
    """Start the app, and hand it the command."""
    try:
        app = create_app()
    except (WrongSetting, CatalogueError, HelpLinesError, ShelfError) as error:
        sys.exit(f"Error: {error}")
    group = FlaskGroup(create_app=lambda: app, load_dotenv=False, set_debug_flag=False)
    # Which app it is, and with which settings, is settled: options for that would promise what is not so.
    group.params = [option for option in group.params if option.name == "version"]
    group(prog_name="./run")


if __name__ == "__main__":
    main()
