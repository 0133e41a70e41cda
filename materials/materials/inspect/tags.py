"""Tags of TIFF directories, in TIFF files and in the EXIF of other images: read one by one, and changed in place.

A tag that makes no sense costs itself, not its neighbours: cameras, editors and messengers write many such. Nothing is
read but what is asked for, so that a file of a million tags costs no more than one of ten.
"""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

MOST_ENTRIES = 4096
"""Entries of a directory that are looked at; real ones have under a hundred."""
ORIENTATION, MAKE, MODEL, ACROSS, DOWN, UNIT, XMP = 0x0112, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x02BC
EXIF, POSITION, TAKEN, ICC = 0x8769, 0x8825, 0x9003, 0x8773
_LATITUDE, _LONGITUDE, _LATITUDE_THERE, _LONGITUDE_THERE = 2, 4, 20, 22
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_OF_CAMERA = (
    *(0x010E, MAKE, MODEL, 0x0131, 0x0132, 0x013B, 0x013C, XMP, 0x83BB, 0x8649, EXIF, POSITION, TAKEN),
    *(0x9004, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F, 0xC62F, 0xA430, 0xA431, 0xA433, 0xA434, 0xA435),
)
"""Tags of a directory that tell of camera, person, programs, time and place; none that shows the picture."""
_INCH = 2
_TURNING = (3, 4, 8, 9)


class NoTags(ValueError):
    """No header of a TIFF."""


@dataclass(frozen=True)
class Entry:
    """``place``: of its value in the stream; ``size``: bytes of the value; ``raw``: the entry as it is written."""

    kind: int
    count: int
    place: int
    size: int
    raw: bytes


@dataclass
class Directory:
    """``next``: place of the next one, 0 if there is none. ``damaged``: not all of it was there, or it is too long."""

    place: int
    entries: dict[int, Entry] = field(default_factory=dict)
    next: int = 0
    damaged: bool = False


class TagFile:
    """A stream that begins with the header of a TIFF (``II*``, ``MM*``, or their successors for large files)."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, io.SEEK_END)
        head = self._bytes(0, 16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            raise NoTags
        self.order = order
        version = self._number("H", head, 2)
        if version not in (42, 43) or (version == 43 and len(head) < 16):
            raise NoTags
        self.large = version == 43
        self.first = self._number("Q", head, 8) if self.large else self._number("I", head, 4)
        self.first_at = 8 if self.large else 4

    def directory(self, place: int) -> Directory:
        """The directory at a place; empty and ``damaged`` if there is none."""
        found = Directory(place)
        width, entry_size, word = (8, 20, "Q") if self.large else (2, 12, "H")
        head = self._bytes(place, width)
        if place < 8 or len(head) < width:
            found.damaged = True
            return found
        count = self._number(word, head, 0)
        table = self._bytes(place + width, min(count, MOST_ENTRIES) * entry_size)
        for start in range(0, len(table) - entry_size + 1, entry_size):
            tag, entry = self._entry(table[start : start + entry_size], place + width + start)
            found.entries.setdefault(tag, entry)
        found.damaged = len(table) < count * entry_size
        if not found.damaged:
            behind = self._bytes(place + width + count * entry_size, 8 if self.large else 4)
            if len(behind) == (8 if self.large else 4):
                found.next = self._number("Q" if self.large else "I", behind, 0)
        return found

    def _entry(self, raw: bytes, at: int) -> tuple[int, Entry]:
        tag, kind = self._number("H", raw, 0), self._number("H", raw, 2)
        count = self._number("Q" if self.large else "I", raw, 4)
        size = _SIZES.get(kind, 1) * count
        value_at, room = (12, 8) if self.large else (8, 4)
        place = at + value_at if size <= room else self._number("Q" if self.large else "I", raw, value_at)
        return tag, Entry(kind, count, place, size, raw)

    def data(self, entry: Entry | None, most: int = 1 << 24) -> bytes:
        """The value's bytes; empty if they are not in the file."""
        if entry is None or entry.place + entry.size > self.size:
            return b""
        return self._bytes(entry.place, min(entry.size, most))

    def wholes(self, entry: Entry | None, most: int = 1 << 16) -> list[int]:
        """Its whole numbers, whatever kind they were written as."""
        word = _WHOLE.get(entry.kind) if entry else None
        if entry is None or word is None:
            return []
        data = self.data(entry, most * _SIZES[entry.kind])
        width = struct.calcsize(word)
        return [self._number(word, data, start) for start in range(0, len(data) - width + 1, width)]

    def whole(self, entry: Entry | None) -> int | None:
        """The first whole number."""
        return next(iter(self.wholes(entry, 1)), None)

    def ratio(self, entry: Entry | None) -> float | None:
        """The first number, which may be a fraction; None for 0/0 and the like."""
        if entry is None:
            return None
        data = self.data(entry, 8)
        if entry.kind in (5, 10) and len(data) == 8:
            word = "I" if entry.kind == 5 else "i"
            above, below = self._number(word, data, 0), self._number(word, data, 4)
            return above / below if below else None
        if entry.kind in (11, 12) and len(data) == _SIZES[entry.kind]:
            value = float(struct.unpack(self.order + ("f" if entry.kind == 11 else "d"), data)[0])
            return value if math.isfinite(value) else None
        return self.whole(entry)

    def text(self, entry: Entry | None) -> str:
        """An entry's words up to its NUL, 200 bytes at most; empty without the entry."""
        return self.data(entry, 200).split(b"\0")[0].decode("utf-8", "replace").strip()

    def _bytes(self, place: int, length: int) -> bytes:
        if place < 0 or length <= 0 or place >= self.size:
            return b""
        self._stream.seek(place)
        return self._stream.read(length)

    def _number(self, word: str, data: bytes, start: int) -> int:
        return int(struct.unpack_from(self.order + word, data, start)[0])


@dataclass
class TagLabels:
    """What the tags say of an image. ``dpi``: as declared, of any value. ``damaged``: something in them makes no
    sense."""

    orientation: int = 1
    dpi: tuple[float, float] | None = None
    camera: str = ""
    taken_at: str = ""
    position: bool = False
    xmp: bytes = b""
    damaged: bool = False


def labels_of(tags: TagFile) -> TagLabels:
    """The labels of the first image."""
    labels = TagLabels()
    first = tags.directory(tags.first)
    entries = first.entries
    turned = entries.get(ORIENTATION)
    orientation = tags.whole(turned) if turned and turned.kind in _TURNING else None  # viewers ignore other kinds
    labels.orientation = orientation if orientation is not None and 1 <= orientation <= 8 else 1
    labels.damaged = first.damaged or (ORIENTATION in entries and orientation not in range(9))
    across, down = tags.ratio(entries.get(ACROSS)), tags.ratio(entries.get(DOWN))
    unit = tags.whole(entries.get(UNIT)) if UNIT in entries else _INCH
    factor = {2: 1.0, 3: 2.54}.get(unit if unit is not None else 0)
    if across is not None and down is not None and factor:
        labels.dpi = (across * factor, down * factor)
    labels.camera = " ".join(filter(None, (tags.text(entries.get(MAKE)), tags.text(entries.get(MODEL)))))[:80]
    labels.xmp = tags.data(entries.get(XMP))
    more = tags.directory(tags.whole(entries.get(EXIF)) or 0) if EXIF in entries else Directory(0)
    labels.taken_at = tags.text(more.entries.get(TAKEN))[:19]
    labels.damaged |= more.damaged
    for pointer in (entries.get(POSITION), more.entries.get(POSITION)):
        if pointer is not None:
            place = tags.directory(tags.whole(pointer) or 0)
            labels.damaged |= place.damaged
            labels.position |= _gives_away(place)
    return labels


def _gives_away(place: Directory) -> bool:
    """Latitude and longitude are there; an empty block gives nobody away."""
    return any(
        north in place.entries and east in place.entries
        for north, east in ((_LATITUDE, _LONGITUDE), (_LATITUDE_THERE, _LONGITUDE_THERE))
    )


def turned(orientation: int) -> bytes:
    """A block of tags that says how the picture is held, and nothing else."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)


def change(
    stream: BinaryIO, *, dpi: int | None = None, without_position: bool = False, without_camera: bool = False
) -> None:
    """Changes the labels of the first image in a stream open for writing; every other byte stays where it is.

    The first directory is written anew behind the end; what told the position, or anything of the camera,
    is overwritten with zeros. Raises ``NoTags`` or ``ValueError`` if that cannot be done.
    """
    tags = TagFile(stream)
    first = tags.directory(tags.first)
    if first.damaged:
        raise ValueError("directory incomplete")
    raw = {tag: entry.raw for tag, entry in first.entries.items()}
    if without_camera:
        _forget_camera(stream, tags, first, raw)
    elif without_position:
        more = tags.directory(tags.whole(first.entries.get(EXIF)) or 0)
        for pointer in (raw.pop(POSITION, None) and first.entries[POSITION], more.entries.get(POSITION)):
            if pointer:
                _overwrite(stream, tags, tags.directory(tags.whole(pointer) or 0))
        if XMP in raw and b"GPS" in tags.data(first.entries[XMP]):
            del raw[XMP]
            _zero(stream, tags, first.entries[XMP].place, first.entries[XMP].size)
    end = stream.seek(0, io.SEEK_END)
    stream.write(bytes(end % 2))
    if dpi is not None:
        value = struct.pack(tags.order + "II", dpi, 1)
        for tag in (ACROSS, DOWN):
            raw[tag] = _written(tags, tag, 5, value, stream.tell())
            if not tags.large:
                stream.write(value)
        raw[UNIT] = _written(tags, UNIT, 3, struct.pack(tags.order + "H", _INCH), 0)
    place = stream.tell()
    if not tags.large and place + 12 * len(raw) + 6 >= 1 << 32:
        raise ValueError("no room for another directory")
    stream.write(struct.pack(tags.order + ("Q" if tags.large else "H"), len(raw)))
    stream.write(b"".join(raw[tag] for tag in sorted(raw)))
    stream.write(struct.pack(tags.order + ("Q" if tags.large else "I"), first.next))
    stream.seek(tags.first_at)
    stream.write(struct.pack(tags.order + ("Q" if tags.large else "I"), place))


def _forget_camera(stream: BinaryIO, tags: TagFile, first: Directory, raw: dict[int, bytes]) -> None:
    """Takes the tags out of the first directory, and with them the directories that they lead to."""
    more = tags.directory(tags.whole(first.entries.get(EXIF)) or 0)
    for pointer in (first.entries.get(POSITION), more.entries.get(POSITION)):
        if pointer:
            _overwrite(stream, tags, tags.directory(tags.whole(pointer) or 0))
    _overwrite(stream, tags, more)
    for tag in _OF_CAMERA:
        if raw.pop(tag, None) is not None:
            _zero(stream, tags, first.entries[tag].place, first.entries[tag].size)


def _written(tags: TagFile, tag: int, kind: int, value: bytes, place: int) -> bytes:
    head = struct.pack(tags.order + ("HHQ" if tags.large else "HHI"), tag, kind, len(value) // _SIZES[kind])
    room = 8 if tags.large else 4
    if len(value) <= room:
        return head + value.ljust(room, b"\0")
    return head + struct.pack(tags.order + "I", place)


def _overwrite(stream: BinaryIO, tags: TagFile, directory: Directory) -> None:
    """A directory and all its values, so that nothing is left of it in the file."""
    for entry in directory.entries.values():
        _zero(stream, tags, entry.place, entry.size)
        width = len(entry.raw)
    if directory.entries:
        head = 8 if tags.large else 2
        _zero(stream, tags, directory.place, head + width * len(directory.entries))


def _zero(stream: BinaryIO, tags: TagFile, place: int, size: int) -> None:
    if place >= 8 and place + size <= tags.size and size < 1 << 24:
        stream.seek(place)
        stream.write(bytes(size))
