"""Programs of other teams beside the running system."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from registry_infra.processes import Settings
from registry_infra.testing import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the running system."""
    for item in items:
        if "tests/interop" in item.path.as_posix():
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def settings(stack: Stack) -> Settings:
    """Addresses of the running system, as an operator has them."""
    return Settings.load(stack.data / "settings.json")


@dataclass
class Listener:
    """Another team's program, and what it has said so far: an object for each line."""

    process: subprocess.Popen[str]
    said: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self._reader.join(5)


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    """Those that the test has started; ended with it."""
    started: list[Listener] = []
    yield started
    for listener in started:
        listener.end()
