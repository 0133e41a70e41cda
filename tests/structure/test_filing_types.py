"""What differs between filing types lies in their rooms: nothing else in filing names a form, a type or a kind, and no
other package a type or a form but where its approval, its fee or its example is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from contracts.base import Model
from contracts.forms import FilingType, Kind
from filing.types import TYPES

ROOT = Path(__file__).resolve().parents[2]
FILING = ROOT / "services" / "filing" / "filing"
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


ELSEWHERE = {
    "gateway/gateway": {"api_guide/examples.toml", "api/forms.py", "api/guides.py", "forms/testing.py"},
    "services/payment/payment": {
        f"tariff/{name}.csv" for name in ("certificates", "dealings", "procedures", "terminations")
    },
    "services/archive/archive": {f"register/{name}" for name in ("kinds.py", "numbers.py", "numbers.toml")},
}
"""Where a type may be named outside its room: rows of the tariff, what its approval does to the register, examples
in tests and in the words of the API's reference."""
NAMED = re.compile(r"(?<!\w)(?:" + "|".join(sorted({*get_args(FilingType), *FORMS})) + r")(?!\w)")


@pytest.mark.requirement("F-01")
@pytest.mark.parametrize("package", ELSEWHERE)
def test_pages_money_and_register_name_no_type(package: str) -> None:
    files = [file for file in (ROOT / package).rglob("*") if file.suffix in (".py", ".html", ".js", ".toml", ".csv")]
    assert len(files) > 20
    found = {
        file.relative_to(ROOT / package).as_posix(): sorted(set(NAMED.findall(file.read_text("utf-8"))))
        for file in files
        if "versions" not in file.parts and "vendor" not in file.parts
    }
    assert {file: names for file, names in found.items() if names and file not in ELSEWHERE[package]} == {}


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
