"""Node.js and npm packages for tests: fetched once, complete or not at all, and a Node that is too old is not taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from registry_infra import node
from registry_infra.problems import StackProblem
from registry_infra.progress import silent


def program(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}")
    return tmp_path / "package-lock.json"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with only what the test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    (folder / "mkdir").symlink_to("/bin/mkdir")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_packages_are_fetched_once_for_each_lock(machine: Path, cache: Path, lock: Path) -> None:
    program(machine, "node", "echo v20.19.0")
    npm = program(machine, "npm", 'while [ "$1" != --prefix ]; do shift; done; mkdir "$2/node_modules"')
    packages = node.prepare_node(lock, cache, silent).packages
    assert packages.is_dir()
    npm.write_text("#!/bin/sh\nexit 1\n")
    assert node.prepare_node(lock, cache, silent).packages == packages
    lock.write_text('{"other": 1}')
    with pytest.raises(StackProblem):
        node.prepare_node(lock, cache, silent)


def test_a_fetch_that_failed_leaves_nothing_and_is_explained(machine: Path, cache: Path, lock: Path) -> None:
    program(machine, "node", "echo v24.0.0")
    program(
        machine, "npm", 'while [ "$1" != --prefix ]; do shift; done; mkdir "$2/node_modules"; echo no luck >&2; exit 1'
    )
    with pytest.raises(StackProblem, match="no luck"):
        node.prepare_node(lock, cache, silent)
    assert [path for path in cache.iterdir() if path.is_dir()] == []


def test_an_old_node_is_passed_over(machine: Path, cache: Path, lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, "node", "echo v18.20.4")
    program(machine, "npm", "exit 1")
    ran: list[list[str]] = []
    monkeypatch.setattr(node, "_run", lambda command, **_: ran.append(command))
    found = node.prepare_node(lock, cache, silent)
    assert found.program.is_relative_to(cache)
    environment, pip, npm = ran
    assert environment[1:3] == ["-m", "venv"], "the machine's Python may have no pip"
    assert pip[:3] == [f"{environment[3]}/bin/python", "-m", "pip"]
    assert pip[-1] == node.WHEEL
    assert npm[0] == str(found.program)
