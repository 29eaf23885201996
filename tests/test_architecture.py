"""The shape of the house, where import-linter (in pyproject.toml) has no word for it.

A module is told by its place: `roof` for those beside `app/__init__.py`, `core`, one of the files (or folders) that
every feature may have, `pure` for a feature's others, and always its own name, such as `push.gateway`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
MODULES = sorted(APP.rglob("*.py"))

DOORS = {"models", "service", "guards"}
"""What one feature may see of another."""

ORDER = {
    "routes": {"routes", "forms", "schemas", "guards", "service", "models", "pure"},
    "forms": {"forms", "models", "pure"},
    "schemas": {"schemas", "pure"},
    "guards": {"guards", "service", "models", "pure"},
    "service": {"service", "models", "pure", "gateway"},
    "models": {"models", "pure"},
    "gateway": {"pure"},
    "mailer": {"pure"},
    "pure": {"pure"},
}
"""What a file of a feature may import of features."""

CORE_OF_THE_PURE = {"core.codes", "core.crypto", "core.tables", "core.wall", "core.wordlist"}
"""What a pure module may import of the core: neither the clock nor the database is in reach from there."""

HOMES = {
    "alembic": {"schema"},
    "apscheduler": {"jobs"},
    "argon2": {"core", "service"},
    "babel": {"core", "routes"},
    "click": {"cli", "instruments"},
    "cryptography": {"core", "push.gateway"},
    "py_vapid": {"push.gateway"},
    "dotenv": {"config"},
    "flask": {"roof", "core", "routes", "guards"},
    "flask_babel": {"roof", "core", "routes", "guards", "forms", "service"},
    "flask_login": {"roof", "core", "routes", "guards"},
    "flask_migrate": {"cli", "schema"},
    "flask_smorest": {"core.api"},
    "flask_sqlalchemy": {"core.db"},
    "icalendar": {"reminders.calendar"},
    "jinja2": {"core"},
    "markdown_it": {"learn.shelf"},
    "markupsafe": {"core"},
    # In schemas, what goes out as JSON; in core.api alone, the library that makes a document of that.
    "marshmallow": {"forms", "schemas", "core.api"},
    "numpy": {"pure"},
    "pyotp": {"accounts.one_time"},
    "pywebpush": {"push.gateway"},
    "rich": {"cli", "instruments"},
    "segno": {"core.pictures"},
    "smtplib": {"push.mailer"},
    "sqlalchemy": {"roof", "core", "service", "models"},
    "sqlite3": {"core.sqlite"},
    "typst": {"caseload.writers.paper"},
    "waitress": {"serving", "wire"},
    "webauthn": {"accounts.ceremony"},
    "werkzeug": {"roof", "core", "routes", "guards"},
    "xlsxwriter": {"caseload.writers.sheet"},
}
"""Where a library may be imported. One that is not named here has no home yet."""

LATE = {
    "alembic", "apscheduler", "flask_migrate", "icalendar", "pywebpush", "rich", "webauthn", "xlsxwriter",
}  # fmt: skip
"""Libraries that take long to load, and that few starts need: they are imported in the function that uses them."""

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "func.now",
}  # fmt: skip
"""Looks at the wall clock, of this machine or the database's. `time.monotonic` and `perf_counter` measure, and may."""

CLOCK = "core.clock"

LENGTH = 200
LONG = {
    "caseload/attention.py": "each fact, each flag and the order of couples, which are read together",
    "caseload/service/cases.py": "from the rows of three statements to a couple, in one go",
    "caseload/writers/fhir.py": "every resource, side by side",
    "cli.py": "every command of an operator, side by side",
    "config.py": "every setting, side by side",
    "core/forms.py": "every kind of field that a form may have, side by side",
    "doctor.py": "every check of the doctor, side by side",
    "guided/shelf.py": "every check of a guide, in the order of its file",
    "therapist/forms.py": "every form of therapists and couples, side by side",
    "therapist/models.py": "every table of therapists, side by side",
}
"""The files past LENGTH lines, each with its reason."""


def faults(module: str, source: str) -> Iterator[str]:
    """What is wrong with a module, one sentence each. `module` is its name below app: `core.db`, `cli`, or `app`."""
    tree = ast.parse(source)
    yield from faults_of_form(module, tree)
    for name in imported(tree):
        library, *below = name.split(".")
        if library == "app":
            yield from faults_of_way(module, below)
        elif library in HOMES and not HOMES[library] & places(module):
            yield f"{module} imports {library}, whose home is {' and '.join(sorted(HOMES[library]))}"
        elif library not in HOMES and library not in sys.stdlib_module_names:
            yield f"{module} imports {library}, which has no home yet: give it one in HOMES"


def faults_of_form(module: str, tree: ast.Module) -> Iterator[str]:
    """Faults that a module has by itself."""
    if re.fullmatch(r"\w+\.__init__", module) and not (len(tree.body) == 1 and ast.get_docstring(tree)):
        yield f"{module} must be one docstring: what the feature promises"
    early = {library for node in tree.body if is_import(node) for library in libraries(node) & LATE}
    yield from (f"{module} loads {library} at every start" for library in sorted(early))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{module} imports relatively, in line {node.lineno}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and libraries(node) - LATE:
            yield f"{module} imports inside the function {node.name}"
        if isinstance(node, ast.Attribute) and module != CLOCK:
            looked = f"{ast.unparse(node.value).rpartition('.')[2]}.{node.attr}"
            if looked in CLOCKS:
                yield f"{module} looks at the wall clock by {looked}, in line {node.lineno}; only {CLOCK} may"
    if module != CLOCK:
        yield from (f"{module} imports the wall clock {name}" for name in CLOCKS & set(imported(tree)))


def faults_of_way(module: str, below: list[str]) -> Iterator[str]:
    """Faults of a module's import of `app.<below>`."""
    here, file = module.partition(".")[0], ".".join(below[:2])
    there = file.partition(".")[0]
    if "roof" in places(module):
        return
    if there not in features():
        yield f"{module} reaches up to the roof, for {'.'.join(('app', *below))}"
    elif there == "core":
        if "pure" in places(module) and file not in CORE_OF_THE_PURE:
            yield f"{module} is a pure module, yet imports app.{file}"
    elif here == "core":
        yield f"{module} is of the core, yet imports app.{file}"
    elif here != there and not DOORS & places(file):
        yield f"{module} enters {there} by app.{file}; the doors are {', '.join(sorted(DOORS))}"
    elif not places(file) & allowed(module):
        yield f"{module} imports app.{file} against the order routes → forms, guards, service → models → pure"


def allowed(module: str) -> set[str]:
    """The places in a feature that a module of a feature may import."""
    return next(ORDER[place] for place in ORDER if place in places(module))


def places(module: str) -> set[str]:
    """The names by which the tables know a module."""
    feature, _, file = module.partition(".")
    file = file.partition(".")[0]
    if not file:
        return {"roof", module}
    if feature == "core":
        return {"core", module, *({"forms", "schemas"} & {file})}
    return {module, file if file in ORDER else "pure"}


def features() -> set[str]:
    """The folders of features, `core` among them."""
    return {path.parent.name for path in APP.glob("*/__init__.py")}


def imported(tree: ast.AST) -> Iterator[str]:
    """The full names of all that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def libraries(tree: ast.AST) -> set[str]:
    """The libraries that are imported somewhere in it."""
    return {name.partition(".")[0] for name in imported(tree)}


def is_import(node: ast.AST) -> bool:
    """Whether the node is an import."""
    return isinstance(node, ast.Import | ast.ImportFrom)


def name_of(path: Path) -> str:
    """A module's name below app."""
    parts = path.relative_to(APP).with_suffix("").parts
    return "app" if parts == ("__init__",) else ".".join(parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_module_keeps_to_its_place(path: Path) -> None:
    assert list(faults(name_of(path), path.read_text())) == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("accounts.service", "from flask import g", "imports flask, whose home is core and guards and roof and routes"),
        ("accounts.routes", "import marshmallow", "imports marshmallow, whose home is core.api and forms and schemas"),
        ("accounts.service", "import pywebpush", "imports pywebpush, whose home is push.gateway"),
        ("cli", "from apscheduler.schedulers import base", "imports apscheduler, whose home is jobs"),
        ("couples.day", "import sqlalchemy", "imports sqlalchemy, whose home is "),
        ("core.db", "import left_pad", "imports left_pad, which has no home yet"),
        ("couples.service", "from app.accounts import routes", "enters accounts by app.accounts.routes"),
        ("couples.service", "from app.accounts.forms import Name", "enters accounts by app.accounts.forms"),
        ("couples.service", "from app.accounts.zones import ZONES", "enters accounts by app.accounts.zones"),
        ("couples.models", "from app.accounts.service import f", "imports app.accounts.service against the order"),
        ("couples.models", "from app.couples import service", "imports app.couples.service against the order"),
        ("couples.service", "from app.couples import guards", "imports app.couples.guards against the order"),
        ("couples.forms", "from app.couples.service import f", "imports app.couples.service against the order"),
        ("couples.day", "from app.couples.models import Couple", "imports app.couples.models against the order"),
        ("couples.day", "from app.core.db import db", "is a pure module, yet imports app.core.db"),
        ("core.db", "from app.couples.models import Couple", "is of the core, yet imports app.couples.models"),
        ("core.db", "import app", "reaches up to the roof, for app"),
        ("couples.routes", "from app import create_app", "reaches up to the roof, for app.create_app"),
        ("couples.routes", "from app.config import ROOT", "reaches up to the roof, for app.config.ROOT"),
        ("couples.service", "from . import models", "imports relatively, in line 1"),
        ("cli", "def f():\n    import os", "imports inside the function f"),
        ("cli", "from rich.table import Table", "loads rich at every start"),
        ("couples.__init__", "'A promise.'\nONE = 1", "must be one docstring"),
        ("couples.__init__", "", "must be one docstring"),
        ("core.db", "import datetime\ndatetime.datetime.now()", "looks at the wall clock by datetime.now, in line 2"),
        ("core.db", "from datetime import date\ndate.today()", "looks at the wall clock by date.today, in line 2"),
        ("cli", "from time import time\ntime()", "imports the wall clock time.time"),
        ("cli", "from sqlalchemy import func\nfunc.now()", "looks at the wall clock by func.now, in line 2"),
    ],
)
def test_each_fault_is_named(module: str, source: str, fault: str) -> None:
    found = list(faults(module, source))
    assert any(said.startswith(f"{module} {fault}") for said in found), found


def test_each_long_file_has_a_reason() -> None:
    files = [path for kind in ("*.py", "*.js", "*.css") for path in APP.rglob(kind) if "vendor" not in path.parts]
    lengths = {path.relative_to(APP).as_posix(): len(path.read_text().splitlines()) for path in files}
    assert {name for name, length in lengths.items() if length > LENGTH} == set(LONG)


def test_each_setting_is_in_the_example() -> None:
    read = set(re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', (APP / "config.py").read_text()))
    told = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - {"ATTUNE_DEMO"} == told


def test_each_setting_is_read_in_one_place() -> None:
    settings = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    # Anywhere else it would be the environment alone, without what stands in .env.
    asked = re.compile(rf"""environ(?:\.get\(|\[)["'](?:{"|".join(settings)})["']""")
    assert [name_of(path) for path in MODULES if asked.search(path.read_text())] == []
