"""How many pictures a file holds, counted without decoding any, and with an end: frames are cheap to claim."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image

MOST_FRAMES = 1000
"""More are not counted."""
_MOST_BLOCKS = 200_000


def count(stream: BinaryIO, image: Image.Image, told: int | None) -> int:
    """Of any format but TIFF; ``told``: what the container's own labels say. The layers of a PSD are one picture."""
    if told is not None:
        return min(told, MOST_FRAMES)
    if image.format == "GIF":
        return max(1, _in_gif(stream))
    if image.format in ("PNG", "WEBP", "AVIF"):  # from their headers
        return max(1, min(int(getattr(image, "n_frames", 1)), MOST_FRAMES))
    return 1


def _in_gif(stream: BinaryIO) -> int:
    """Image descriptors, block by block."""
    stream.seek(0)
    buffered = io.BufferedReader(_Raw(stream), 1 << 16)
    head = buffered.read(13)
    if len(head) < 13:
        return 0
    if head[10] & 0x80:
        buffered.read(3 << ((head[10] & 7) + 1))
    found = 0
    for _ in range(_MOST_BLOCKS):
        mark = buffered.read(1)
        if mark == b"," and len(shape := buffered.read(9)) == 9:
            found += 1
            if found >= MOST_FRAMES:
                break
            if shape[8] & 0x80:
                buffered.read(3 << ((shape[8] & 7) + 1))
            buffered.read(1)
        elif mark == b"!":
            buffered.read(1)
        elif mark != b"\0":
            break
        else:
            continue
        while length := buffered.read(1):
            if length == b"\0":
                break
            buffered.read(length[0])
    return found


class _Raw(io.RawIOBase):
    """A stream that is not closed with its reader."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a writable buffer, as the base says
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
