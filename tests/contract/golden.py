"""Writes golden files for contracts that have none. Files that exist are never overwritten: a changed contract is a
new version, or the test says what broke.

``python -m tests.contract.golden``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from contracts.catalogue import EVENTS, METHODS
from pydantic import BaseModel

from tests.contract.examples import example

FOLDER = Path(__file__).parent / "golden"


def contracts() -> dict[Path, type[BaseModel]]:
    """Golden file of each event version, request and reply."""
    files: dict[Path, type[BaseModel]] = {
        FOLDER / "events" / f"{event.type}.json": event.data for event in EVENTS.values()
    }
    for method in METHODS.values():
        files[FOLDER / "methods" / f"{method.full_name}.request.json"] = method.request
        files[FOLDER / "methods" / f"{method.full_name}.reply.json"] = method.reply
    return files


def write_missing() -> list[Path]:
    written = []
    for file, model in contracts().items():
        if not file.exists():
            file.write_text(json.dumps(example(model), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
            written.append(file)
    return written


def paths(value: Any, prefix: str = "") -> dict[str, str]:
    """Every path in a message and the JSON type found there: ``documents[].object.size`` → ``int``."""
    if isinstance(value, dict):
        found = {prefix or ".": "object"}
        for name, item in value.items():
            found |= paths(item, f"{prefix}.{name}" if prefix else name)
        return found
    if isinstance(value, list):
        return {prefix: "array", **(paths(value[0], f"{prefix}[]") if value else {})}
    return {prefix: type(value).__name__}


if __name__ == "__main__":
    for file in write_missing():
        sys.stdout.write(f"{file.relative_to(Path.cwd())}\n")
