"""The thread that does all of it, again and again, until its process ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chassis.errors import Problem
from chassis.keeping.checking import check_references
from chassis.telemetry import logger, trace
from sqlalchemy.exc import SQLAlchemyError

from gateway.housekeeping.collector import Collector
from gateway.housekeeping.store import LeavingTable
from gateway.housekeeping.unreferenced import look_on
from gateway.tables import Base
from gateway.uploads.handlers import sweep_expired
from gateway.uploads.store import UploadTable
from gateway.web.resources import Resources

PAUSE_SECONDS = 30.0
EVERY_MINUTE = timedelta(minutes=1)
EVERY_HOUR = timedelta(hours=1)
AT_ONCE = 100

_log = logger("gateway.housekeeping")


class Rounds:
    """``start`` begins, ``stop`` ends at the next opportunity; ``go_round`` is one round, for tests too."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._ending = threading.Event()

    def start(self) -> None:
        """Now and from then on, in a thread that ends with the process."""
        threading.Thread(target=self._go_on, name="housekeeping", daemon=True).start()

    def stop(self) -> None:
        """No further round; one that is under way goes to its end."""
        self._ending.set()

    def go_round(self) -> None:
        """Every part for itself: what keeps one from being done keeps no other."""
        for part in (self._forget_expired, self._take_released, self._collect, self._look, self._clear_staging):
            if self._ending.is_set():
                return
            try:
                with trace(None):
                    part()
            except (Problem, SQLAlchemyError, OSError) as error:
                _log.warning("housekeeping_interrupted", part=part.__name__.strip("_"), error=f"{error!r}"[:300])

    def _go_on(self) -> None:
        while not self._ending.wait(PAUSE_SECONDS):
            try:
                self.go_round()
            except Exception:
                _log.exception("housekeeping_failed")

    def _forget_expired(self) -> None:
        self._repeat(lambda: sweep_expired(self._resources, datetime.now(UTC), AT_ONCE))

    def _take_released(self) -> None:
        if LeavingTable(self._resources.runtime.ask).my_turn("take_released", EVERY_MINUTE):
            Collector(self._resources).take_released()

    def _collect(self) -> None:
        self._repeat(Collector(self._resources).collect)

    def _look(self) -> None:
        self._repeat(lambda: look_on(self._resources))
        self._repeat(self._check_own_references)

    def _check_own_references(self) -> int:
        runtime = self._resources.runtime
        with runtime.sessions.begin() as session:
            return check_references(session, Base.metadata, runtime.store_of, datetime.now(UTC))

    def _clear_staging(self) -> None:
        """Staging files that nothing speaks of: of processes that died between a row and its file."""
        if not LeavingTable(self._resources.runtime.ask).my_turn("clear_staging", EVERY_HOUR):
            return
        staging = self._resources.staging
        old = staging.untouched(EVERY_HOUR.total_seconds())
        for start in range(0, len(old), AT_ONCE):
            some = old[start : start + AT_ONCE]
            for upload_id in set(some) - UploadTable(self._resources.runtime.ask).staged(some):
                staging.discard(upload_id)

    def _repeat(self, step: Callable[[], int]) -> None:
        while not self._ending.is_set() and step():
            pass
