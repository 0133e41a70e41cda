"""A peer stops in the middle and goes on later, as a machine does that swaps or is moved: nobody waits for it for long.

Three seconds here, which no heartbeat notices; with ``REGISTRY_PAUSE=30`` half a minute, in which connections end.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from tests.faults.chaos import wait_until
from tests.faults.conftest import Sample
from tests.faults.test_network import CLEAR, outcome

PAUSE = float(os.environ.get("REGISTRY_PAUSE", "3"))
Peer = Callable[[Sample], list[psutil.Process]]


def service(sample: Sample) -> list[psutil.Process]:
    return [psutil.Process(sample.processes[-1].pid)]


def database(sample: Sample) -> list[psutil.Process]:
    """The server and all its backends."""
    with psycopg.connect(sample.urls.owner_url) as connection:
        server = psutil.Process(connection.info.backend_pid).parent()
    assert server is not None
    return [server, *server.children()]


def broker(sample: Sample) -> list[psutil.Process]:
    port = urlsplit(sample.broker_url).port
    listening = {c.pid for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == port}
    return [psutil.Process(pid) for pid in listening if pid]


@contextmanager
def stopped(processes: list[psutil.Process]) -> Iterator[None]:
    assert processes
    for process in processes:
        if process.is_running():
            process.send_signal(signal.SIGSTOP)
    wait_until(lambda: all(stands_still(process.pid) for process in processes), 5, "every thread to stop")
    try:
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.send_signal(signal.SIGCONT)


def stands_still(pid: int) -> bool:
    """Whether each of its threads has taken the signal, which on a busy machine comes after the call that sends it."""
    states = [task.joinpath("stat").read_text() for task in Path(f"/proc/{pid}/task").glob("*")]
    return all(state.rpartition(")")[2].split()[0] in "TZX" for state in states)


@pytest.mark.parametrize("peer", [service, database, broker])
def test_while_a_peer_is_stopped_calls_end_in_time_and_afterwards_work_goes_on(sample: Sample, peer: Peer) -> None:
    sample.start()
    sample.wait_until_it_answers()
    assert outcome(sample.client, 5) == "answered"
    until = time.monotonic() + PAUSE
    with stopped(peer(sample)):
        assert outcome(sample.client, 1.2) in CLEAR
        assert outcome(sample.client, 1.2) in CLEAR
        time.sleep(max(0.0, until - time.monotonic()))
    wait_until(lambda: outcome(sample.client, 3) == "answered", 20 + PAUSE, "an answer")
    wait_until(lambda: sample.scalar("SELECT heard - total FROM counters WHERE name = 'a'") == 0, 40, "the events")
    assert sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0


def test_a_request_whose_caller_left_during_the_pause_is_not_run_afterwards(sample: Sample) -> None:
    """It lay in the service's own socket, where the broker no longer watches over its time."""
    sample.start()
    sample.wait_until_it_answers()
    with stopped(service(sample)):
        assert {outcome(sample.client, 0.6) for _ in range(3)} == {"deadline_exceeded"}
    sample.add("later")
    assert sample.scalar("SELECT count(*) FROM counters WHERE name = 'a'") == 0
