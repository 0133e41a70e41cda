"""MP4, MOV and M4A: duration and tracks from the movie header, completeness from the sizes of the boxes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

_INSIDE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_MAX_HEADER = 16 << 20


def read(stream: BufferedReader, facts: Any) -> None:
    """Into ``facts``: duration in seconds, tracks, and what is missing. ``ValueError`` for broken boxes."""
    size = stream.seek(0, 2)
    found = False
    place = 0
    while place + 8 <= size:
        stream.seek(place)
        length, name = struct.unpack(">I4s", stream.read(8))
        header = 8
        if length == 1:
            (length,), header = struct.unpack(">Q", stream.read(8)), 16
        elif length == 0:
            length = size - place
        if length < header:
            raise ValueError("box too short")
        if place + length > size:
            facts.truncated = True
        if name == b"moov":
            found = True
            _read_movie(stream.read(min(length - header, _MAX_HEADER)), facts)
        place += length
    if not found:  # without its movie header, usually written last, nothing plays
        facts.truncated = True
        facts.readable = False


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, start of body, end of body) of the boxes and those inside them, depth first."""
    place = start
    while place + 8 <= end:
        length, name = struct.unpack(">I4s", data[place : place + 8])
        if length < 8:
            return
        stop = min(place + length, end)
        yield name, place + 8, stop
        if name in _INSIDE:
            yield from _boxes(data, place + 8, stop)
        place += length


def _read_movie(data: bytes, facts: Any) -> None:
    track: dict[str, Any] = {}
    for name, start, end in _boxes(data, 0, len(data)):
        body = data[start:end]
        if name == b"mvhd":
            scale, duration = _time(body)
            facts.duration = duration / scale if scale else None
        elif name == b"trak":
            track = {}
        elif name == b"tkhd" and len(body) >= 84:
            width, height = struct.unpack(">II", body[-8:])
            track |= {"width": width >> 16, "height": height >> 16}
        elif name == b"hdlr":
            kind = body[8:12]
            if kind == b"vide":
                facts.video.append(track)
            elif kind == b"soun":
                facts.audio.append(track)
        elif name == b"stsd" and len(body) >= 16:
            track["codec"] = body[12:16].decode("ascii", "replace").strip()


def _time(body: bytes) -> tuple[int, int]:
    if body[0] == 1:
        scale, duration = struct.unpack(">IQ", body[20:32])
    else:
        scale, duration = struct.unpack(">II", body[12:20])
    return scale, duration
