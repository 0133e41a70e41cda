"""Has enough of a request arrived to give it a thread? Pure: looks at bytes, and leaves their meaning to the parser."""

from __future__ import annotations

import re
from enum import Enum, auto

HEAD_LIMIT = 64 * 1024
"""Bytes of a head; ours have some hundreds, a browser's with cookies some thousands."""
SMALL = 64 * 1024
"""Bodies up to this many bytes are waited for without a thread; larger ones are read by a thread as they come."""
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:", re.IGNORECASE)
_BARE = re.compile(rb"(?<!\r)\n")


class Arrival(Enum):
    """``NOTHING``, ``PART`` (of the head) and ``BODY`` (of a small one) are waited for. ``WHOLE`` is also what the
    parser will not like, whatever follows. ``LARGE``: a thread has to read the body."""

    NOTHING = auto()
    PART = auto()
    BODY = auto()
    WHOLE = auto()
    LARGE = auto()
    TOO_LONG = auto()


def judge(data: bytes) -> Arrival:
    """What to do about a connection on which ``data`` has come and was not read yet."""
    if not data:
        return Arrival.NOTHING
    start = 2 if data.startswith(b"\r\n") else 0  # the parser passes over one empty line
    end = data.find(b"\r\n\r\n", start)
    if end < 0:
        if _BARE.search(data):
            return Arrival.WHOLE
        return Arrival.PART if len(data) <= HEAD_LIMIT else Arrival.TOO_LONG
    if end > HEAD_LIMIT:
        return Arrival.TOO_LONG
    return _judge_body(data, end)


def _judge_body(data: bytes, end: int) -> Arrival:
    head = data[: end + 2]
    framing = [name.lower() for name in _FRAMING.findall(head)]
    lengths, codings = framing.count(b"content-length"), framing.count(b"transfer-encoding")
    length = _LENGTH.search(head)
    if lengths + codings != 1 or (lengths and length is None):
        return Arrival.WHOLE  # without a body, or nobody can say where it ends
    if length is None or b"expect" in framing:
        return Arrival.LARGE
    size = int(length[1])
    if len(data) - end - 4 >= size:
        return Arrival.WHOLE
    return Arrival.BODY if size <= SMALL else Arrival.LARGE


def forwarded_for(data: bytes) -> str:
    """All that the head says in ``X-Forwarded-For``, as a proxy before us has appended to it."""
    end = data.find(b"\r\n\r\n")
    return ",".join(value.decode("latin-1") for value in _FORWARDED.findall(data[: end + 2]))


_FORWARDED = re.compile(rb"\r\nx-forwarded-for:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
