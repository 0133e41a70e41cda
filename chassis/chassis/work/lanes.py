"""Hands that take work side by side, and how a piece is held while it is worked on."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from chassis.errors import Problem
from chassis.failpoints import failpoint
from chassis.objects import StoreUnavailable
from chassis.runtime import Runtime
from chassis.work import store
from chassis.work.model import Rank
from chassis.work.store import Leased, Progressing

REPORT_EVERY = 0.7
"""Seconds between two words about the progress of a piece."""

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
        to be ended with a reason.
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
            row = store.claim(runtime.ask, row_type, self.lowest, full, favoured=self._favoured())
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
    except StoreUnavailable:
        _give_back(runtime, row, counted=False)
        raise
    except Exception:
        _give_back(runtime, row, counted=True)
        raise
    finally:
        done.set()
        keeper.join()


def _give_back(runtime: Runtime, row: Leased, *, counted: bool) -> None:
    with suppress(Problem):  # the database is away: the lease runs out instead
        store.give_back(runtime.ask, row, counted=counted)


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
