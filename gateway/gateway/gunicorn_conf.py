"""How gunicorn runs the gateway: threads, long uploads, health and metrics on a port of their own.

gunicorn --config python:gateway.gunicorn_conf 'gateway.app:create_app()'
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys
from typing import Any

from chassis.telemetry import configure_logging
from prometheus_client import multiprocess

import gateway.app  # noqa: F401  imported once, here: a worker that replaces another begins at once
from gateway import health
from gateway.housekeeping import Rounds
from gateway.web.resources import EXTENSION

bind = os.environ.get("REGISTRY_BIND", "127.0.0.1:8000")
worker_class = "gateway.worker.Worker"
workers = int(os.environ.get("REGISTRY_WEB_WORKERS", "2"))
threads = int(os.environ.get("REGISTRY_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 20
control_socket_disable = True
limit_request_line = 8190
forwarded_allow_ips = ""
"""Nobody's: forwarded headers are judged by ``REGISTRY_TRUSTED_PROXIES`` in the application, not here."""

HEALTH_PORT = int(os.environ.get("REGISTRY_HEALTH_PORT", "0"))
_PR_SET_PDEATHSIG = 1
_FILES = 4096
"""Open files of a worker: connections that are waited for, and what the others need."""


def _files() -> int:
    """As many as we want, or as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)


worker_connections = min(2000, _files() // 2)
_shared: dict[str, Any] = {}


def when_ready(server: Any) -> None:
    """In the master, before it forks."""
    gc.freeze()  # what was imported stays shared with the workers
    if HEALTH_PORT:
        _shared["inquiry"] = health.Inquiry()
        _shared["server"] = health.listen(HEALTH_PORT, _shared["inquiry"])


def post_fork(server: Any, worker: Any) -> None:
    """In a new worker: what only the master may hold is let go of."""
    if listening := _shared.get("server"):
        listening.socket.close()  # the master's: a successor of it needs the port
    if not bind.startswith("fd://") and sys.platform == "linux":
        # A socket of our own is let go of as soon as the master is gone: a successor could not begin before.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    configure_logging("gateway", os.environ.get("REGISTRY_LOG_LEVEL", "INFO").upper())


def post_worker_init(worker: Any) -> None:
    """Before the first request comes: finding the broker may take seconds where its name has to be looked up.

    Housekeeping begins here too, in the process that also has the connections for it.
    """
    resources = worker.wsgi.extensions[EXTENSION]
    resources.rpc.start()
    resources.revocations.start()
    worker.housekeeping = Rounds(resources)
    worker.housekeeping.start()
    if inquiry := _shared.get("inquiry"):
        inquiry.answer(health.replies_of(worker))


def child_exit(server: Any, worker: Any) -> None:
    """In the master: the dead worker's gauges count no longer."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # untyped in the library


def worker_exit(server: Any, worker: Any) -> None:
    """A worker that holds broker connections would outlive its master."""
    if housekeeping := getattr(worker, "housekeeping", None):
        housekeeping.stop()
    application = getattr(worker, "wsgi", None)
    if application is not None:
        application.extensions[EXTENSION].rpc.close()
        application.extensions[EXTENSION].revocations.close()
