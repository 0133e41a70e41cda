"""How gunicorn runs the gateway: threads, long uploads, health and metrics on a port of their own.

gunicorn --config python:gateway.gunicorn_conf 'gateway.app:create_app()'
"""

from __future__ import annotations

import json
import os
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chassis.telemetry import configure_logging
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from gateway.web.registry import EXTENSION

bind = os.environ.get("REGISTRY_BIND", "127.0.0.1:8000")
worker_class = "gateway.worker.Worker"
workers = int(os.environ.get("REGISTRY_WEB_WORKERS", "2"))
threads = int(os.environ.get("REGISTRY_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 20
keepalive = 15
control_socket_disable = True
limit_request_line = 8190
forwarded_allow_ips = ""
"""Nobody's: forwarded headers are judged by ``REGISTRY_TRUSTED_PROXIES`` in the application, not here."""

HEALTH_PORT = int(os.environ.get("REGISTRY_HEALTH_PORT", "0"))


class Health(BaseHTTPRequestHandler):
    """``/healthz``, ``/readyz`` (asks a worker) and ``/metrics`` (of all workers)."""

    def do_GET(self) -> None:
        if self.path == "/metrics":
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped in the library
            self._answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)
        elif self.path in ("/healthz", "/readyz"):
            self._answer(*_ask_worker(self.path), "application/json")
        else:
            self._answer(404, b"{}", "application/json")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: probes come every few seconds."""

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _ask_worker(path: str) -> tuple[int, bytes]:
    host, _, port = bind.rpartition(":")
    connection = HTTPConnection(host.replace("0.0.0.0", "127.0.0.1"), int(port), timeout=5)  # noqa: S104  compared only
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError as failure:
        return 503, json.dumps({"status": "failing", "parts": {"web": type(failure).__name__}}).encode()
    finally:
        connection.close()


def when_ready(server: Any) -> None:
    if HEALTH_PORT:
        health = ThreadingHTTPServer(("127.0.0.1", HEALTH_PORT), Health)
        threading.Thread(target=health.serve_forever, name="health", daemon=True).start()


def post_fork(server: Any, worker: Any) -> None:
    configure_logging("gateway", os.environ.get("REGISTRY_LOG_LEVEL", "INFO").upper())


def post_worker_init(worker: Any) -> None:
    """Before the first request comes: finding the broker may take seconds where its name has to be looked up."""
    worker.wsgi.extensions[EXTENSION].rpc.start()


def child_exit(server: Any, worker: Any) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # untyped in the library


def worker_exit(server: Any, worker: Any) -> None:
    """A worker that holds broker connections would outlive its master."""
    application = getattr(worker, "wsgi", None)
    if application is not None:
        application.extensions[EXTENSION].rpc.close()
