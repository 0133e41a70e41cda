"""Length-prefixed JSON over a Unix socket, with open files attached to a message."""

from __future__ import annotations

import json
import math
import os
import re
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
MAX_FILES = 16


class Closed(Exception):
    """The other side went away."""


class TooLarge(Exception):
    """The other side announced more bytes than it may send."""


def send(channel: socket.socket, message: dict[str, Any], files: list[int] | None = None) -> None:
    """One message, with open files beside it if there are any. OSError when the other side is gone."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    data = _LENGTH.pack(len(body)) + body
    if files:
        sent = socket.send_fds(channel, [data], files)
        data = data[sent:]
    if data:
        channel.sendall(data)


def receive(channel: socket.socket, limit: int) -> dict[str, Any]:
    """The next message. Raises ``Closed``, ``TooLarge`` or ``TimeoutError``."""
    (length,) = _LENGTH.unpack(_read(channel, _LENGTH.size))
    return _decode(channel, length, limit)


def receive_with_files(channel: socket.socket, limit: int) -> tuple[dict[str, Any], list[int]]:
    """The next message and the open files sent along with its first byte; the caller owns them."""
    data, files, _, _ = socket.recv_fds(channel, _LENGTH.size, MAX_FILES)
    for file in files:
        os.set_inheritable(file, False)
    if not data:
        raise Closed
    if len(data) < _LENGTH.size:
        data += _read(channel, _LENGTH.size - len(data))
    (length,) = _LENGTH.unpack(data)
    return _decode(channel, length, limit), files


def _decode(channel: socket.socket, length: int, limit: int) -> dict[str, Any]:
    """Whatever a file made the other side say can be stored: what no database keeps is replaced by U+FFFD, and what
    is no number by null. A report that cannot be stored would be made again and again."""
    if length > limit:
        raise TooLarge(length)
    data = _read(channel, length)
    text = data.decode("utf-8", "replace")
    message: dict[str, Any] = json.loads(text, parse_constant=lambda _: None, parse_float=_number)
    return _storable(message) if _SUSPICIOUS.search(text) else message


_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def _number(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _read(channel: socket.socket, count: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        try:
            chunk = channel.recv(min(count - len(chunks), 1 << 20))
        except ConnectionError as error:
            raise Closed from error
        if not chunk:
            raise Closed
        chunks += chunk
    return bytes(chunks)
