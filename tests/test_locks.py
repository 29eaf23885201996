"""The locks follow from pyproject.toml, hold one another's versions, and say nothing about where packages come from.

`tools/lock --check` compiles them anew, for which it needs an index; this does not.
"""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
LOCKS = ("uv", "run", "test", "dev")
WANTED = {
    "run": PROJECT["project"]["dependencies"],
    "test": [*PROJECT["project"]["dependencies"], *GROUPS["test"]],
    "dev": [*PROJECT["project"]["dependencies"], *GROUPS["test"], *GROUPS["lint"]],
}


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text()


def entries(lock: str) -> dict[str, list[str]]:
    """What the lock says of each package: one entry, or one for each kind of machine."""
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text(lock).replace("\\\n", "").strip()):
        found.setdefault(canonicalize_name(entry.partition("==")[0]), []).append(entry)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_alone(lock: str) -> None:
    shape = re.compile(r"[a-z0-9.-]+==[\w.+!]+( ; [\w .'<>=!()]+)?( +--hash=sha256:[0-9a-f]{64})+")
    wrong = [entry for found in entries(lock).values() for entry in found if not shape.fullmatch(entry.strip())]
    assert wrong == []
    assert "://" not in text(lock)


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_holds_what_the_project_asks_for(lock: str) -> None:
    held = entries(lock)
    for requirement in map(Requirement, WANTED[lock]):
        found = held.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement.name} is not in requirements/{lock}.txt: run tools/lock"
        for entry in found:
            version = Requirement(entry.partition(" ")[0]).specifier
            assert requirement.specifier.contains(next(iter(version)).version), f"{entry} is not {requirement}"


@pytest.mark.parametrize(("smaller", "larger"), [("run", "test"), ("test", "dev")])
def test_a_larger_set_holds_the_smaller_at_the_same_versions(smaller: str, larger: str) -> None:
    held = entries(larger)
    assert {name: held.get(name) for name in entries(smaller)} == entries(smaller)
