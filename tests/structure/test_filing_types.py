"""What differs between filing types lies in their rooms: nothing else in filing names a form, a type or a kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from contracts.base import Model
from contracts.forms import FilingType, Kind
from filing.types import TYPES

FILING = Path(__file__).resolve().parents[2] / "services" / "filing" / "filing"
NAMES = {*get_args(FilingType), *get_args(Kind)}
FORMS = {kind.form.__name__ for kind in TYPES.values()}


def named(tree: ast.AST) -> Iterator[str]:
    """Types and kinds written as words, and forms by their names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in NAMES:
            yield str(node.value)
        elif isinstance(node, ast.Name | ast.alias):
            name = node.id if isinstance(node, ast.Name) else node.name
            if name in FORMS:
                yield name


def shared() -> Iterator[Path]:
    rooms = {FILING / "types" / name for name in get_args(FilingType)}
    return (file for file in FILING.rglob("*.py") if not rooms & {*file.parents} and "versions" not in file.parts)


def test_only_its_room_names_a_type_or_its_form() -> None:
    found = {str(file.relative_to(FILING)): set(named(ast.parse(file.read_text("utf-8")))) for file in shared()}
    assert len(found) > 50
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "code", ['"software" if case.kind == "software" else "work"', "from contracts.forms import WorkForm", "WorkForm()"]
)
def test_the_check_sees_what_it_forbids(code: str) -> None:
    assert list(named(ast.parse(code)))


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_known_by_its_own_name_and_has_a_form(name: FilingType) -> None:
    kind = TYPES[name]
    assert (kind.name, kind.name.partition("_")[0]) == (name, kind.kind)
    assert issubclass(kind.form, Model)
