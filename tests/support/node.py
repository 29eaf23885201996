"""A Node for the tests of the scripts: the machine's own if it is new enough, else the one Playwright brings."""

import shutil
import subprocess

from playwright._impl._driver import compute_driver_executable

OLDEST = 20


def find_node() -> str:
    """The path of a Node whose test runner we know."""
    found = shutil.which("node")
    if found and _major(found) >= OLDEST:
        return found
    return str(compute_driver_executable()[0])


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = answer.removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0
