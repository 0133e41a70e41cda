"""Health of a process on a port of its own: ``/healthz`` (it runs), ``/readyz`` (part by part), ``/metrics``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine, text

from chassis.readiness import Need, NotFit
from chassis.runtime import Runtime
from chassis.settings import SettingsError

Check = Callable[[], bool]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def database_check(engine: Engine) -> Check:
    """A check that the database answers; it raises when no connection can be had."""

    def check() -> bool:
        with engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one())

    return check


def need_checks(needs: Mapping[str, Need], runtime: Runtime) -> dict[str, Check]:
    """What a process needs, as checks that raise :class:`NotFit`."""

    def check(need: Need) -> Check:
        def ask() -> bool:
            need(runtime)
            return True

        return ask

    return {name: check(need) for name, need in needs.items()}


class HealthServer:
    """Answers on ``127.0.0.1:port``; port 0 means none."""

    def __init__(self, port: int, checks: Mapping[str, Check]) -> None:
        self._port = port
        self._checks = checks

    def report(self) -> dict[str, str]:
        """``ok`` or what is wrong, per part: a word for what is away, a sentence for what somebody must put right."""
        parts = {}
        for name, check in self._checks.items():
            try:
                parts[name] = "ok" if check() else "unreachable"
            except (NotFit, SettingsError) as error:
                parts[name] = str(error)
            except Exception as error:
                parts[name] = type(error).__name__
        return parts

    def application(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI application: ``/healthz`` (lives), ``/readyz`` (503 names the parts that are not well),
        ``/metrics``."""
        path = environ.get("PATH_INFO", "")
        status, content_type = HTTPStatus.OK, "application/json"
        if path == "/healthz":
            body = b'{"status": "ok"}'
        elif path == "/readyz":
            parts = self.report()
            if any(word != "ok" for word in parts.values()):
                status = HTTPStatus.SERVICE_UNAVAILABLE
            body = json.dumps({"status": "ok" if status == HTTPStatus.OK else "failing", "parts": parts}).encode()
        elif path == "/metrics":
            body, content_type = generate_latest(), CONTENT_TYPE_LATEST
        else:
            status, body = HTTPStatus.NOT_FOUND, b"{}"
        start_response(f"{status.value} {status.phrase}", [("Content-Type", content_type)])
        return [body]

    def serve_green(self) -> None:
        """Serves in a greenthread of an eventlet process."""
        if not self._port:
            return
        import eventlet
        from eventlet import wsgi

        wsgi.server(eventlet.listen(("127.0.0.1", self._port), reuse_port=False), self.application, log_output=False)

    def serve_in_thread(self) -> None:
        """Serves in a daemon thread of a plain process."""
        if not self._port:
            return

        class Quiet(WSGIRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                return None

        server = make_server("127.0.0.1", self._port, self.application, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
