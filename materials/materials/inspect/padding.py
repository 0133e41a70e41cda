"""Where a file's content ends: transfers and old disks fill files up behind their end, with megabytes if need be."""

from __future__ import annotations

import io
from typing import BinaryIO

_FILLING = b"\x00\xff \t\r\n\x0c\x1a"
_BLOCK = 1 << 20


def content_end(stream: BinaryIO) -> int:
    """Bytes up to the last one that is not filling (NUL, 0xFF, blanks, line ends, Ctrl-Z); reads no more than that."""
    end = stream.seek(0, io.SEEK_END)
    step = 4096
    while end > 0:
        start = max(0, end - step)
        stream.seek(start)
        kept = len(stream.read(end - start).rstrip(_FILLING))
        if kept:
            return start + kept
        end, step = start, _BLOCK
    return 0


class Shortened(io.RawIOBase):
    """The first ``size`` bytes of a stream, for readers that look for the end of the content at the end of the file."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__()
        self._stream, self._size, self._place = stream, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a writable buffer, as the base says
        wanted = max(0, min(len(buffer), self._size - self._place))
        self._stream.seek(self._place)
        data = self._stream.read(wanted)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def without_padding(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or what stands before its filling where that is long enough to hide the end."""
    end = content_end(stream)
    stream.seek(0, io.SEEK_END)
    if stream.tell() - end <= _HIDES:
        stream.seek(0)
        return stream
    return io.BufferedReader(Shortened(stream, end), _BLOCK)


_HIDES = 512
"""Readers look for a PDF's end mark in the last kilobyte."""
