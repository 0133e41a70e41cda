"""Progress queries that come while another is being answered, asked together: one call for all who wait meanwhile.

Who finds nobody asking asks at once, and alone. The queries of others gather and go with the next call, so that nobody
waits for more than two; many cost little more than one. Nothing is remembered: every answer is younger than its query.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from chassis.errors import Problem
from chassis.rpc.client import DEFAULT_TIMEOUT, RpcClient
from contracts.filing import MANY_QUERIES, PROGRESS_OF_MANY, GetManyProgress, GetProgress

LEAST = 1.0
"""Seconds for a call, however long its first query has waited for another's."""
AWAY = frozenset({"service_unavailable", "deadline_exceeded"})
"""Problems that all have who asked together."""


class _Query:
    """One who waits until woken: with an answer, with a problem, or (neither) to ask for those who gathered."""

    __slots__ = ("answer", "ends", "leads", "problem", "query", "woken")

    def __init__(self, query: GetProgress, patience: float) -> None:
        self.query = query
        self.ends = time.monotonic() + patience
        self.answer: str | None = None
        self.problem: Problem | None = None
        self.leads = False
        self.woken = threading.Lock()
        self.woken.acquire()


class ManyQueries:
    """For the threads of one process; ``patience``: seconds in which a query is answered, or refused."""

    def __init__(self, rpc: RpcClient, patience: float = DEFAULT_TIMEOUT) -> None:
        self._rpc = rpc
        self._patience = patience
        self._lock = threading.Lock()
        self._gathered: deque[_Query] = deque()
        self._asking = False

    def answer(self, query: GetProgress) -> str | None:
        """A ``Progress`` as JSON text. None where ``PROGRESS`` has to be asked: the number is unknown, or the call
        failed for a reason that may lie in somebody else's query. Problems of ``AWAY``.
        """
        mine = _Query(query, self._patience)
        with self._lock:
            mine.leads, self._asking = not self._asking, True
            if not mine.leads:
                self._gathered.append(mine)
        if not mine.leads and not mine.woken.acquire(timeout=self._patience):
            self._give_up(mine)
        if mine.leads:
            self._lead(mine)
        if mine.problem is not None:
            raise mine.problem
        return mine.answer

    def _lead(self, mine: _Query) -> None:
        with self._lock:
            others = [self._gathered.popleft() for _ in range(min(len(self._gathered), MANY_QUERIES - 1))]
        try:
            self._ask([mine, *others])
        finally:
            for other in others:
                other.woken.release()
            self._pass_on()

    def _ask(self, asked: list[_Query]) -> None:
        try:
            together = GetManyProgress(queries=[each.query for each in asked])
            left = max(LEAST, asked[0].ends - time.monotonic())
            answers = self._rpc.call(PROGRESS_OF_MANY, together, timeout=left).answers
        except Problem as problem:
            if problem.code in AWAY:
                for each in asked:
                    each.problem = problem
            return
        for each, answer in zip(asked, answers, strict=True):
            each.answer = answer

    def _pass_on(self) -> None:
        """To the first of those who have gathered meanwhile; each asks once, for itself and for those behind it."""
        with self._lock:
            if self._gathered:
                first = self._gathered.popleft()
                first.leads = True
                first.woken.release()
            else:
                self._asking = False

    def _give_up(self, mine: _Query) -> None:
        """It was not its turn in time, unless at this very moment, which counts."""
        with self._lock:
            if mine in self._gathered:
                self._gathered.remove(mine)
            elif mine.leads or mine.answer or mine.problem:
                return
        raise Problem("deadline_exceeded")
