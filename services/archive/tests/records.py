"""Writes records of a registration down as their procedures will."""

from __future__ import annotations

from typing import Any

from archive.register.handlers import Source, write_down
from archive.register.records import Act, Record, Standing
from archive.register.store import lock_entry, records_of
from chassis.testing import Harness


def record(archive: Harness, number: str, act: Act, states: dict[str, Any] | None = None, refers: str = "") -> Standing:
    """One more record of a number."""
    with archive.uow() as uow:
        entry = lock_entry(uow.session, number)
        earlier = records_of(uow.session, number)
        new = Record(len(earlier) + 1, act, uow.today(), states or {}, refers)
        return write_down(entry, earlier, new, Source(uow.now(), "acc-archivist"), uow)
