"""Hands that take work side by side, and how a piece is held while it is worked on."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from chassis.errors import Problem
from chassis.failpoints import failpoint
from chassis.objects import StoreUnavailable
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.untold import fault
from chassis.work import store
from chassis.work.model import LeaseLost, Rank
from chassis.work.store import Leased, Progressing, Resumable

REPORT_EVERY = 0.7
"""Seconds between two words about the progress of a piece."""
CHECKPOINT_BYTES = 64 << 10
DIED = "each attempt ended with its worker"

_log = logger("chassis.work")

Row = TypeVar("Row", bound=Leased)


class Lane:
    """The hands of one process that serve the same ranks. Thread-safe; shared by their steps, over all their tables.

    One party never has all hands of a lane: the last is kept for others, so that an hour's work of one sender never
    stands before a second's work of another. A lane of one hand serves whoever is next.
    """

    SHARE = 4
    """Each fourth claim takes what has waited longer than its patience, if there is any: of each rank by turns."""

    def __init__(self, hands: int = 1, lowest: Rank = Rank.VISITOR) -> None:
        self.hands = hands
        self.lowest = lowest
        self._holding: Counter[str] = Counter()
        self._claims = 0
        self._lock = threading.Lock()

    @contextmanager
    def piece(self, runtime: Runtime, row_type: type[Row]) -> Iterator[Row | None]:
        """The next piece, held while the block runs; None when there is none for this lane.

        A block that raises gives it back, to be tried again after a pause. The attempt counts, unless it was the object
        store that kept the piece from being done. Look at ``attempts`` first: beyond ``TERMS.attempts`` the piece is
        to be ended with a reason. (Where ``TERMS.parks``, none such is given out.)
        """
        row = self._take(runtime, row_type)
        if row is None:
            yield None
            return
        try:
            with _held(runtime, row):
                yield row
        finally:
            with self._lock:
                self._holding[row.party] -= 1

    def _take(self, runtime: Runtime, row_type: type[Row]) -> Row | None:
        # One after the other: two hands that claim at once would not see what the other is about to hold.
        with self._lock:
            self._claims += 1
            full = [party for party, held in self._holding.items() if held >= self.hands - 1 > 0]
            favoured = self._favoured()
            row = store.claim(runtime.ask, row_type, self.lowest, full, favoured=favoured)
            while row is not None and row.TERMS.parks and row.attempts > row.TERMS.attempts:
                if store.park(runtime.ask, row, DIED):
                    _tell_parked(row, DIED)
                row = store.claim(runtime.ask, row_type, self.lowest, full, favoured=favoured)
            if row is not None:
                self._holding[row.party] += 1
                self._holding = +self._holding
        if row is not None:
            failpoint("work.claimed")
        return row

    def _favoured(self) -> Rank | None:
        turn, rest = divmod(self._claims, self.SHARE)
        return None if rest else Rank(turn % (self.lowest + 1))


ALONE = Lane()
"""One hand for everything."""


@contextmanager
def _held(runtime: Runtime, row: Leased) -> Iterator[None]:
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(runtime, row, done), daemon=True)
    keeper.start()
    try:
        yield
    except StoreUnavailable as error:
        put_off(runtime, row, error, counted=False)
        raise
    except Exception as error:
        put_off(runtime, row, error)
        raise
    finally:
        done.set()
        keeper.join()


def put_off(runtime: Runtime, row: Leased, error: BaseException, *, counted: bool = True) -> None:
    """Gives a piece back that could not be done, to be tried again after a pause, or to be parked where its terms say
    so. For a block that deals with its own errors; one that raises need not."""
    told = fault(error)
    with suppress(Problem):  # the database is away: the lease runs out instead
        if store.give_back(runtime.ask, row, counted=counted, error=told):
            _tell_parked(row, told)


def _tell_parked(row: Leased, error: str) -> None:
    _log.error("work_parked", queue=store.queue_of(row), piece=store.key_of(row), error=error)


def _keep(runtime: Runtime, row: Leased, done: threading.Event) -> None:
    while not done.wait(row.TERMS.lease.total_seconds() / 3):
        # A database that is away comes back in time, or the work is somebody else's by then.
        with suppress(Problem):
            store.renew(runtime.ask, row)


def progress_of(runtime: Runtime, row: Progressing) -> Callable[[float], None]:
    """Writes the share of the work that is done, now and then."""
    last = time.monotonic()

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last < REPORT_EVERY:
            return
        last = time.monotonic()
        store.tell_progress(runtime.ask, row, share)

    return report


def keep_checkpoint(runtime: Runtime, row: Resumable, reached: Mapping[str, Any]) -> None:
    """Keeps what the next attempt goes on from, should this one end here. It finds it in ``row.checkpoint``.

    Small JSON that says what is done; what was made lies in the object store or in tables, stored before. The lease
    runs on, and attempts count from here: work that gets on is not given up, however often its worker is restarted.
    ``LeaseLost``: another hand goes on with the piece. ValueError: more than ``CHECKPOINT_BYTES``.
    """
    text = json.dumps(reached, ensure_ascii=False)
    if len(text.encode()) > CHECKPOINT_BYTES:
        raise ValueError(f"a checkpoint has at most {CHECKPOINT_BYTES} bytes")
    if not store.keep_checkpoint(runtime.ask, row, text):
        raise LeaseLost
    row.checkpoint, row.attempts = json.loads(text), 1
    failpoint("work.checkpointed")
