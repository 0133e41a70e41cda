"""MP3: duration from the Xing header where there is one, else by walking the frames."""

from __future__ import annotations

import struct
from io import BufferedReader
from typing import Any

_BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MAX_FRAMES = 2_000_000
_BLOCK = 1 << 20


def read(stream: BufferedReader, facts: Any) -> None:
    """Into ``facts``: duration in seconds, counted frame by frame, since the rate may vary, and the codec."""
    size = stream.seek(0, 2)
    place = _behind_id3(stream)
    seconds, frames = 0.0, 0
    buffer, base = b"", place
    while place + 4 <= size and frames < _MAX_FRAMES:
        if place + 200 > base + len(buffer):
            stream.seek(place)
            buffer, base = stream.read(_BLOCK), place
        offset = place - base
        frame = _frame(buffer[offset : offset + 4])
        if frame is None:
            if buffer[offset : offset + 3] == b"TAG" or frames == 0:
                break
            facts.truncated = size - place > 4096
            break
        length, samples, rate, channels = frame
        if frames == 0:
            facts.audio.append({"codec": "mp3", "rate": rate, "channels": channels})
            count = _xing_frames(buffer[offset : offset + 200])
            if count:
                facts.duration = count * samples / rate
                return
        seconds += samples / rate
        frames += 1
        place += length
    facts.readable = frames > 0
    facts.duration = round(seconds, 3) if frames else None


def _behind_id3(stream: BufferedReader) -> int:
    stream.seek(0)
    head = stream.read(10)
    if head[:3] != b"ID3":
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def _frame(head: bytes) -> tuple[int, int, int, int] | None:
    """(bytes, samples, rate, channels) of a layer III frame."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != 1:
        return None
    version = head[1] >> 3 & 3
    if version == 1 or head[2] >> 4 in (0, 15) or head[2] >> 2 & 3 == 3:
        return None
    first = version == 3
    bitrate = _BITRATES[1 if first else 2][head[2] >> 4] * 1000
    rate = _RATES[version][head[2] >> 2 & 3]
    samples = 1152 if first else 576
    length = samples // 8 * bitrate // rate + (head[2] >> 1 & 1)
    return length, samples, rate, 1 if head[3] >> 6 == 3 else 2


def _xing_frames(frame: bytes) -> int:
    for mark in (b"Xing", b"Info"):
        place = frame.find(mark)
        if place > 0 and frame[place + 7] & 1:
            return int(struct.unpack(">I", frame[place + 8 : place + 12])[0])
    return 0
