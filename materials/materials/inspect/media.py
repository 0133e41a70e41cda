"""Facts of audio and video files from their containers: duration, tracks, completeness. Nothing is decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any

from materials.inspect import media_mp4, media_mpeg


@dataclass
class MediaFacts:
    """``duration``: seconds, ``bitrate``: bits a second of the whole file on average; None if the container does not
    tell how long it lasts. ``truncated``: the file ends before it should."""

    container: str
    duration: float | None = None
    bitrate: int | None = None
    video: list[dict[str, Any]] = field(default_factory=list)
    audio: list[dict[str, Any]] = field(default_factory=list)
    truncated: bool = False
    readable: bool = True

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


_LONGEST = 100 * 3600
"""Seconds; a container that claims more is not believed."""


def read_facts(stream: BufferedReader, kind: str) -> MediaFacts:
    """``kind``: a word of ``filetype.detect``. Damaged containers give ``readable`` False, never an exception."""
    facts = MediaFacts(container=kind)
    reader = _READERS.get(kind)
    if reader is None:
        facts.readable = False
        return facts
    try:
        reader(stream, facts)
    except (struct.error, ValueError, IndexError, OverflowError, ZeroDivisionError):
        facts.readable = False
    if facts.duration is not None and not 0 <= facts.duration < _LONGEST:
        facts.duration = None  # also what is no number
    if facts.duration and not facts.truncated:
        facts.bitrate = round(stream.seek(0, 2) * 8 / facts.duration)
    return facts


def _read_wav(stream: BufferedReader, facts: MediaFacts) -> None:
    size = stream.seek(0, 2)
    place, rate = 12, 0
    while place + 8 <= size:
        stream.seek(place)
        name, length = struct.unpack("<4sI", stream.read(8))
        if name == b"fmt ":
            _, channels, sample_rate, rate, _, _ = struct.unpack("<HHIIHH", stream.read(16))
            facts.audio.append({"codec": "pcm", "rate": sample_rate, "channels": channels})
        elif name == b"data":
            there = size - place - 8
            facts.truncated = length > there and length < 0xFFFFFF00
            facts.duration = min(length, there) / rate if rate else None
            return
        place += 8 + length + length % 2
    facts.readable = False


def _read_flac(stream: BufferedReader, facts: MediaFacts) -> None:
    stream.seek(8)
    info = stream.read(34)
    packed = int.from_bytes(info[10:18], "big")
    rate, channels, samples = packed >> 44, (packed >> 41 & 7) + 1, packed & ((1 << 36) - 1)
    facts.audio.append({"codec": "flac", "rate": rate, "channels": channels})
    facts.duration = samples / rate if samples else None


def _read_ogg(stream: BufferedReader, facts: MediaFacts) -> None:
    """The rate from the first page, the length from the last page's position."""
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(4096)
    rate = 0
    if (place := head.find(b"\x01vorbis")) >= 0:
        channels, rate = struct.unpack("<BI", head[place + 11 : place + 16])
        facts.audio.append({"codec": "vorbis", "rate": rate, "channels": channels})
    elif (place := head.find(b"OpusHead")) >= 0:
        rate = 48_000
        facts.audio.append({"codec": "opus", "rate": rate, "channels": head[place + 9]})
    stream.seek(max(0, size - 65_536))
    tail = stream.read()
    last = tail.rfind(b"OggS")
    if rate and last >= 0:
        flags, position = struct.unpack("<xxxxxBq", tail[last : last + 14])
        facts.duration = position / rate if position > 0 else None
        facts.truncated = not flags & 4


def _read_avi(stream: BufferedReader, facts: MediaFacts) -> None:
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(65_536)
    (declared,) = struct.unpack("<I", head[4:8])
    facts.truncated = declared + 8 > size
    place = head.index(b"avih") + 8
    frame_time, _, _, _, frames, _, _, _, width, height = struct.unpack("<10I", head[place : place + 40])
    if width and height:
        facts.video.append({"codec": "", "width": width, "height": height})
        facts.duration = frame_time * frames / 1e6
    if b"auds" in head:
        facts.audio.append({"codec": "", "rate": 0, "channels": 0})


_EBML_NAMES = {
    0x18538067: "segment",
    0x1549A966: "info",
    0x1654AE6B: "tracks",
    0xAE: "track",
    0xE0: "video",
    0xE1: "audio",
}
_EBML_INSIDE = frozenset(_EBML_NAMES)


def _read_matroska(stream: BufferedReader, facts: MediaFacts) -> None:
    """Duration and tracks are near the front of every file made for playing."""
    size = stream.seek(0, 2)
    stream.seek(0)
    data = stream.read(1 << 20)
    values: dict[int, bytes] = {}
    track: dict[str, Any] = {}
    place = 0
    while place < len(data) - 2:
        identity, place = _ebml_number(data, place, keep_marker=True)
        length, place = _ebml_number(data, place, keep_marker=False)
        if identity in _EBML_INSIDE:
            if identity == 0xAE:
                track = {}
            facts.truncated |= identity == 0x18538067 and place + length > size
            continue
        body = data[place : place + length]
        if identity == 0x1F43B675:  # the first cluster: headers are over
            break
        if identity in (0x2AD7B1, 0x4489):
            values[identity] = body
        elif identity == 0x86:
            track["codec"] = body.decode("ascii", "replace")
            (facts.video if track["codec"].startswith("V_") else facts.audio).append(track)
        elif identity in (0xB0, 0xBA):
            track["width" if identity == 0xB0 else "height"] = int.from_bytes(body, "big")
        place += length
    scale = int.from_bytes(values.get(0x2AD7B1, b"\x0f\x42\x40"), "big")
    if 0x4489 in values:
        duration = struct.unpack(">f" if len(values[0x4489]) == 4 else ">d", values[0x4489])[0]
        facts.duration = duration * scale / 1e9


def _ebml_number(data: bytes, place: int, *, keep_marker: bool) -> tuple[int, int]:
    first = data[place]
    length = 9 - first.bit_length()
    if length > 8:
        raise ValueError("no EBML number")
    value = int.from_bytes(data[place : place + length], "big")
    if not keep_marker:
        value &= (1 << 7 * length) - 1
        if value == (1 << 7 * length) - 1:
            value = 0  # unknown size: what follows is inside
    return value, place + length


_READERS: dict[str, Any] = {
    "wav": _read_wav,
    "flac": _read_flac,
    "ogg": _read_ogg,
    "avi": _read_avi,
    "matroska": _read_matroska,
    "mp4": media_mp4.read,
    "m4a": media_mp4.read,
    "mp3": media_mpeg.read,
}
