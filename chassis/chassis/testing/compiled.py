"""Statements that are compiled once for all tests of a process.

SQLAlchemy keeps what it compiled with an engine, under the engine's dialect. Each test has engines of its own, on a
database of its own, and would compile the same few hundred statements anew.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import Engine

from chassis.runtime import Runtime

_SHARED: dict[tuple[str, bool], Engine] = {}


class TestRuntime(Runtime):
    """A runtime whose engines have dialect and compiled statements of the first ones of that service."""

    __test__ = False

    @cached_property
    def engine(self) -> Engine:
        return _sharing(super().engine, self.settings.service, reading=False)

    @cached_property
    def reading_engine(self) -> Engine:
        return _sharing(super().reading_engine, self.settings.service, reading=True)


def _sharing(engine: Engine, service: str, *, reading: bool) -> Engine:
    first: Any = _SHARED.get((service, reading))
    if first is None or getattr(first.dialect, "server_version_info", None) is None:  # it was never connected
        _SHARED[service, reading] = engine
    else:
        engine.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
    return engine
