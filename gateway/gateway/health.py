"""Health and metrics of a replica on a port of their own: the master listens, a thread of a worker knows.

No thread that answers visitors takes part, so that the answer comes while all of them are busy. The master asks its own
workers only: those of a master before it, which still serve, say nothing about this one.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

Answer = tuple[int, bytes]
PATIENCE = 2.0
STUCK_AFTER = 10.0
"""Seconds without a turn of its event loop after which a worker is not well."""


class Inquiry:
    """Between the master, which is asked, and its workers, one of which answers. Made by the master, shared by fork."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind("")  # the kernel gives it a name that nobody else has
        self._socket.listen(16)
        self._name = self._socket.getsockname()

    def ask(self, path: str) -> Answer:
        """In the master."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE)
                line.connect(self._name)
                line.sendall(path.encode() + b"\n")
                said = b"".join(iter(lambda: line.recv(65536), b""))
            status, _, body = said.partition(b"\n")
            return int(status), body
        except (OSError, ValueError) as failure:
            return 503, json.dumps({"status": "failing", "parts": {"web": type(failure).__name__}}).encode()

    def answer(self, reply: Callable[[str], Answer]) -> None:
        """In a worker: from now on, by a thread."""
        threading.Thread(target=self._answer, args=(reply,), name="health", daemon=True).start()

    def _answer(self, reply: Callable[[str], Answer]) -> None:
        while True:
            line, _ = self._socket.accept()
            with line, suppress(OSError):
                line.settimeout(PATIENCE)
                status, body = reply(line.recv(200).decode().strip())
                line.sendall(b"%d\n%s" % (status, body))


def replies_of(worker: Any) -> Callable[[str], Answer]:
    """What a worker says of itself."""

    def reply(path: str) -> Answer:
        if time.monotonic() - worker.turned > STUCK_AFTER:
            return 503, json.dumps({"status": "failing", "parts": {"web": "stuck"}}).encode()
        if path == "/healthz":
            return 200, b'{"status": "ok"}'
        with worker.wsgi.app_context():
            status, parts = readiness()
        return status, json.dumps(parts).encode()

    from gateway.pages.health import readiness  # the application, which the master has no use for

    return reply


class Health(BaseHTTPRequestHandler):
    """``/healthz``, ``/readyz`` and ``/metrics`` (of all workers)."""

    inquiry: Inquiry

    def do_GET(self) -> None:
        if self.path == "/metrics":
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped in the library
            self._answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)
        elif self.path in ("/healthz", "/readyz"):
            self._answer(*self.inquiry.ask(self.path), "application/json")
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


def listen(port: int, inquiry: Inquiry) -> ThreadingHTTPServer:
    """In the master."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("OwnHealth", (Health,), {"inquiry": inquiry}))
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
