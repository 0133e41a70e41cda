"""Once a day: every object has a reference. What has none is an alarm, and goes after a week in which to look at it.

What its owners release is collected without this. Left over are objects of processes that died between writing an
object and the row that refers to it, and what nobody can explain.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from chassis.keeping.checking import EVERY, round_of, shelves_of, step_on
from chassis.objects import ListedObject
from chassis.telemetry import logger
from contracts.objects import IDENTITY_SPACE, MOST_ASKED

from gateway.housekeeping.collector import Collector
from gateway.housekeeping.store import LeavingTable
from gateway.web.metrics import OBJECTS
from gateway.web.resources import Resources

IN_FLIGHT = timedelta(days=1)
"""Younger objects may belong to work that goes on."""
LOOKED_AT = timedelta(days=7)
"""Before an object that nobody can explain is removed."""
SPACES = ("", IDENTITY_SPACE)

_log = logger("gateway.housekeeping")


def look_on(resources: Resources) -> int:
    """Looks at the next shelves of the daily round; 0 when it is not due.

    Raises the Problem of a service that does not answer: the round goes on where it stood.
    """
    with resources.runtime.sessions.begin() as session, round_of(session, "unreferenced", EVERY) as row:
        if row is None:
            return 0
        shelves = shelves_of(row)
        found = sum(_look_at(resources, space, shelf) for space in SPACES for shelf in shelves)
        step_on(row, found, datetime.now(UTC))
    return len(shelves)


def _look_at(resources: Resources, space: str, shelf: str) -> int:
    before = time.time() - IN_FLIGHT.total_seconds()
    listed = [item for item in resources.runtime.store_of(space).listed(shelf) if item.touched < before]
    found = 0
    for start in range(0, len(listed), MOST_ASKED):
        found += _judge(resources, space, listed[start : start + MOST_ASKED])
    return found


def _judge(resources: Resources, space: str, items: list[ListedObject]) -> int:
    sha256s = [item.sha256 for item in items]
    table = LeavingTable(resources.runtime.ask)
    known = Collector(resources).held(space, sha256s) | table.leaving(space, sha256s)
    unknown = [item for item in items if item.sha256 not in known]
    for item in unknown:
        put = datetime.fromtimestamp(item.touched, UTC).isoformat(timespec="seconds")
        _log.error("object_unreferenced", space=space, sha256=item.sha256, size=item.size, put=put)
    table.leave(space, [item.sha256 for item in unknown], LOOKED_AT)
    OBJECTS.labels("unreferenced").inc(len(unknown))
    return len(unknown)
