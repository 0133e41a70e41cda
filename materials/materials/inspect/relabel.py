"""Exchanges the labels of an image file without touching its pixels: resolution, place, camera."""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from typing import BinaryIO

from materials.inspect import tags
from materials.inspect.labels import (
    EXIF_MARK,
    MORE_XMP_MARK,
    PICTURES_MARK,
    PNG_START,
    XMP_MARK,
    jpeg_segments,
    png_chunks,
    png_text,
    tells_position,
)
from materials.inspect.tiff import has_tags

FORMATS = frozenset({"JPEG", "MPO", "PNG", "TIFF", "BMP"})
"""Pillow's names of the formats whose labels can be exchanged; BMP has none of a place."""
_LONGEST_SEGMENT = 65_533
_BMP_RESOLUTION = 38
_COMMENT, _COLOURS = 0xFE, b"ICC_PROFILE\0"
_PNG_WORDS = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")


class CannotRelabel(ValueError):
    """The file's labels are in a form that cannot be changed in place."""


def relabel(
    source: BinaryIO,
    output: BinaryIO,
    kind: str,
    *,
    dpi: int | None = None,
    without_position: bool = False,
    without_camera: int = 0,
) -> bool:
    """Writes the file with other labels; whether something that was appended to it went as well.

    ``without_camera``: how the picture is held (EXIF orientation), which is then all that is left of what camera and
    programs wrote; 0: their labels stay.

    Removing the place cuts off what is appended to a JPEG (the film of a moving photograph, a second picture): it says
    where it was taken, too. Raises ``CannotRelabel``.
    """
    source.seek(0)
    try:
        if kind in ("JPEG", "MPO"):
            if without_camera:
                return _bare_jpeg(source, output, dpi, without_camera)
            return _jpeg(source, output, dpi, without_position)
        if kind == "PNG":
            _png(source, output, dpi, without_position, without_camera)
        elif kind == "TIFF":
            shutil.copyfileobj(source, output, 1 << 20)
            tags.change(output, dpi=dpi, without_position=without_position, without_camera=bool(without_camera))
        elif kind == "BMP":
            _bmp(source, output, dpi)
        else:
            raise CannotRelabel(kind)
    except CannotRelabel:
        raise
    except (ValueError, struct.error, OSError) as error:
        raise CannotRelabel(str(error)) from error
    return False


def _jpeg(source: BinaryIO, output: BinaryIO, dpi: int | None, without_position: bool) -> bool:
    segments = list(jpeg_segments(source))
    pixels = segments[-1][2] if segments else 2
    labelled = any(marker == 0xE0 and body.startswith(b"JFIF\0") for marker, body, _ in segments)
    output.write(b"\xff\xd8")
    if dpi is not None and not labelled:
        _segment(output, 0xE0, b"JFIF\0\x01\x01\x01" + struct.pack(">HH", dpi, dpi) + b"\0\0")
    for marker, body, _ in segments:
        kept: bytes | None = body
        if marker == 0xE0 and body.startswith(b"JFIF\0") and dpi is not None and len(body) >= 12:
            kept = body[:7] + b"\x01" + struct.pack(">HH", dpi, dpi) + body[12:]
        elif marker == 0xE1 and body.startswith(EXIF_MARK):
            kept = _exif(body, dpi, without_position)
        elif without_position and _leads_to_position(marker, body):
            kept = None
        if kept is not None:
            _segment(output, marker, kept)
    source.seek(pixels)
    if not without_position:
        shutil.copyfileobj(source, output, 1 << 20)
        return False
    return _first_picture(source, output)


def _first_picture(source: BinaryIO, output: BinaryIO) -> bool:
    """Its pixels alone; whether something followed."""
    data = source.read()
    end = _end_of_picture(data)
    output.write(data[:end])
    return len(data[end:].strip(b"\0\xff\r\n ")) > 0


def _bare_jpeg(source: BinaryIO, output: BinaryIO, dpi: int | None, orientation: int) -> bool:
    """What shows the picture: tables, colours, resolution, and how it is held."""
    segments = list(jpeg_segments(source))
    output.write(b"\xff\xd8")
    if dpi is not None:
        _segment(output, 0xE0, b"JFIF\0\x01\x01\x01" + struct.pack(">HH", dpi, dpi) + b"\0\0")
    if orientation != 1:
        _segment(output, 0xE1, EXIF_MARK + tags.turned(orientation))
    for marker, body, _ in segments:
        if (
            (not 0xE0 <= marker <= 0xEF and marker != _COMMENT)
            or (marker == 0xE2 and body.startswith(_COLOURS))
            or (marker == 0xEE and body.startswith(b"Adobe"))
        ):
            _segment(output, marker, body)
    source.seek(segments[-1][2] if segments else 2)
    return _first_picture(source, output)


def _leads_to_position(marker: int, body: bytes) -> bool:
    """An editor's packet that tells the place, or the list of pictures that are appended."""
    if marker == 0xE1:
        return body.startswith((XMP_MARK, MORE_XMP_MARK)) and b"GPS" in body
    return marker == 0xE2 and body.startswith(PICTURES_MARK)


def _exif(body: bytes, dpi: int | None, without_position: bool) -> bytes | None:
    """The block with other labels. One that cannot be changed goes if it has to lose its place, else it stays."""
    block = io.BytesIO(body[len(EXIF_MARK) :])
    try:
        tags.change(block, dpi=dpi, without_position=without_position)
    except ValueError:
        return None if without_position else body
    changed = EXIF_MARK + block.getvalue()
    if len(changed) > _LONGEST_SEGMENT:
        return None if without_position else body
    return changed


def _segment(output: BinaryIO, marker: int, body: bytes) -> None:
    output.write(bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body)


def _end_of_picture(data: bytes) -> int:
    """Behind the end mark of the picture whose scan begins the data; scans may have segments between them."""
    place = 0
    while (place := data.find(b"\xff", place)) >= 0 and place + 1 < len(data):
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8 or place + 4 > len(data):
            place += 1 if marker == 0xFF else 2
        else:
            place += 2 + int(struct.unpack_from(">H", data, place + 2)[0])
    return len(data)


def _png(source: BinaryIO, output: BinaryIO, dpi: int | None, without_position: bool, without_camera: int) -> None:
    output.write(PNG_START)
    wanted = b"" if dpi is None else struct.pack(">IIB", round(dpi / 0.0254), round(dpi / 0.0254), 1)
    for name, place, length in png_chunks(source):
        if without_camera and name in _PNG_WORDS:
            continue
        source.seek(place)
        if name in (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"pHYs"):
            data: bytes | None = source.read(length)
            assert data is not None
            if name == b"pHYs":
                data = data if dpi is None else None
            elif without_position and _tells(name, data):
                data = _png_exif(data) if name == b"eXIf" else None
            if data is not None:
                _chunk(output, name, data)
            continue
        output.write(struct.pack(">I", length) + name)
        _copy(source, output, length + 4)
        if name == b"IHDR" and wanted:
            _chunk(output, b"pHYs", wanted)
        if name == b"IHDR" and without_camera > 1:
            _chunk(output, b"eXIf", tags.turned(without_camera))


def _tells(name: bytes, data: bytes) -> bool:
    if name == b"eXIf":
        return True
    exif, packet = png_text(name, data)
    return tells_position(packet) or (bool(exif) and has_tags(exif) is not None)


def _png_exif(data: bytes) -> bytes | None:
    block = io.BytesIO(data)
    try:
        tags.change(block, without_position=True)
    except ValueError:
        return None
    return block.getvalue()


def _chunk(output: BinaryIO, name: bytes, data: bytes) -> None:
    output.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)))


def _copy(source: BinaryIO, output: BinaryIO, length: int) -> None:
    while length > 0 and (block := source.read(min(length, 1 << 20))):
        output.write(block)
        length -= len(block)


def _bmp(source: BinaryIO, output: BinaryIO, dpi: int | None) -> None:
    data = source.read(_BMP_RESOLUTION + 8)
    if len(data) < _BMP_RESOLUTION + 8 or struct.unpack_from("<I", data, 14)[0] < 40:
        raise CannotRelabel("BMP of the oldest kind")
    if dpi is not None:
        data = data[:_BMP_RESOLUTION] + struct.pack("<ii", round(dpi / 0.0254), round(dpi / 0.0254))
    output.write(data)
    shutil.copyfileobj(source, output, 1 << 20)
