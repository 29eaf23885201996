"""`python -m app COMMAND`, which is what `./run` starts: says in one sentence what stops the app from starting."""

import os
import sys

from flask.cli import AppGroup, ScriptInfo, routes_command, run_command, shell_command, version_option

from app import create_app
from app.assessments.keys import KeyFault
from app.assessments.pack import Refused
from app.assessments.talks import TalkError
from app.config import WrongSetting
from app.couples.help_lines import HelpLinesError
from app.exercises.catalogue import CatalogueError
from app.guided.shelf import GuideError
from app.learn.shelf import ShelfError
from app.path.steps import PathError
from app.therapist.sets import SetError

NOT_WHOLE = (
    CatalogueError, GuideError, HelpLinesError, KeyFault, PathError, Refused, SetError, ShelfError, TalkError,
)  # fmt: skip
"""What is raised for content that is not whole."""


def main() -> None:
    """Start the app, and hand it the command. Whatever it makes is for its owner alone."""
    os.umask(0o077)
    if sys.argv[1:2] == ["--version"]:
        # Without the app, which makes a data folder and keys where there are none: root installs the packages by this.
        AppGroup(params=[version_option]).main(prog_name="./run")
    try:
        app = create_app()
    except (WrongSetting, *NOT_WHOLE) as error:
        sys.exit(f"Error: {error}")
    # Not a FlaskGroup: which app it is, and with which settings, is settled; and it would look for commands in all that
    # is installed, and load much that few of ours need.
    app.cli.params = [version_option]
    for command in (run_command, shell_command, routes_command):
        app.cli.add_command(command)
    app.cli(prog_name="./run", obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False, load_dotenv_defaults=False))


if __name__ == "__main__":
    main()
