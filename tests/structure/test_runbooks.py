"""Whoever is woken by a line in the log finds a page that says what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.source import nodes

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
FOLDERS = ("chassis/chassis", "materials/materials", "gateway/gateway", "services", "infra/registry_infra")
ALARMS = ("warning", "error", "exception", "critical")


def alarms() -> Iterator[str]:
    """The names under which the code logs that something is wrong."""
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            if {"tests", "testing"} & set(file.parts):
                continue
            for node in nodes(file):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ALARMS
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in ("_log", "log")
                ):
                    assert node.args, f"{file}: a log line without a name"
                    assert isinstance(node.args[0], ast.Constant), f"{file}: a log line whose name is made up"
                    yield str(node.args[0].value)


@pytest.mark.requirement("S-04")
def test_every_alarm_is_in_a_runbook() -> None:
    pages = "".join(page.read_text("utf-8") for page in RUNBOOKS.glob("*.md") if page.name != "README.md")
    found = set(alarms())
    assert len(found) > 20
    assert {name for name in found if f"`{name}`" not in pages} == set()


def test_the_index_names_no_alarm_that_nothing_raises() -> None:
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    lists = re.findall(r"\blogs? ((?:`\w+`(?:, )?)+)", index)
    assert {name for names in lists for name in re.findall(r"\w+", names)} - set(alarms()) == set()


def test_every_page_is_in_the_index() -> None:
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    pages = {page.name for page in RUNBOOKS.glob("*.md")} - {"README.md"}
    assert {name for name in pages if f"]({name})" not in index} == set()
