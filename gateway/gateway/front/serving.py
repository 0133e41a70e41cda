"""What a thread does with a connection: read the request that has come, ask the application, send what can be sent."""

from __future__ import annotations

import time
from collections.abc import Generator
from enum import Enum, auto
from typing import Any

from chassis.telemetry import logger
from gunicorn.http import wsgi
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData, ParseException

from gateway.front.arrival import Arrival
from gateway.front.body import FrontRequest, RequestBody
from gateway.front.connection import Connection
from gateway.front.outgoing import send_answer
from gateway.web.problems import REFUSAL

HOLD = 0.02
"""Seconds for which an answer may keep its thread while its client is fast enough to be waited for."""
_log = logger("gateway.front")


class Outcome(Enum):
    """What becomes of a connection that a thread is done with, unless something is missing (an :class:`Arrival`):
    ``NEXT``, another request may follow; ``BLOCKED``, the client has to take something first; or ``END``."""

    NEXT = auto()
    BLOCKED = auto()
    END = auto()


class Server:
    """Answers requests with ``application``. ``stopping``: answers are the last on their connection."""

    def __init__(self, application: Any, cfg: Any) -> None:
        self._application = application
        self._cfg = cfg
        self.stopping = False

    def work(self, connection: Connection) -> Outcome | Arrival:
        """Never raises, and never waits for a client that was given no place."""
        try:
            return self._work(connection)
        except (OSError, NoMoreData):
            return Outcome.END  # the client has gone
        except Exception:
            _log.exception("answer_broke_off")
            return Outcome.END

    def _work(self, connection: Connection) -> Outcome | Arrival:
        until = time.monotonic() + HOLD if connection.answer is None else 0.0
        if connection.answer is None:
            if not connection.judged and not connection.seated:
                arrival = connection.receive()
                if arrival is not Arrival.WHOLE:
                    return arrival
            connection.requests += 1
            try:
                request = FrontRequest(self._cfg, connection.incoming, connection.client, connection.requests)
            except StopIteration:
                return Outcome.END
            except ParseException as error:
                return refuse(connection, _status(error), type(error).__name__)  # its words quote what was sent
            connection.answer = self._answer(connection, request)
        try:
            while True:
                next(connection.answer)
                if not connection.out.wait(until - time.monotonic()):
                    return Outcome.BLOCKED
        except StopIteration as end:
            connection.answer = None
            return Outcome.NEXT if end.value else Outcome.END

    def _answer(self, connection: Connection, request: Any) -> Generator[None, None, bool]:
        """Yields where the client has to take something first; whether the connection may be used again."""
        body = request.body = RequestBody(request.body.reader, connection.incoming)
        response, environ = wsgi.create(request, connection.out, connection.client, connection.server, self._cfg)
        environ["wsgi.multithread"] = True
        environ[REFUSAL] = connection.refusal
        items = self._application(environ, response.start_response)
        try:
            if self.stopping or connection.refusal or not body.complete or connection.incoming.ended:
                response.force_close()  # and says so
            yield from send_answer(response, items, connection.out)
        finally:
            if hasattr(items, "close"):
                items.close()
        return not response.should_close()


def refuse(connection: Connection, status: str, reason: str) -> Outcome:
    """Answers what cannot be read as a request, in plain words, as far as the client's network takes them."""
    _log.info("request_refused", address=connection.client[0], status=status, reason=reason[:200])
    text = f"{status}\n".encode()
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n"
    connection.out.sendall(head.encode() + text)
    connection.out.flush()
    return Outcome.END


def _status(error: ParseException) -> str:
    if isinstance(error, LimitRequestLine):
        return "414 URI Too Long"
    if isinstance(error, LimitRequestHeaders):
        return "431 Request Header Fields Too Large"
    return "400 Bad Request"
