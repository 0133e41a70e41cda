"""Messages that were valid once stay valid, and keep their fields: an incompatible change needs a new version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from contracts.base import Model
from pydantic import BaseModel, ValidationError

from tests.contract.examples import example
from tests.contract.golden import FOLDER, contracts, paths

CONTRACTS = {str(file.relative_to(FOLDER)): (file, model) for file, model in contracts().items()}


def compatible(golden: dict[str, object], model: type[BaseModel]) -> list[str]:
    """What an old message or an old reader would stumble over; empty when nothing."""
    try:
        model.model_validate(golden)
    except ValidationError as error:
        return [f"an old message is refused: {error}"]
    now = paths(example(model))
    before = paths(golden)
    return [f"{path} was {kind}, is {now.get(path)}" for path, kind in before.items() if now.get(path) != kind]


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_message_written_when_the_version_was_made_is_still_understood(name: str) -> None:
    file, model = CONTRACTS[name]
    assert file.exists(), "a new contract: write its golden file with python -m tests.contract.golden"
    assert compatible(json.loads(file.read_text("utf-8")), model) == []


def test_no_golden_file_is_left_without_its_contract() -> None:
    known = {file for file, _ in CONTRACTS.values()}
    assert [str(file) for file in Path(FOLDER).rglob("*.json") if file not in known] == []


def test_the_check_itself_notices_what_breaks_others() -> None:
    class Old(Model):
        number: str
        amount: int

    class Renamed(Model):
        number: str
        amount_fen: int = 0

    class Retyped(Model):
        number: str
        amount: str

    class Stricter(Model):
        number: str
        amount: int
        reason: str

    class Wider(Model):
        number: str
        amount: int
        reason: str = ""

    golden = example(Old)
    assert compatible(golden, Renamed)
    assert compatible(golden, Retyped)
    assert compatible(golden, Stricter)
    assert compatible(golden, Wider) == []
