"""What an image file says of itself beside its pixels: resolution, orientation, camera, place. Read from the containers
themselves, wherever in the file they stand."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from PIL import Image

from materials.inspect.tags import NoTags, TagFile, TagLabels, labels_of
from materials.inspect.tiff import has_tags

_MOST_PARTS = 20_000
_MOST_BYTES = 1 << 24
PNG_START = b"\x89PNG\r\n\x1a\n"
EXIF_MARK, XMP_MARK, MORE_XMP_MARK, PICTURES_MARK = (
    b"Exif\0\0",
    b"http://ns.adobe.com/xap/1.0/\0",
    b"http://ns.adobe.com/xmp/extension/\0",
    b"MPF\0",
)
_RAW_EXIF = re.compile(rb"^Raw profile type (?:exif|APP1)$", re.I)
_OWN_PICTURES = (0x020001, 0x020002, 0x020003)
"""Kinds of a multi-picture file that are pictures in their own right: panorama, stereo pair, angles (CIPA DC-007). The
others belong to the first: previews, gain maps, depth."""


@dataclass
class Labels:
    """``resolutions``: (source, across, down) in dpi, in the order in which they count. ``frames``: pictures as the
    container counts them, None if it does not."""

    resolutions: list[tuple[str, float, float]] = field(default_factory=list)
    tags: TagLabels = field(default_factory=TagLabels)
    position: bool = False
    frames: int | None = None


def read_labels(stream: BinaryIO, image: Image.Image) -> Labels:
    """Of an image that was opened from the stream. Never raises for what a file says."""
    labels = Labels()
    kind = image.format
    if kind in ("JPEG", "MPO"):
        _read_jpeg(stream, labels)
    elif kind == "PNG":
        _read_png(stream, labels)
    elif kind == "TIFF":
        _take(labels, _tags_in(stream), "tiff")
    elif kind == "WEBP":
        for name, data in webp_parts(stream):
            if name == b"EXIF":
                _take(labels, has_tags(data), "exif")
            elif name == b"XMP ":
                labels.position |= tells_position(data)
    else:
        _read_through_pillow(image, labels)
    labels.position |= labels.tags.position or tells_position(labels.tags.xmp)
    return labels


def _tags_in(stream: BinaryIO) -> TagFile | None:
    try:
        return TagFile(stream)
    except NoTags:
        return None


def _take(labels: Labels, tags: TagFile | None, source: str) -> None:
    if tags is None:
        labels.tags.damaged = True
        return
    found = labels_of(tags)
    position = labels.tags.position or found.position
    if not labels.tags.dpi and found.dpi:
        labels.resolutions.append((source, *found.dpi))
    labels.tags = found
    labels.tags.position = position


def tells_position(packet: bytes) -> bool:
    """Editors write the place into XMP, some of them there alone."""
    return b"GPSLatitude" in packet or b"GPSLatitude" in packet.replace(b"\0", b"")


def jpeg_segments(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """(marker, body, offset behind it) of a JPEG's header, up to the start of the pixels; fill bytes are left out."""
    stream.seek(0)
    if stream.read(2) != b"\xff\xd8":
        return
    for _ in range(_MOST_PARTS):
        head = stream.read(2)
        while head[:1] == b"\xff" and head[1:] == b"\xff":
            head = b"\xff" + stream.read(1)
        if len(head) < 2 or head[0] != 0xFF or head[1] == 0xDA or 0xD0 <= head[1] <= 0xD9:
            return
        size = stream.read(2)
        length = struct.unpack(">H", size)[0] if len(size) == 2 else 0
        if length < 2:
            return
        body = stream.read(length - 2)
        yield head[1], body, stream.tell()


def _read_jpeg(stream: BinaryIO, labels: Labels) -> None:
    own = 1
    for marker, body, _ in jpeg_segments(stream):
        if marker == 0xE0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            unit, across, down = struct.unpack(">BHH", body[7:12])
            if unit in (1, 2):
                factor = 1.0 if unit == 1 else 2.54
                labels.resolutions.append(("jfif", across * factor, down * factor))
        elif marker == 0xE1 and body.startswith(EXIF_MARK):
            _take(labels, has_tags(body), "exif")
        elif marker == 0xE1 and body.startswith((XMP_MARK, MORE_XMP_MARK)):
            labels.position |= tells_position(body)
        elif marker == 0xE2 and body.startswith(PICTURES_MARK):
            own = max(own, _own_pictures(body[len(PICTURES_MARK) :]))
    labels.frames = own


def _own_pictures(block: bytes) -> int:
    """How many of the pictures in a multi-picture file are pictures of their own."""
    tags = has_tags(block)
    if tags is None:
        return 1
    listed = tags.data(tags.directory(tags.first).entries.get(0xB002))
    kinds = [
        struct.unpack_from(tags.order + "I", listed, start)[0] & 0xFFFFFF for start in range(0, len(listed) - 15, 16)
    ]
    return max(1, sum(kind in _OWN_PICTURES for kind in kinds))


def png_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of the data, length) of each chunk as far as the file goes."""
    size = stream.seek(0, io.SEEK_END)
    place = len(PNG_START)
    for _ in range(_MOST_PARTS):
        stream.seek(place)
        head = stream.read(8)
        if len(head) < 8:
            return
        length = struct.unpack(">I", head[:4])[0]
        yield head[4:], place + 8, length
        place += 12 + length
        if place > size or head[4:] == b"IEND":
            return


def _read_png(stream: BinaryIO, labels: Labels) -> None:
    labels.frames = 1
    for name, place, length in png_chunks(stream):
        if name not in (b"pHYs", b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"acTL") or length > _MOST_BYTES:
            continue
        stream.seek(place)
        data = stream.read(length)
        if name == b"pHYs" and len(data) == 9:
            across, down, unit = struct.unpack(">IIB", data)
            if unit == 1:
                labels.resolutions.insert(0, ("png", across * 0.0254, down * 0.0254))
        elif name == b"acTL":
            labels.frames = None
        elif name == b"eXIf":
            _take(labels, has_tags(data), "exif")
        else:
            exif, packet = png_text(name, data)
            if exif:
                _take(labels, has_tags(exif), "exif")
            labels.position |= tells_position(packet)
    labels.resolutions = [item for item in labels.resolutions if item[0] == "png"]


def png_text(name: bytes, data: bytes) -> tuple[bytes, bytes]:
    """(EXIF, XMP or other text) of a chunk of text."""
    key, _, rest = data.partition(b"\0")
    if name == b"iTXt" and len(rest) > 2:
        packed, rest = rest[0] == 1, rest[2:].split(b"\0", 2)[-1]
    else:
        packed, rest = name == b"zTXt", rest[1:] if name == b"zTXt" else rest
    if packed:
        try:
            rest = zlib.decompressobj().decompress(rest, _MOST_BYTES)
        except zlib.error:
            return b"", b""
    if not _RAW_EXIF.match(key):
        return b"", rest
    digits = b"".join(rest.split()[2:])
    try:
        return bytes.fromhex(digits.decode("ascii")), b""
    except ValueError:
        return b"", rest


def webp_parts(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """(name, data) of the labels in a WebP file."""
    size, place = stream.seek(0, io.SEEK_END), 12
    for _ in range(_MOST_PARTS):
        stream.seek(place)
        head = stream.read(8)
        if len(head) < 8 or place >= size:
            return
        length = struct.unpack("<I", head[4:])[0]
        if head[:4] in (b"EXIF", b"XMP ") and length <= _MOST_BYTES:
            yield head[:4], stream.read(length)
        place += 8 + length + length % 2


def _read_through_pillow(image: Image.Image, labels: Labels) -> None:
    exif, packet = image.info.get("exif"), image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if isinstance(exif, bytes):
        _take(labels, has_tags(exif), "exif")
        labels.resolutions = []
    labels.position |= tells_position(packet if isinstance(packet, bytes) else str(packet).encode())
    dpi = image.info.get("dpi")
    if isinstance(dpi, tuple) and len(dpi) == 2:
        labels.resolutions.append((str(image.format).lower(), float(dpi[0]), float(dpi[1])))
