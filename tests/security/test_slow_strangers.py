"""Strangers who send or read slowly, by the hundred and from many networks, keep nobody from being answered."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chassis.testing.databases import DatabaseFactory
from gateway.testing import BODY, TUS, GatewayProcess, create, free_port, offset, patch, running_gateway

from tests.security.conftest import DEADLINE
from tests.security.strangers import Stranger, crowd, head, visit

pytestmark = [pytest.mark.requirement("S-01"), pytest.mark.requirement("S-02")]
PROMPT = 1.5
"""Seconds within which every single answer must come on a loaded machine; a quiet one takes some milliseconds."""
FILE = "/static/vendor/bootstrap/bootstrap.min.css"


JSON = ("Content-Type: application/json", "Content-Length: 99")
HALF = {
    "nothing at all": b"",
    "a head without end": b"GET / HTTP/1.1\r\nHost: gateway\r\nX-",
    "half a small body": head("POST", "/api/v1/otp", *JSON) + b'{"mobile',
    "half a large body": head("POST", "/api/v1/otp", JSON[0], "Content-Length: 1900000") + b'{"mobile',
    "half a chunked body": head("POST", "/api/v1/otp", JSON[0], "Transfer-Encoding: chunked") + b"9\r\n{",
    "a body that waits to be asked for": head("POST", "/api/v1/otp", *JSON, "Expect: 100-continue"),
}


@pytest.mark.parametrize("places", [1, 100])
@pytest.mark.parametrize("what", HALF)
def test_a_visitor_is_answered_at_once_whatever_strangers_have_half_sent(
    front: GatewayProcess, what: str, places: int
) -> None:
    quiet = visit(front.port)
    with crowd(front.port, 220, places, before=HALF[what]):
        among = visit(front.port)
    assert among.longest < PROMPT
    assert among.median < 5 * quiet.median + 0.05


def test_strangers_who_go_on_byte_by_byte_are_no_worse(front: GatewayProcess) -> None:
    quiet = visit(front.port)
    with crowd(front.port, 150, 100, before=HALF["a head without end"]) as strangers, ThreadPoolExecutor(1) as pool:
        visiting = pool.submit(visit, front.port)
        while not visiting.done():
            for stranger in strangers:
                stranger.send(b"a")
            time.sleep(0.1)
        among = visiting.result()
    assert among.longest < PROMPT
    assert among.median < 5 * quiet.median + 0.05


@pytest.mark.parametrize("places", [1, 100])
def test_a_visitor_is_answered_at_once_while_others_do_not_read_their_answers(
    front: GatewayProcess, places: int
) -> None:
    quiet = visit(front.port)
    with crowd(front.port, 60, places, window=2048, before=head("GET", FILE) * 60) as strangers:
        among = visit(front.port)
        read = [stranger.read(100) for stranger in strangers]
        among_readers = visit(front.port)
    assert all(said.startswith(b"HTTP/1.1 200") for said in read)
    assert max(among.longest, among_readers.longest) < PROMPT
    assert max(among.median, among_readers.median) < 5 * quiet.median + 0.05


def test_one_who_reads_slowly_gets_everything(front: GatewayProcess) -> None:
    stranger = Stranger(front.port, window=4096)
    stranger.send(head("GET", FILE) * 3 + head("GET", FILE, "Connection: close"))
    said = b""
    while data := stranger.read(40_000):
        said += data
        time.sleep(0.005)
    wanted = next(int(line.split()[1]) for line in said.split(b"\r\n") if line.startswith(b"Content-Length"))
    assert said.count(b"HTTP/1.1 200 OK") == 4
    assert len(said) > 4 * wanted


def test_connections_that_are_idle_or_were_answered_and_never_close_are_no_worse(front: GatewayProcess) -> None:
    quiet = visit(front.port)
    said = head("GET", "/healthz") + head("GET", "/healthz", "Connection: close")
    with crowd(front.port, 120, 100, before=said):
        among = visit(front.port)
    assert among.longest < PROMPT
    assert among.median < 5 * quiet.median + 0.05


def test_of_one_network_s_connections_the_oldest_make_room(front: GatewayProcess) -> None:
    with crowd(front.port, 700, before=HALF["a head without end"]) as strangers:
        visit(front.port, times=1)
        room, deadline = 700 - 2 * 256, time.monotonic() + 3  # of two workers, each with the oldest of its own
        ended = [stranger.ended() for stranger in strangers]
        while sum(ended) < room and time.monotonic() < deadline:
            time.sleep(0.05)
            ended = [stranger.ended() for stranger in strangers]
    assert sum(ended) >= room
    assert not any(ended[-50:])
    places = {gone: [place for place, is_gone in enumerate(ended) if is_gone is gone] for gone in (True, False)}
    assert sum(places[True]) / len(places[True]) < sum(places[False]) / len(places[False])


def test_whoever_does_not_go_on_is_told_so_and_let_go(front: GatewayProcess) -> None:
    strangers = {what: Stranger(front.port) for what in HALF}
    for what, stranger in strangers.items():
        stranger.send(HALF[what])
    said = {what: stranger.answer(DEADLINE + 12) for what, stranger in strangers.items()}
    assert said.pop("nothing at all") == b""
    assert said.pop("a head without end").startswith(b"HTTP/1.1 408 ")
    for what, answer in said.items():
        head, _, body = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 "), what
        assert b"application/problem+json" in head
        assert b"Retry-After: 1" in head
        assert b'"code": "request_too_slow"' in body


@pytest.mark.requirement("F-08")
def test_an_upload_over_a_bad_line_is_taken_while_strangers_send_theirs_slowly(front: GatewayProcess) -> None:
    """Whoever has a place among the senders of large bodies, and is slowest, makes room for a newcomer."""
    slow = head("POST", "/api/v1/otp", JSON[0], "Content-Length: 1900000")
    data = os.urandom(60_000)
    with crowd(front.port, 60, 60, before=slow + b"{") as strangers, front.client() as client:
        path = create(client, len(data))
        with ThreadPoolExecutor(1) as pool:
            bad_line = pool.submit(send_slowly, front, path, data)
            while not bad_line.done():
                for stranger in strangers:
                    stranger.send(b" ")
                time.sleep(0.25)
        assert bad_line.result() == b"204"
        assert offset(client, path) == len(data)
    assert front.arrived(path) == data


def send_slowly(front: GatewayProcess, path: str, data: bytes) -> bytes:
    """At 20 KB a second, from a network of its own, going on where it stands after each refusal; the last status."""
    for _ in range(8):
        with front.client() as client:
            arrived = offset(client, path)
        rest = data[arrived:]
        said = tus(front, path, arrived, len(rest))
        sender = Stranger(front.port, 201)
        sender.send(said)
        for start in range(0, len(rest), 2000):
            if sender.ended() or not sender.send(rest[start : start + 2000]):
                break
            time.sleep(0.1)
        status = sender.answer(30)[9:12]
        sender.close()
        if status == b"204":
            return status
    return status


def tus(front: GatewayProcess, path: str, at: int, size: int) -> bytes:
    lines = [f"{name}: {value}" for name, value in {**BODY, "Upload-Offset": str(at)}.items()]
    return head("PATCH", path, f"Authorization: Bearer {front.token()}", f"Content-Length: {size}", *lines)


@pytest.mark.requirement("F-08")
def test_what_arrived_before_a_sender_was_given_up_is_kept(front: GatewayProcess) -> None:
    data = os.urandom(300_000)
    with front.client() as client:
        path = create(client, len(data))
        sender = Stranger(front.port)
        sender.send(tus(front, path, 0, len(data)) + data[:200_000])
        said = sender.answer(DEADLINE + 12)
        assert b"408" in said[:15]
        assert TUS["Tus-Resumable"].encode() in said
        assert offset(client, path) == 200_000
        assert patch(client, path, 200_000, data[200_000:]).status_code == 204
    assert front.arrived(path) == data


def test_health_is_told_while_strangers_hold_everything_they_can(
    databases: DatabaseFactory, keys: Path, tmp_path: Path
) -> None:
    port = free_port()
    with (
        databases.database("gateway") as database,
        running_gateway(database, keys, tmp_path, REGISTRY_HEALTH_PORT=str(port)) as process,
        crowd(process.port, 100, 100, before=HALF["half a large body"]),
        crowd(process.port, 100, 100, before=HALF["half a small body"]),
    ):
        assert visit(port, ("/healthz", "/readyz", "/metrics")).longest < PROMPT
