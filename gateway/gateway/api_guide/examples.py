"""What may be sent to each operation that takes JSON."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def example(operation: str) -> dict[str, Any] | None:
    """A complete body for an operation, the caller's own to change; None for one that takes none."""
    return copy.deepcopy(_all().get(operation))


@cache
def _all() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("gateway.api_guide") / "examples.toml").read_text("utf-8"))
