"""The papers: what they name is there, what they show works, and what they count is counted.

A paper is a Markdown file of the repository. In it, `code` may be a file, an address, a command, a setting or a name.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import click
import pytest
from flask import Flask
from sqlalchemy import LargeBinary

from app import backup, config, create_app, jobs, serving
from app.accounts import codes, passwords
from app.accounts import models as accounts
from app.accounts.routes import door
from app.accounts.service import sessions
from app.config import ROOT, Config
from app.core.db import Model, db
from app.couples import day
from app.couples.service import joining
from app.exercises import catalogue, exchange
from app.exercises.exercise import choose
from app.guided import shelf
from tests import test_architecture
from tests.factories import MASTER, SECRET
from tests.support import missing

LEFT_OUT = {"instance", "htmlcov", "test-results", "build", "dist", "__pycache__"}
MACHINE = ("/etc/", "/opt/", "/var/", "/usr/", "/tmp/", "/mnt/", "/proc/")
"""Where addresses of a machine begin, not of Attune."""

SUFFIXES = {".py", ".md", ".toml", ".html", ".css", ".js", ".mjs", ".txt", ".mako", ".service"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = {2: "two", 3: "three", 4: "four", 8: "eight"}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@cache
def tree() -> frozenset[str]:
    """Every file and folder of the repository, by its path, but for what setting up and running make."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        kept = [name for name in folders if name not in LEFT_OUT and (name == ".ci" or not name.startswith("."))]
        folders[:] = kept
        found += [Path(folder, name).relative_to(ROOT).as_posix() for name in (*kept, *files)]
    return frozenset(found)


PAPERS = sorted(ROOT / path for path in tree() if path.endswith(".md") and "/content/" not in path)
OURS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app, to be asked for its routes and commands."""
    data = tmp_path_factory.mktemp("data")
    url = f"sqlite:///{data / 'attune.sqlite3'}"
    app = create_app(Config(data=data, database_url=url, secret_key=SECRET, master_key=MASTER))
    yield app
    with app.app_context():
        db.engine.dispose()


def blocks(paper: Path, kind: str) -> list[str]:
    """The code blocks of a kind, without the indent of a list they may stand in."""
    found = re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", paper.read_text(), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, each, body in found if each == kind]


def prose(paper: Path) -> str:
    """The paper without its code blocks, each paragraph in one line."""
    text = re.sub(r"^ *```.*?^ *```$", "", paper.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<=\S)\n *(?=[^\s#|>*-])(?!\d+\. )", " ", text)


def spans(paper: Path) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", prose(paper))


def rows(paper: str, head: str) -> list[list[str]]:
    """The cells of the table in a paper that has this first line."""
    _before, found, after = (ROOT / paper).read_text().partition(f"\n{head}\n")
    assert found, f"{paper} has no table {head}"
    lines = after.splitlines()[1:]
    end = next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[:end]]


# What is named is there


@each_paper
def test_every_link_leads_somewhere(paper: Path) -> None:
    text = re.sub(r"`[^`]+`", "", prose(paper))
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    for link in links:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (paper.parent / path).resolve() if path else paper
        assert target.exists(), f"{link} leads nowhere"
        heads = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE) if anchor else []
        assert not anchor or anchor in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads], link


@each_paper
def test_every_file_that_is_named_is_there(paper: Path) -> None:
    lost = [span for span in spans(paper) if is_path(span) and not is_there(re.sub(r"<\w+>", "*", span.rstrip("/")))]
    assert lost == []


def is_path(span: str) -> bool:
    """Whether a span means a file or folder of the repository."""
    if not re.fullmatch(r"[\w.*<>/-]+", span) or span.startswith(("/", "./", ".venv/")):
        return False
    return "/" in span.rstrip("/") or Path(span).suffix in SUFFIXES or span.startswith((".env.", ".ci"))


def is_there(pattern: str) -> bool:
    """Whether something in the repository ends with this path."""
    return any(path == pattern or fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}") for path in tree())


@each_paper
def test_every_address_that_is_named_is_a_route(paper: Path, house: Flask) -> None:
    rules = [(re.sub(r"\w+:", "", rule.rule), rule.methods or set()) for rule in house.url_map.iter_rules()]
    text = paper.read_text()
    for method, address in re.findall(r"\b(GET|POST) (/[\w/<>.-]*)", text):
        assert any(rule == address and method in methods for rule, methods in rules), f"{method} {address}"
    for address in re.findall(r"`(/[^`\s?]*)`", text):
        static = address.startswith("/static/")
        assert f"{address}/".startswith(MACHINE) or static or any(rule == address for rule, _ in rules), address


@pytest.mark.parametrize("paper", [*PAPERS, ROOT / "run"], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_is_one(paper: Path, house: Flask) -> None:
    known = {"test": None, "help": None, **house.cli.commands}
    for words in commands_in(paper):
        name, *others = words or ["serve"]
        if name.startswith("-"):
            assert name in {"--help", "--version"}, words
            continue
        assert name in known, words
        command = known[name]
        while isinstance(command, click.Group) and others and others[0] in command.commands:
            command = command.commands[others.pop(0)]
        options = [word.partition("=")[0] for word in others if word.startswith("-")]
        if isinstance(command, click.Command):
            assert {*options} <= {"--help", *(each for param in command.params for each in param.opts)}, words


def commands_in(paper: Path) -> Iterator[list[str]]:
    """The words after each `./run`, or other way to call it, in a paper. Words like COMMAND stand for any."""
    text = paper.read_text().partition("\nEND\n")[0]
    for line in re.findall(r"(?:\./|/opt/attune/|\bsh )run\b(?!\.)([^\n`|&)]*)|-m app ([^\n`]*)", text):
        words = shlex.split("".join(line).split("  ")[0], comments=True)
        words = [word.rstrip(",.:;") for word in words if not re.fullmatch(r"\[?[A-Z]+\]?|…", word)]
        yield words


@pytest.mark.parametrize("paper", [path for path in PAPERS if path.parent != ROOT / "app"], ids=lambda path: path.stem)
def test_every_shell_block_can_be_read_by_a_shell(paper: Path) -> None:
    for block in blocks(paper, "sh"):
        done = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "docs/adding-an-exercise.md"])
def test_every_name_of_the_code_is_one(name: str) -> None:
    code = "".join((ROOT / path).read_text() for path in tree() if path.endswith((".py", ".js", ".toml")))
    words = set(re.findall(r"[\w.]+", code)) | {Path(path).name for path in tree()}
    named = {span.removesuffix("()") for span in spans(ROOT / name) if re.fullmatch(r"[A-Za-z_]\w*(\(\))?", span)}
    assert named - words == set()


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/adding-an-exercise.md"])
def test_a_name_beside_a_file_is_in_it(name: str) -> None:
    for row in re.findall(r"^\|.+", (ROOT / name).read_text(), re.MULTILINE):
        named = re.findall(r"`([\w./]+)`", row)
        files = [ROOT / each for each in named if (ROOT / each).is_file()]
        words = {word for file in files for word in re.findall(r"\w+", file.read_text())}
        names = {part for each in named if not (ROOT / each).exists() for part in each.split(".")}
        assert not files or names <= words, row


def test_the_drawing_of_the_floors_has_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    roof = re.search(r"^roof +(.+?)^ \d ", text, re.MULTILINE | re.DOTALL)[1].split()
    # What the demo is made of stands beside it, by names that say so.
    assert set(roof) == {path.stem for path in (ROOT / "app").glob("*.py") if not path.stem.startswith("demo_")}
    floors = re.findall(r"^ \d +(\w+) ", text, re.MULTILINE)
    assert set(floors) == {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}


# Settings


def example() -> dict[str, tuple[str, str]]:
    """Setting → (default, sentence), from .env.example."""
    found = re.findall(r"^# (.+)\n# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    return {name: (default, sentence) for sentence, name, default in found}


def test_the_table_of_settings_is_that_of_the_example() -> None:
    told = rows("docs/running.md", "| setting | default | what it is |")
    assert len(told) > 10
    assert {name.strip("`"): (default.strip("`"), sentence) for name, default, sentence in told} == example()


def test_the_defaults_of_the_example_are_those_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    defaults = {name: default for name, (default, _) in example().items()}
    assert Config.from_env(defaults) == Config.from_env({})


@pytest.mark.parametrize("paper", ["docs/running.md", "docs/behind-caddy.md"])
def test_every_env_that_is_shown_can_be_used(paper: str, tmp_path: Path) -> None:
    shown = [block for block in blocks(ROOT / paper, "ini") if "[" not in block]
    assert shown
    for block in shown:
        env = dict(line.split("=", 1) for line in block.splitlines())
        assert set(env) <= set(example())
        for name in {"ATTUNE_DATA", "MASTER_KEY_FILE"} & set(env):
            env[name] = str(tmp_path / Path(env[name]).name)
        Config.from_env({"ATTUNE_DATA": str(tmp_path), **env})


# Running it


def unit() -> str:
    """The systemd unit of docs/running.md."""
    (found,) = [block for block in blocks(ROOT / "docs" / "running.md", "ini") if "[Service]" in block]
    return found


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    asked = shutil.which("systemd-analyze") or missing("systemd", "there is no systemd-analyze to ask")
    here = unit().replace("/opt/attune/.venv/bin/python", sys.executable).replace("/opt/attune", str(ROOT))
    (tmp_path / "attune.service").write_text(here)
    command = [asked, "verify", str(tmp_path / "attune.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if "attune.service" in line]
    assert (done.returncode, told) == (0, [])


def test_the_unit_lets_requests_end() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(unit())
    service = parser["Service"]
    # A worker that is told twice stops at once: see serving.Stopper.
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) >= serving.GRACE + 5


def test_caddy_is_told_the_names_and_ports_that_attune_has() -> None:
    paper = ROOT / "docs" / "behind-caddy.md"
    sites = [re.fullmatch(r"(\S+) \{\n(?:\t.+\n)*?\treverse_proxy (\S+)\n\}\n", b) for b in blocks(paper, "caddyfile")]
    envs = [dict(line.split("=", 1) for line in block.splitlines()) for block in blocks(paper, "ini")]
    assert len(sites) == len(envs) > 1
    for site, env in zip(sites, envs, strict=True):
        assert site
        assert env == {"BASE_URL": f"https://{site[1]}", "TRUSTED_PROXIES": "1"}
        assert site[2] == f"{Config.host}:{Config.port}"


def test_caddy_takes_the_files(tmp_path: Path) -> None:
    caddy = shutil.which("caddy") or missing("caddy", "there is no Caddy to ask")
    for block in blocks(ROOT / "docs" / "behind-caddy.md", "caddyfile"):
        (tmp_path / "Caddyfile").write_text(block)
        command = [caddy, "validate", "--config", str(tmp_path / "Caddyfile")]
        env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 0, done.stderr


def test_what_the_doctor_is_said_to_say_it_says() -> None:
    source = "".join((ROOT / "app" / name).read_text() for name in ("doctor.py", "trouble.py"))
    quoted = [re.findall(r"`([^`]+)`", says) for says, _ in rows("docs/running.md", "| it says | then |")]
    assert len(quoted) > 10
    assert [quote for quotes in quoted for quote in quotes if quote not in source] == []


def test_what_lies_in_the_data_folder_is_named_in_the_code() -> None:
    source = "".join(path.read_text() for path in sorted((ROOT / "app").glob("*.py")))
    named = [cell.strip("`") for cell, _ in rows("docs/backups.md", "| in it | what it is |")]
    assert len(named) > 4
    assert [name for name in named if not re.search(rf"[\"'/ ]{re.escape(name)}[\"']", source)] == []


# Privacy


def test_what_is_said_to_be_encrypted_is_all_that_is() -> None:
    told = {where.strip("`") for _what, where in rows("docs/privacy.md", "| what | where |")}
    tables = Model.metadata.sorted_tables
    sealed = {f"{t.name}.{column.name}" for t in tables for column in t.columns if is_sealed(column.type)}
    assert told == sealed - {"weekly_scores.state"}


def is_sealed(kind: object) -> bool:
    """Whether a column of this type holds sealed bytes: Attune keeps no others, but for one of packed numbers."""
    return isinstance(kind, LargeBinary)


def test_every_cookie_is_told() -> None:
    source = "".join((ROOT / path).read_text() for path in tree() if re.fullmatch(r"app/.*\.py", path))
    told = {span for span in spans(ROOT / "docs" / "privacy.md") if re.fullmatch(r"__Host-\w[\w-]*", span)}
    assert told == set(re.findall(r'"(__Host-[\w-]+)"', source))
    assert len(told) > 2


# Content


def content(folder: Path, *fragments: tuple[str, str]) -> catalogue.Catalogue:
    """The catalogue of this Attune, with fragments of (file, TOML) put in below the heads that they name."""
    shutil.copytree(catalogue.CONTENT, folder, dirs_exist_ok=True)
    for name, fragment in fragments:
        text = (folder / name).read_text()
        for head, body in re.findall(r"^(\[[\w.]+\])\n(.*?)(?=^\[|\Z)", fragment, re.MULTILINE | re.DOTALL):
            new = f"{head}\n{body.rstrip()}\n"
            text = text.replace(f"{head}\n", new, 1) if f"\n{head}\n" in text else f"{text}\n{new}"
        (folder / name).write_text(text)
    return catalogue.read(folder)


def test_the_example_of_new_content_works_as_it_stands(tmp_path: Path) -> None:
    question, check_in, retired, _guide = blocks(ROOT / "docs" / "adding-an-exercise.md", "toml")
    ((ident, text),) = tomllib.loads(question)["items"]["light"].items()
    before = catalogue.load().exercises
    assert ident not in before["love_map"].items | before["love_map"].retired
    after = content(tmp_path / "new", ("love_map.toml", question), ("check_in.toml", check_in)).exercises

    item = after["love_map"].item(ident)
    assert (item.text, item.depth) == (text, "light")
    assert len(after["love_map"].items) == len(before["love_map"].items) + 1
    others = dict.fromkeys(before["love_map"].items, date(2026, 11, 12))
    assert choose(after["love_map"], "a couple", date(2026, 11, 13), others) == item

    new = tomllib.loads(check_in)
    for need, words in new["needs"].items():
        assert words in [each.text for each in after["check_in"].needs]
        assert {after["check_in"].starter(str(seed), need) for seed in range(50)} == {*new["starters"][need]}
    families = {family.id: family for family in after["check_in"].families}
    for ident_of, family in new["feelings"].items():
        assert {word.id: word.text for word in families[ident_of].words} == family["words"]

    assert tomllib.loads(retired)["retired"] == {ident: text}
    gone = content(tmp_path / "gone", ("love_map.toml", retired)).exercises["love_map"]
    assert ident not in gone.items
    assert gone.item(ident).text == text


def test_the_example_of_a_longer_exercise_works_within_its_file(tmp_path: Path) -> None:
    guide = blocks(ROOT / "docs" / "adding-an-exercise.md", "toml")[-1]
    steps, variant = guide.split("[variants")
    facts = dict.fromkeys(("name", "summary", "why"), "A line.") | {"intensity": "light"}
    head = "".join(f'{name} = "{value}"\n' for name, value in facts.items()) + 'minutes = 5\nlanding = ["Rest."]\n'
    last = '[[steps]]\nid = "end"\nkind = "rate"\ntitle = "The end"\ntext = "How was it?"\n'
    (tmp_path / "happy_memories.toml").write_text(f"{head}{steps}{last}[variants{variant}")
    told = shelf.read(tmp_path)["happy_memories"].variants["sea"].steps[0]
    assert (told.title, told.seconds, told.who) == ("About the sea", 120, "first")


def test_the_fault_in_the_example_is_told_like_that(tmp_path: Path) -> None:
    paper = ROOT / "docs" / "adding-an-exercise.md"
    (told,) = [block.strip() for block in blocks(paper, "") if block.startswith("love_map.toml ")]
    wrong = blocks(paper, "toml")[0].replace(' = "', ' = " ')
    with pytest.raises(catalogue.CatalogueError) as caught:
        content(tmp_path, ("love_map.toml", wrong))
    assert str(caught.value) == told


@each_paper
def test_every_toml_that_is_shown_is_toml(paper: Path) -> None:
    for block in blocks(paper, "toml"):
        assert tomllib.loads(block)


def test_the_readme_tells_the_exercises_there_are() -> None:
    opens = {"both": "when both are in", "at_once": "at once", "turns": "turn by turn"}
    told = rows("README.md", "| exercise | by default | minutes | opens |")
    found = []
    for each in catalogue.load().exercises.values():
        days = [WEEKDAYS[number - 1] for number in sorted(each.default_weekdays)]
        found.append([each.name, "every day" if len(days) == 7 else ", ".join(days), str(each.minutes)])
    assert [row[:3] for row in told] == found
    shown = [opens[each.opens] for each in catalogue.load().exercises.values()]
    assert [row[3].partition(":")[0] for row in told] == shown


def test_the_readme_does_not_count_more_than_there_is() -> None:
    text = prose(ROOT / "README.md")
    love_map, others = map(
        int, re.search(r"more than (\d+) questions .* more than (\d+) topics and nudges", text).groups()
    )
    counts = {name: len(each.items) for name, each in catalogue.load().exercises.items()}
    assert love_map < counts.pop("love_map")
    assert others < sum(counts.values())


# Figures


@pytest.mark.parametrize(
    ("paper", "figure"),
    [
        ("docs/running.md", f"requests that have begun get {serving.GRACE} seconds"),
        ("docs/running.md", f"One process answers {Config.threads} requests at once"),
        ("docs/running.md", f"prints {NUMBERS[codes.COUNT]} recovery codes"),
        ("docs/backups.md", f"The newest {backup.KEPT} dated ones are kept"),
        ("docs/backups.md", f"after {backup.KEPT} nightly backups none is left"),
        ("docs/privacy.md", f"{accounts.ABSOLUTE.days} days at most, {accounts.IDLE.days} without a visit"),
        ("docs/privacy.md", f"{accounts.SHARED // HOUR} hours at most on a device that others use"),
        ("docs/privacy.md", f"{door.DEVICE_FOR // DAY.total_seconds():.0f} days, also after you sign out"),
        ("docs/privacy.md", f"for {sessions.KEPT.days} days after you have signed out"),
        ("docs/privacy.md", f"invitations, for {jobs.INVITATIONS.days} days"),
        ("docs/privacy.md", f"nobody has touched for {jobs.DRAFTS.days} days"),
        ("docs/privacy.md", f"If it has waited {NUMBERS[exchange.WAITS.days]} days"),
        ("docs/architecture.md", f"from {day.BEGINS // HOUR:02}:00 in their zone"),
        ("docs/adding-an-exercise.md", f"At most {catalogue._LONGEST} characters each"),
        ("SECURITY.md", f"passwords of {passwords.SHORTEST} characters or more"),
        ("SECURITY.md", f"a code works once, for {joining.VALID // HOUR} hours"),
        ("CONTRIBUTING.md", f"A file past {test_architecture.LENGTH} lines has a reason"),
    ],
)
def test_a_figure_is_that_of_the_code(paper: str, figure: str) -> None:
    assert figure in prose(ROOT / paper)


def test_the_time_that_words_stay_on_a_phone_is_that_of_the_script() -> None:
    hours = re.search(r"LIMIT = (\d+) \* 3600 \* 1000", (ROOT / "app" / "static" / "js" / "vault.js").read_text())[1]
    assert f"| {hours} hours, or until you sign out |" in prose(ROOT / "docs" / "privacy.md")
    assert f"typed words are encrypted, for {hours} hours" in prose(ROOT / "SECURITY.md")


def test_the_changelog_knows_the_version_of_the_code() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text()
    assert f"What is to become {version}" in text or f"\n## [{version}] - " in text
    assert re.findall(r"^## (\[.+?\])", text, re.MULTILINE)[0] == "[Unreleased]"
