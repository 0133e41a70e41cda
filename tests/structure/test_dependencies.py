"""Every dependency is declared where it is used, listed in docs/dependencies.md with its reason, and free to use."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest

from tests.structure.source import nodes

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = sorted(file.parent for pattern in ("*", "services/*") for file in ROOT.glob(f"{pattern}/pyproject.toml"))
PROVIDERS = packages_distributions()
VENDORED = ROOT / "gateway" / "gateway" / "static" / "vendor"


def name_of(requirement: str) -> str:
    """As registries compare them: PyPI's `Flask_WTF >= 1` is `flask-wtf`."""
    found = re.match(r"[A-Za-z0-9._-]*[A-Za-z0-9]", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def declared(project: Path) -> set[str]:
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    groups = settings.get("dependency-groups", {}).values()
    words = [*settings["project"].get("dependencies", ()), *(word for group in groups for word in group)]
    return {name_of(word) for word in words}


def direct() -> set[str]:
    found = set[str]().union(*(declared(project) for project in [ROOT, *PROJECTS]))
    return {name for name in found if not name.startswith("registry-")}


def listed() -> dict[str, str]:
    """Each name in a table's first column, with the reason in its last."""
    found: dict[str, str] = {}
    for line in (ROOT / "docs" / "dependencies.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and not set(cells[0]) <= {"-"} and cells[0] != "library":
            names = re.sub(r"\(.*?\)", "", cells[0]).split(",")
            found |= {name_of(name.strip()): cells[2] for name in names}
    return found


def test_every_direct_dependency_is_listed_with_a_reason() -> None:
    reasons = listed()
    assert direct() - set(reasons) == set()
    assert [name for name, reason in reasons.items() if not reason] == []


def test_nothing_is_listed_that_is_no_longer_used() -> None:
    vendored = {folder.name for folder in VENDORED.iterdir() if folder.is_dir()}
    assert set(listed()) - direct() == vendored


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: str(project.relative_to(ROOT)))
def test_what_a_package_imports_it_or_a_package_of_ours_under_it_declares(project: Path) -> None:
    folders = {name_of(f"registry-{other.name}"): other for other in PROJECTS}
    allowed, waiting = set[str](), [project]
    while waiting:
        names = declared(waiting.pop())
        waiting += [folders[name] for name in names - allowed if name in folders]
        allowed |= names
    undeclared: dict[str, str] = {}
    for file in project.rglob("*.py"):
        if "tests" in file.relative_to(project).parts:
            continue
        for module in imported(file):
            offered = {name_of(name) for name in PROVIDERS.get(module, ())}
            own = {name for name in offered if name.startswith("registry-")}
            tools = declared(ROOT) if "testing" in str(file.relative_to(project)) else set()
            if offered and not own and not offered & (allowed | tools):
                undeclared[module] = str(file.relative_to(ROOT))
    assert undeclared == {}


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


def test_what_runs_with_the_system_is_free_of_gpl_and_agpl() -> None:
    refused = {}
    for name in closure("registry-infra"):
        about = distribution(name).metadata
        said = [about.get("License-Expression") or "", (about.get("License") or "")[:60]]
        said += [text for text in about.get_all("Classifier") or [] if text.startswith("License")]
        if any(re.search(r"(?<!L)GPL|(?<!Lesser )General Public", text) for text in said):
            refused[name] = said
    assert refused == {}


def closure(name: str) -> set[str]:
    """A distribution and everything that it needs here, without extras."""
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        try:
            needs = distribution(one).requires or []
        except PackageNotFoundError:  # not for this machine
            continue
        found.add(one)
        waiting += {name_of(need) for need in needs if "extra ==" not in need} - found
    return found
