"""Exchanges the labels of a JPEG without touching its compressed pixels."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from PIL import Image

_EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/"
_APP0, _APP1, _SCAN = 0xE0, 0xE1, 0xDA


def without_position(data: bytes) -> bytes:
    """Drops the GPS block from EXIF, and XMP packets that carry a position."""

    def edit(marker: int, body: bytes) -> bytes | None:
        if marker == _APP1 and body.startswith(_EXIF):
            exif = Image.Exif()
            exif.load(body)
            _drop_position(exif)
            return exif.tobytes()
        if marker == _APP1 and body.startswith(_XMP) and b"GPS" in body:
            return None
        return body

    return _rewritten(data, edit)


def _drop_position(exif: Image.Exif) -> None:
    """Pillow keeps sub-directories that were read; the GPS pointer has to go from both places."""
    exif.get_ifd(0x8769)
    if 0x8825 in exif:
        del exif[0x8825]
    exif._ifds.pop(0x8825, None)


def with_resolution(data: bytes, dpi: int) -> bytes:
    """Sets JFIF and EXIF resolution to ``dpi`` per inch."""
    seen = []

    def edit(marker: int, body: bytes) -> bytes | None:
        if marker == _APP0 and body.startswith(b"JFIF\x00") and len(body) >= 12:
            seen.append("jfif")
            return body[:7] + b"\x01" + struct.pack(">HH", dpi, dpi) + body[12:]
        if marker == _APP1 and body.startswith(_EXIF):
            exif = Image.Exif()
            exif.load(body)
            exif.get_ifd(0x8769)
            exif[0x011A], exif[0x011B], exif[0x0128] = float(dpi), float(dpi), 2
            return exif.tobytes()
        return body

    changed = _rewritten(data, edit)
    if seen:
        return changed
    jfif = b"JFIF\x00\x01\x01\x01" + struct.pack(">HH", dpi, dpi) + b"\x00\x00"
    return changed[:2] + _segment(_APP0, jfif) + changed[2:]


def _rewritten(data: bytes, edit: Callable[[int, bytes], bytes | None]) -> bytes:
    out = bytearray(data[:2])
    pixels = 2
    for marker, body, end in header_segments(data):
        pixels = end
        changed = edit(marker, body)
        if changed is not None:
            out += _segment(marker, changed)
    return bytes(out) + data[pixels:]


def header_segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """(marker, body, offset behind it) of the header's segments, up to the start of the pixels."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == _SCAN or marker == 0xFF or 0xD0 <= marker <= 0xD9:
            return
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        yield marker, data[place + 4 : place + 2 + length], place + 2 + length
        place += 2 + length


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
