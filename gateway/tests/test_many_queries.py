"""Queries that come together are asked together, answered each with its own, and never the worse for a neighbour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.filing import MANY_QUERIES, GetManyProgress, GetProgress, ManyProgress
from gateway.web.many_queries import ManyQueries

Until = Callable[[Callable[[], bool]], None]


class Filing:
    """Answers a call when the test lets it; ``calls`` are the numbers of each."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.failure: BaseException | None = None
        self.turns = threading.Semaphore(0)

    def call(self, method: Any, request: GetManyProgress, *, timeout: float) -> ManyProgress:
        self.calls.append([query.number for query in request.queries])
        if not self.turns.acquire(timeout=timeout):
            raise Problem("deadline_exceeded")
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return ManyProgress(answers=[f"of {query.number}" for query in request.queries])


@pytest.fixture
def filing() -> Filing:
    return Filing()


class Crowd:
    """Threads that ask, each for one number."""

    def __init__(self, filing: Filing, until: Until, patience: float = 20) -> None:
        self.queries = ManyQueries(filing, patience)  # type: ignore[arg-type]  # all that it calls
        self._filing, self._until = filing, until
        self._pool = ThreadPoolExecutor(100)

    def ask(self, number: str) -> Future[str | None]:
        return self._pool.submit(self.queries.answer, GetProgress(number=number))

    def first_and(self, *others: str) -> list[Future[str | None]]:
        """One is being answered while the others come."""
        first = self.ask("first")
        self._until(lambda: self._filing.calls == [["first"]])
        asked = [self.ask(number) for number in others]
        self._until(lambda: len(self.queries._gathered) == len(others))
        return [first, *asked]


def test_those_who_come_meanwhile_go_with_the_next_call(filing: Filing, until: Until) -> None:
    asked = Crowd(filing, until).first_and("a", "b", "c")
    filing.turns.release(2)
    assert [each.result(10) for each in asked] == ["of first", "of a", "of b", "of c"]
    assert [sorted(call) for call in filing.calls] == [["first"], ["a", "b", "c"]]


def test_who_is_alone_is_not_kept_waiting(filing: Filing, until: Until) -> None:
    crowd = Crowd(filing, until)
    filing.turns.release(2)
    for number in ("a", "b"):
        assert crowd.ask(number).result(10) == f"of {number}"
    assert filing.calls == [["a"], ["b"]]


def test_a_call_takes_no_more_than_its_contract(filing: Filing, until: Until) -> None:
    asked = Crowd(filing, until).first_and(*(str(number) for number in range(MANY_QUERIES + 6)))
    filing.turns.release(3)
    assert [each.result(10) for each in asked][1:] == [f"of {number}" for number in range(MANY_QUERIES + 6)]
    assert [len(call) for call in filing.calls] == [1, MANY_QUERIES, 6]


@pytest.mark.parametrize("code", ["service_unavailable", "deadline_exceeded"])
def test_a_service_that_is_away_is_away_for_all_of_a_call_and_asked_anew_by_the_next(
    filing: Filing, until: Until, code: str
) -> None:
    crowd = Crowd(filing, until)
    first, *others = crowd.first_and("a", "b")
    filing.turns.release()
    assert first.result(10) == "of first"
    until(lambda: len(filing.calls) == 2)
    filing.failure = Problem(code)
    filing.turns.release(2)
    for each in others:
        with pytest.raises(Problem, match=code):
            each.result(10)
    assert crowd.ask("c").result(10) == "of c"


def test_what_one_query_did_wrong_makes_the_others_ask_alone_and_no_more(filing: Filing, until: Until) -> None:
    first, *others = Crowd(filing, until).first_and("a\0", "b")
    filing.turns.release()
    assert first.result(10) == "of first"
    until(lambda: len(filing.calls) == 2)
    filing.failure = Problem("request_invalid")
    filing.turns.release()
    assert [each.result(10) for each in others] == [None, None]


def test_a_thread_that_dies_while_it_asks_takes_nobody_with_it(filing: Filing, until: Until) -> None:
    crowd = Crowd(filing, until)
    first, *others = crowd.first_and("a", "b")
    filing.failure = SystemExit()
    filing.turns.release(2)
    with pytest.raises(SystemExit):
        first.result(10)
    assert [each.result(10) for each in others] == ["of a", "of b"]
    filing.turns.release()
    assert crowd.ask("c").result(10) == "of c"


def test_nobody_waits_longer_than_their_patience_and_who_has_gone_is_not_asked_for(
    filing: Filing, until: Until
) -> None:
    crowd = Crowd(filing, until, patience=0.3)
    started = time.monotonic()
    for each in crowd.first_and("a", "b", "c"):
        with pytest.raises(Problem, match="deadline_exceeded"):
            each.result(10)
    assert time.monotonic() - started < 5
    filing.turns.release()
    assert crowd.ask("d").result(10) == "of d"
    assert filing.calls == [["first"], ["d"]]
