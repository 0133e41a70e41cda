"""A patient client repeats what a part that ended left without an answer, under the same key."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from registry_infra.portal import Portal, Refused


class Failing(HTTPServer):
    """Answers 502, then not at all, then well."""

    def __init__(self) -> None:
        self.keys: list[str | None] = []
        super().__init__(("127.0.0.1", 0), Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Failing

    def do_POST(self) -> None:
        self.server.keys.append(self.headers["Idempotency-Key"])
        if len(self.server.keys) == 2:
            self.connection.close()
            return
        self.send_response(502 if len(self.server.keys) == 1 else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Failing]:
    with Failing() as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield one
        one.shutdown()


@pytest.mark.requirement("S-02")
def test_a_call_without_a_lasting_answer_is_repeated_under_its_key(server: Failing) -> None:
    Portal(server.url, patience=10).post("/accounts", {})

    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1
    assert server.keys[0]


def test_without_patience_the_first_answer_counts(server: Failing) -> None:
    with pytest.raises(Refused) as refused:
        Portal(server.url).post("/accounts", {})
    with pytest.raises(httpx.TransportError):
        Portal(server.url).post("/accounts", {})
    assert refused.value.status == 502
