"""One word for one thing: what the code calls by a name of its own stands in the glossary beside its Chinese word."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.base import STAFF_ROLES
from filing.cases.model import TRANSITIONS
from materials.precheck import PROFILES

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("| ") and not line.startswith("| 中文")
]


def named() -> set[str]:
    """Words in code style, in the tables and in their titles."""
    return set(re.findall(r"`(\w+)`", GLOSSARY))


def capabilities() -> set[str]:
    """Folders of services that hold a model."""
    return {file.parent.name for file in ROOT.glob("services/*/*/*/model.py")}


def test_capabilities_states_roles_and_kinds_of_material_are_explained() -> None:
    states = {state for state, _ in TRANSITIONS} | {step.to for step in TRANSITIONS.values()}
    assert (capabilities() | states | set(STAFF_ROLES) | set(PROFILES)) - named() == set()


def test_every_chinese_term_stands_there_once_and_has_an_english_one() -> None:
    terms = [term.strip() for row in ROWS for term in re.sub(r"\(.*?\)", "", row[0]).split("/")]
    assert {term for term in terms if terms.count(term) > 1} == set()
    assert [row for row in ROWS if len(row) != 3 or not row[1]] == []
