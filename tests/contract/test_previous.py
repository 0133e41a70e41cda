"""During a rolling deployment the release before this one reads what this one writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from contracts.catalogue import EVENTS, METHODS

from tests.contract.examples import example
from tests.contract.golden import FOLDER
from tests.contract.previous import ARCHIVE, pack

_READER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from contracts.catalogue import EVENTS, METHODS
from contracts.reading import read
import contracts
assert contracts.__file__.startswith(sys.argv[1]), contracts.__file__
problems = {}
for name, message in json.load(sys.stdin).items():
    kind, _, contract = name.partition(" ")
    known = EVENTS.get(contract) if kind == "event" else METHODS.get(contract)
    if known is None:
        continue  # what the release before did not know it does not listen to
    try:
        read(known.data if kind == "event" else known.reply, message)
    except ValueError as error:
        problems[name] = str(error)
json.dump(problems, sys.stdout)
"""


def written_today() -> dict[str, Any]:
    """Every reply and event with all of its fields: as this release writes it, and as its golden file says."""
    messages: dict[str, Any] = {}
    for name, event in EVENTS.items():
        messages[f"event {name}"] = example(event.data)
    for name, method in METHODS.items():
        messages[f"reply {name}"] = example(method.reply)
    return messages


def golden() -> dict[str, Any]:
    events = {f"event {file.stem}": file for file in (FOLDER / "events").glob("*.json")}
    replies = {f"reply {file.name.removesuffix('.reply.json')}": file for file in FOLDER.rglob("*.reply.json")}
    return {name: json.loads(file.read_text("utf-8")) for name, file in (events | replies).items()}


def problems_of(archive: Path, messages: dict[str, Any]) -> dict[str, str]:
    """What the models in the archive could not read."""
    reader = [sys.executable, "-c", _READER, str(archive)]
    done = subprocess.run(reader, input=json.dumps(messages), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("messages", [golden, written_today])
def test_the_release_before_reads_what_this_one_writes(messages: Any) -> None:
    assert problems_of(ARCHIVE, messages()) == {}


def test_the_check_notices_what_the_release_before_could_not_read(tmp_path: Path) -> None:
    archive = tmp_path / "today.zip"
    pack(archive)
    message = example(EVENTS["payment.order_paid.v1"].data)
    newer = message | {"discount": 5, "state": "settled"}
    assert problems_of(archive, {"event payment.order_paid.v1": newer}) == {}
    gone = {name: value for name, value in message.items() if name != "order_id"}
    assert problems_of(archive, {"event payment.order_paid.v1": gone})
    retyped = message | {"amount": "25.00 yuan"}
    assert problems_of(archive, {"event payment.order_paid.v1": retyped})
