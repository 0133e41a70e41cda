"""What is no HTTP is the sender's fault: 400 and the end of the connection, never an error of ours and never a wait."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from gateway.testing import BODY, GatewayProcess, create, offset

from tests.security.strangers import Stranger, head

pytestmark = pytest.mark.requirement("S-01")
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
MESSAGE = b'{"mobile": "13800138000", "purpose": "sign_up"}'
WHOLE = b"%x\r\n%s\r\n0\r\n" % (len(MESSAGE), MESSAGE)
"""A chunked body but for the line that ends its trailers."""

BODIES = {
    "a size that is no number": b"xyz\r\n{}\r\n0\r\n\r\n",
    "an empty size": b"\r\n{}\r\n0\r\n\r\n",
    "a negative size": b"-2\r\n{}\r\n0\r\n\r\n",
    "a size with a sign": b"+2\r\n{}\r\n0\r\n\r\n",
    "a size with 0x": b"0x2\r\n{}\r\n0\r\n\r\n",
    "a size with blanks before it": b"  2\r\n{}\r\n0\r\n\r\n",
    "a size with an underscore": b"1_0\r\n{}\r\n0\r\n\r\n",
    "full-width digits": "２\r\n{}\r\n0\r\n\r\n".encode(),
    "a size of thousands of digits": b"f" * 8_000 + b"2\r\n{}\r\n0\r\n\r\n",
    "a size line without end": b"2;" + b"a" * 70_000,
    "a chunk that is longer than it says": b"2\r\n{}xx\r\n0\r\n\r\n",
    "a chunk without its line end": b"2\r\n{}0\r\n\r\n",
    "bare carriage returns": b"2\r{}\r0\r\r",
    "bare line feeds": b"2\n{}\n0\n\n",
    "a line feed within a size line": b"2;a\nb\r\n{}\r\n0\r\n\r\n",
    "a NUL in an extension": b"2;a=\0\r\n{}\r\n0\r\n\r\n",
    "an extension that is none": b"2;=;=\r\n{}\r\n0\r\n\r\n",
    "a trailer that frames the message": WHOLE + b"Content-Length: 5\r\n\r\n",
    "a trailer that transfers": WHOLE + b"Transfer-Encoding: chunked\r\n\r\n",
    "a trailer that routes": WHOLE + b"Host: evil.example\r\n\r\n",
    "a trailer that authorizes": WHOLE + b"Authorization: Bearer x\r\n\r\n",
    "a trailer without a name": WHOLE + b": value\r\n\r\n",
    "a trailer without a colon": WHOLE + b"nothing\r\n\r\n",
    "a folded trailer": WHOLE + b"X-One: a\r\n b\r\n\r\n",
    "a trailer with NUL": WHOLE + b"X-One: a\0b\r\n\r\n",
    "a trailer with a bare line feed": WHOLE + b"X-One: a\n\n",
    "trailers without end": WHOLE + b"X-One: abc\r\n" * 90_000,
}
CODINGS = (
    *("identity, chunked", "chunked, identity", "identity", "identity, identity, chunked", "Identity,Chunked"),
    *("gzip, chunked", "deflate,chunked", "compress , chunked", "x-gzip, chunked", "trailers, chunked"),
    *("chunked, chunked", "chunked,chunked", "chunked, Chunked", "chunked,", ",chunked", ", ,chunked,", ",", ""),
    *("chunked;q=1", "chunked; a=b", '"chunked"', "chunked chunked", "chunked\xa0", "\x85chunked", "chunKed, gzip"),
)
"""Values of Transfer-Encoding that are something other than one ``chunked``."""
ENDLESS = {
    "no chunk at all": b"",
    "half a size line": b"2",
    "half a chunk": b"ff\r\n{}",
    "no last chunk": b"2\r\n{}\r\n",
    "no end of the trailers": WHOLE,
    "a size beyond all bounds": b"f" * 300 + b"\r\n{}",
    "a length that is not reached": b"",
}
HEADS = {
    "no request line": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "two words": b"GET /\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\nHost: gateway\n\n",
    "a folded line": head("GET", "/", "X-One: a", " b"),
    "a blank before the colon": head("GET", "/", "X-One : a"),
    "a NUL in a value": head("GET", "/", "X-One: a\0b"),
    "a line without a colon": head("GET", "/", "nothing"),
    "two hosts": head("GET", "/", "Host: other"),
    "a length and a coding": head("POST", "/api/v1/otp", JSON, "Content-Length: 2", CHUNKED) + b"2\r\n{}\r\n0\r\n\r\n",
    "a coding and a length": head("POST", "/api/v1/otp", JSON, CHUNKED, "Content-Length: 2") + b"2\r\n{}\r\n0\r\n\r\n",
    "two lengths": head("POST", "/api/v1/otp", JSON, "Content-Length: 2", "Content-Length: 2") + b"{}",
    "two different lengths": head("POST", "/api/v1/otp", JSON, "Content-Length: 2", "Content-Length: 90") + b"{}",
    "lengths in a list": head("POST", "/api/v1/otp", JSON, "Content-Length: 2, 2") + b"{}",
    "a negative length": head("POST", "/api/v1/otp", JSON, "Content-Length: -2") + b"{}",
    "a length with a sign": head("POST", "/api/v1/otp", JSON, "Content-Length: +2") + b"{}",
    "a length with an underscore": head("POST", "/api/v1/otp", JSON, "Content-Length: 1_0") + b"{}12345678",
    "a superscript length": head("POST", "/api/v1/otp", JSON, "Content-Length: \xb2") + b"{}",
    "a length of five thousand digits": head("POST", "/api/v1/otp", JSON, "Content-Length: " + "1" * 5000) + b"{}",
    "an empty length": head("POST", "/api/v1/otp", JSON, "Content-Length:") + b"{}",
    "an unknown coding": head("POST", "/api/v1/otp", JSON, "Transfer-Encoding: xchunked") + b"2\r\n{}\r\n0\r\n\r\n",
    "a hidden coding": head("POST", "/api/v1/otp", JSON, "Transfer-Encoding: \x0bchunked") + b"2\r\n{}\r\n0\r\n\r\n",
    "chunked twice": head("POST", "/api/v1/otp", JSON, CHUNKED, CHUNKED) + b"2\r\n{}\r\n0\r\n\r\n",
    "a coding after chunked": head("POST", "/api/v1/otp", JSON, "Transfer-Encoding: chunked, gzip")
    + b"2\r\n{}\r\n0\r\n\r\n",
    "not chunked at last": head("POST", "/api/v1/otp", JSON, "Transfer-Encoding: gzip") + b"{}",
    "chunks in HTTP/1.0": head("POST", "/api/v1/otp", JSON, CHUNKED).replace(b"1.1", b"1.0") + b"2\r\n{}\r\n0\r\n\r\n",
    "an unknown version": b"GET / HTTP/3.9\r\nHost: gateway\r\n\r\n",
    "an unknown expectation": head("GET", "/", "Expect: the-spanish-inquisition"),
}
TOO_MUCH = {
    "an endless request line": (b"414", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n"),
    "an endless line": (b"431", head("GET", "/", "X-One: " + "a" * 20_000)),
    "too many lines": (b"431", head("GET", "/", *(["X-One: a"] * 2_000))),
    "a head without end": (b"431", b"GET / HTTP/1.1\r\n" + b"X-One: a\r\n" * 20_000),
}


def ask(front: GatewayProcess, data: bytes, *, finish: bool = False) -> bytes:
    """Everything that is answered until the gateway ends the connection, which it must by itself."""
    stranger = Stranger(front.port)
    stranger.send(data)
    if finish:
        stranger.finish()
    try:
        return stranger.answer(15)
    finally:
        stranger.close()


def status(answer: bytes) -> bytes:
    return answer.split(b" ", 2)[1] if answer.startswith(b"HTTP/1.1 ") else b"none"


@pytest.mark.parametrize("finish", [False, True])
def test_a_malformed_chunked_body_is_a_problem_of_the_request(front: GatewayProcess, finish: bool) -> None:
    for what, body in BODIES.items():
        answer = ask(front, head("POST", "/api/v1/otp", JSON, CHUNKED) + body, finish=finish)
        assert status(answer) == b"400", what
        assert answer.count(b"HTTP/1.1 ") == 1, what
        assert b"application/problem+json" in answer, what
        assert b'"code": "request_malformed"' in answer, what


def test_a_body_whose_end_is_missing_is_one_too(front: GatewayProcess) -> None:
    for what, body in ENDLESS.items():
        framing = "Content-Length: 900000" if "length" in what else CHUNKED
        answer = ask(front, head("POST", "/api/v1/otp", JSON, framing) + body, finish=True)
        assert status(answer) == b"400", what
        assert b'"code": "request_malformed"' in answer, what


def test_a_body_that_ends_too_soon_is_not_taken_for_a_whole_one(front: GatewayProcess) -> None:
    """What has come of it is a whole message by chance."""
    for framing in ("Content-Length: 60", "Content-Length: 900000"):
        answer = ask(front, head("POST", "/api/v1/otp", JSON, framing) + MESSAGE, finish=True)
        assert status(answer) == b"400", framing


def test_a_page_says_it_as_a_page(front: GatewayProcess) -> None:
    form = head("POST", "/sign-in", "Content-Type: application/x-www-form-urlencoded", CHUNKED)
    answer = ask(front, form + b"xyz\r\n")
    assert status(answer) == b"400"
    assert b"Content-Type: text/html" in answer


def test_a_head_that_is_none_is_refused_in_plain_words(front: GatewayProcess) -> None:
    for what, data in HEADS.items():
        answer = ask(front, data)
        assert status(answer) == b"400", what
        assert answer.count(b"HTTP/1.1 ") == 1, what
        assert b"Connection: close" in answer, what


def test_one_chunked_is_the_only_transfer_coding(front: GatewayProcess) -> None:
    """Whoever stands before us may read a list, an empty element or an obsolete word in it in another way."""
    body, hidden = b"2\r\n[]\r\n0\r\n\r\n", head("GET", "/healthz")
    several = [
        (CHUNKED, "Transfer-Encoding: identity"),
        ("transfer-encoding: identity", CHUNKED),
        (CHUNKED, "te: x", CHUNKED),
    ]
    several += [("Transfer-Encoding:", CHUNKED), (CHUNKED, "Transfer-Encoding:")]
    for lines in (*((f"Transfer-Encoding: {coding}",) for coding in CODINGS), *several):
        for length in ((), ("Content-Length: 2",), ("Content-Length: 15",)):
            answer = ask(front, head("POST", "/api/v1/otp", JSON, *lines, *length) + body + hidden)
            assert (status(answer), answer.count(b"HTTP/1.1 ")) == (b"400", 1), (lines, length)
    for coding in ("chunked", "CHUNKED", " \tChunked \t"):
        answer = ask(front, head("POST", "/api/v1/otp", JSON, f"Transfer-Encoding:{coding}") + body + b"\0\r\n\r\n")
        assert status(answer) == b"422", coding


def test_a_head_that_is_too_long_is_refused_before_it_ends(front: GatewayProcess) -> None:
    for what, (expected, data) in TOO_MUCH.items():
        assert status(ask(front, data)) == expected, what


def test_what_follows_a_refused_request_is_not_another(front: GatewayProcess) -> None:
    """Nobody smuggles a request behind one whose end is in doubt."""
    hidden = head("GET", "/healthz")
    for data in (*HEADS.values(), head("POST", "/api/v1/otp", JSON, CHUNKED) + b"2\r\n{}xx\r\n"):
        assert ask(front, data + hidden).count(b"HTTP/1.1 ") == 1
    unread = head("POST", "/nowhere", JSON, CHUNKED) + b"xyz\r\n"  # a body that nobody asks for
    assert ask(front, unread + hidden).count(b"HTTP/1.1 ") == 1


def test_requests_that_follow_each_other_are_answered_in_turn_until_one_is_garbage(front: GatewayProcess) -> None:
    body = head("POST", "/api/v1/otp", JSON, "Content-Length: 2") + b"[]"
    chunks = (
        head("POST", "/api/v1/otp", JSON, CHUNKED) + b'1;name="v"\r\n[\r\n1\r\n]\r\n0\r\nX-Trailer: kept out\r\n\r\n'
    )
    answer = ask(front, head("GET", "/healthz") * 3 + body + chunks + head("GET", "/healthz") + b"\0\1\2\r\n\r\n" * 3)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200"] * 3 + [b"422"] * 2 + [b"200", b"400"]


@pytest.mark.requirement("F-08")
def test_an_upload_may_come_in_chunks_and_keeps_what_came_before_a_fault(front: GatewayProcess) -> None:
    data = os.urandom(400_000)
    with front.client() as client:
        whole, broken = create(client, len(data)), create(client, len(data))
        pieces = [data[start : start + 70_000] for start in range(0, len(data), 70_000)]
        assert status(ask(front, tus(front, whole) + chunked(pieces) + b"0\r\n\r\n", finish=True)) == b"204"
        assert offset(client, whole) == len(data)
        answer = ask(front, tus(front, broken) + chunked(pieces[:3]) + b"xyz\r\n")
        assert status(answer) == b"400"
        assert b"Tus-Resumable: 1.0.0" in answer
        assert offset(client, broken) == 210_000
    assert front.arrived(whole) == data


def chunked(pieces: Sequence[bytes]) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def tus(front: GatewayProcess, path: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in {**BODY, "Upload-Offset": "0"}.items()]
    return head("PATCH", path, f"Authorization: Bearer {front.token()}", CHUNKED, *lines)


def test_nothing_of_it_is_logged_as_an_error_of_ours(front: GatewayProcess, capfd: pytest.CaptureFixture[str]) -> None:
    for data in HEADS.values():
        ask(front, data)
    for body in BODIES.values():
        ask(front, head("POST", "/api/v1/otp", JSON, CHUNKED) + body)
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert "unexpected_error" not in said
