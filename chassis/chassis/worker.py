"""Worker processes: plain Python beside the services, for work that is heavy or untrusted.

``python -m chassis.worker filing`` runs ``filing.worker.WORKER``.
"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from chassis.db import sqlalchemy_url
from chassis.health import HealthServer, database_check, need_checks
from chassis.readiness import needs, objects
from chassis.runtime import Runtime
from chassis.settings import Settings
from chassis.telemetry import configure_logging, logger, trace
from chassis.work.model import LeaseLost

IDLE_SECONDS = 2.0

_log = logger("chassis.worker")


@dataclass(frozen=True)
class Hand:
    """A thread of a worker: ``step`` does one piece of work and says whether there was any; ``channel`` wakes it."""

    channel: str
    step: Callable[[Runtime], bool]


@dataclass(frozen=True)
class Worker:
    """``hands`` work side by side: each kind of work that must not wait for another has one of its own."""

    hands: Sequence[Hand]
    close: Callable[[], None] = lambda: None


def run(worker: Worker, runtime: Runtime, stopping: threading.Event) -> None:
    """Works with every hand until told to stop."""
    threads = [threading.Thread(target=_work, args=(hand, runtime, stopping)) for hand in worker.hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.close()


def _work(hand: Hand, runtime: Runtime, stopping: threading.Event) -> None:
    """Woken by NOTIFY, looking every two seconds in case one was missed."""
    url = sqlalchemy_url(runtime.settings.database_url).replace("postgresql+psycopg://", "postgresql://")
    listener: psycopg.Connection[Any] | None = None
    pause = 0.2
    while not stopping.is_set():
        try:
            if listener is None or listener.closed:
                listener = psycopg.connect(url, autocommit=True, connect_timeout=5)
                listener.execute(f'LISTEN "{hand.channel}"')
            with trace(None):
                busy = hand.step(runtime)
            pause = 0.2
            if not busy:
                for _ in listener.notifies(timeout=IDLE_SECONDS, stop_after=1):
                    pass
        except LeaseLost:
            _log.info("work_taken_over")
        except Exception as error:
            _log.warning("worker_interrupted", error=str(error), kind=type(error).__name__, exc_info=True)
            if isinstance(error, psycopg.Error) and listener is not None:
                with suppress(Exception):
                    listener.close()
            stopping.wait(pause)
            pause = min(pause * 2, 5.0)


def main(package: str) -> None:
    settings = Settings.from_environment()
    configure_logging(f"{settings.service}-worker", settings.log_level)
    worker: Worker = importlib.import_module(f"{package}.worker").WORKER
    runtime = Runtime(settings)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    checks = {"database": database_check(runtime.engine)} | need_checks({**needs(package), "objects": objects}, runtime)
    HealthServer(settings.health_port, checks).serve_in_thread()
    _log.info("worker_started", package=package)
    run(worker, runtime, stopping)


if __name__ == "__main__":
    main(sys.argv[1])
