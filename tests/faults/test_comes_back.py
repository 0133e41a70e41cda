"""What dies comes back at once, and people who come meanwhile wait a moment instead of being refused."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import psutil
import pytest
from chassis.rpc.client import DEFAULT_TIMEOUT
from registry_infra.folders import find_folders
from registry_infra.state import PartState, load_state
from registry_infra.testing import Stack

from tests.faults.chaos import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.requirement("S-01"), pytest.mark.requirement("S-02")]
LONGEST = 2.0
"""Seconds that a death may cost anybody; with a port that nobody listens at, it was 25."""


@dataclass(eq=False)
class Traffic(threading.Thread):
    """Somebody who opens one page after the other, each on a new connection, and asks again when there is no answer."""

    port: int
    path: str
    pause: float = 0.02
    good: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    gap: float = 0.0
    quiet: float = 0.0
    """The longest gap before anything died: what this machine takes for an answer today."""
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        last = time.monotonic()
        while not self.ending.wait(self.pause):
            said = self.ask()
            self.answers[said] += 1
            now = time.monotonic()
            self.gap = max(self.gap, now - last)
            if said.isdigit() and int(said) < 500:
                self.good += 1
                last = now

    def ask(self) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", self.path)
            answer = connection.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, HTTPException) as failure:
            return type(failure).__name__
        finally:
            connection.close()


def go_on(people: list[Traffic], answers: int = 5) -> None:
    """Until each of them has got so many more answers."""
    wanted = {one: one.good + answers for one in people}
    wait_until(lambda: all(one.good >= count for one, count in wanted.items()), 60, "answers")


@contextmanager
def traffic(stack: Stack, path: str = "/sign-in", pause: float = 0.02) -> Iterator[list[Traffic]]:
    port = urlsplit(stack.url).port or 0
    people = [Traffic(port, path, pause) for _ in range(3)]
    for one in people:
        one.start()
    try:
        go_on(people)
        for one in people:
            one.quiet = one.gap
        yield people
    finally:
        for one in people:
            one.ending.set()
        for one in people:
            one.join()


def part(stack: Stack, name: str) -> PartState:
    state = load_state(find_folders(stack.data).state)
    assert state is not None
    return next(each for each in state.parts if each.name == name)


def killed(stack: Stack, name: str) -> float:
    """Kills a part, and returns when another runs in its place: after so many seconds."""
    began = time.monotonic()
    before = part(stack, name)
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    wait_until(lambda: (now := part(stack, name)).pid not in (None, before.pid) and now.state == "running", 60, name)
    return time.monotonic() - began


def workers(stack: Stack) -> list[psutil.Process]:
    pid = part(stack, "gateway").pid
    return psutil.Process(pid).children() if pid else []


def assert_nobody_waited(people: list[Traffic], broken_off: int = 0, longest: float = LONGEST) -> None:
    """``broken_off``: answers that a death took with it. ``longest``: seconds that nobody waited."""
    assert sum(one.answers.total() - one.answers["200"] for one in people) <= broken_off
    assert max(one.gap - 5 * one.quiet for one in people) < longest


def test_the_gateway_s_master_is_killed_again_and_again_and_nobody_notices(stack: Stack) -> None:
    with traffic(stack) as people:
        starts = [killed(stack, "gateway") for _ in range(3)]
        for _ in range(2):  # and its successor while it begins
            if pid := part(stack, "gateway").pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.7)
        wait_until(lambda: part(stack, "gateway").state == "running", 60, "the gateway")
    # Whoever had to wait for a successor would have waited as long as one takes to begin on this machine today.
    assert_nobody_waited(people, longest=max(LONGEST, min(starts) / 2))


def test_workers_of_a_master_that_died_end_when_the_next_are_ready(stack: Stack) -> None:
    before = workers(stack)
    killed(stack, "gateway")
    _, alive = psutil.wait_procs(before, timeout=30)
    assert alive == []
    assert len(workers(stack)) == len(before) > 0


def test_a_worker_of_the_gateway_that_is_killed_costs_the_answers_it_was_giving(stack: Stack) -> None:
    with traffic(stack) as people:
        for _ in range(3):
            wait_until(lambda: len(workers(stack)) == 2, 20, "a worker in its place")
            workers(stack)[0].kill()
            go_on(people)
    assert_nobody_waited(people, broken_off=9)


def test_whoever_comes_while_the_whole_gateway_is_away_waits_for_it(stack: Stack) -> None:
    """Nobody is refused: the connection is taken when somebody is there again, as fast as a gateway starts."""
    pid = part(stack, "gateway").pid
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    port = urlsplit(stack.url).port or 0
    assert {Traffic(port, path).ask() for path in ("/sign-in", "/", "/healthz")} == {"200"}


def test_a_service_that_is_killed_makes_those_who_ask_it_wait_and_no_more(stack: Stack) -> None:
    """As fast as it starts: a question waits in the queue for its deadline before anybody is told to try again."""
    with traffic(stack, "/api/v1/progress/2026L99999999", pause=0.3) as people:
        began = time.monotonic()
        killed(stack, "filing")
        wait_until(lambda: people[0].ask() == "404", 60, "an answer")
        away = time.monotonic() - began
    answers = sum((one.answers for one in people), Counter[str]())
    assert set(answers) <= {"404", "503", "504"}
    assert answers["503"] + answers["504"] <= (2 + away // DEFAULT_TIMEOUT) * len(people)
