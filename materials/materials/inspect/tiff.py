"""The structure of a TIFF, looked at before a decoder follows it: chains of directories may be made to have no end."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from materials.inspect.tags import Directory, Entry, NoTags, TagFile

MOST_FRAMES = 1000
"""More are not counted."""
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _MEANING = 0x100, 0x101, 0x102, 0x103, 0x106
_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES, _PLANES, _NEW_KIND = 0x111, 0x117, 0x144, 0x145, 0x11C, 0xFE
_SUBSAMPLING = 0x212
_REDUCED = 1
_SAID = {
    2: "CCITT", 3: "CCITT G3", 4: "CCITT G4", 5: "LZW", 6: "JPEG (1992)", 7: "JPEG", 8: "Deflate", 32773: "PackBits",
    32946: "Deflate", 34661: "JBIG", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA", 50000: "Zstandard",
    50001: "WebP", 52546: "JPEG XL",
}  # fmt: skip
_ALWAYS_DECODED = (1, 2, 3, 4, 5, 8, 32773, 32946)
"""Compressions whose failure is the file's, not the decoder's; those of the second kind may be of a variant."""
_COMMON = (0, 1, 2, 3, 5)


@dataclass(frozen=True)
class Structure:
    """``frames``: directories that are pictures of their own, not smaller copies, up to ``MOST_FRAMES``; ``sound``: all
    data of the first are in the file; ``excessive``: tags refer to more data than any picture needs; ``usual``: of a
    variant that every decoder knows; ``variant``: in words; ``misread``: Pillow shows something else than is meant."""

    width: int
    height: int
    frames: int
    sound: bool
    excessive: bool
    usual: bool
    variant: str
    misread: bool


def read_structure(stream: BinaryIO) -> Structure | None:
    """None if it is no TIFF, or has no first directory."""
    try:
        tags = TagFile(stream)
    except NoTags:
        return None
    place, seen, frames, claimed = tags.first, set[int](), 0, 0
    first: Directory | None = None
    excessive = False
    while place and place not in seen and len(seen) < MOST_FRAMES:
        seen.add(place)
        directory = tags.directory(place)
        if not directory.entries:
            break
        first = first or directory
        claimed += sum(entry.size for entry in directory.entries.values() if entry.size > 8)
        excessive |= directory.damaged and len(directory.entries) > 1000
        if len(seen) == 1 or not (tags.whole(directory.entries.get(_NEW_KIND)) or 0) & _REDUCED:
            frames += 1
        place = directory.next
    if first is None:
        return None
    return _described(tags, first, frames, excessive or claimed > 2 * tags.size + (1 << 16))


def _described(tags: TagFile, first: Directory, frames: int, excessive: bool) -> Structure:
    entry = first.entries.get
    compression = tags.whole(entry(_COMPRESSION)) or 1
    meaning = tags.whole(entry(_MEANING))
    bits = tags.wholes(entry(_BITS), 16) or [1]
    planes = tags.whole(entry(_PLANES)) or 1
    words = [
        "BigTIFF" if tags.large else "TIFF",
        "MM" if tags.order == ">" else "II",
        "/".join(map(str, bits)) + " bit",
    ]
    words.append(_SAID.get(compression, str(compression)) if compression != 1 else "")
    words.append({6: "YCbCr", 8: "Lab", 9: "ICC Lab", 10: "ITU Lab", 32803: "CFA", 34892: "Raw"}.get(meaning or 0, ""))
    words += ["planes" if planes == 2 else "", "tiles" if _TILES in first.entries else ""]
    return Structure(
        width=tags.whole(entry(_WIDTH)) or 0,
        height=tags.whole(entry(_HEIGHT)) or 0,
        frames=frames,
        sound=_all_there(tags, entry(_STRIPS) or entry(_TILES), entry(_STRIP_SIZES) or entry(_TILE_SIZES)),
        excessive=excessive,
        usual=compression in _ALWAYS_DECODED and meaning in _COMMON and set(bits) <= {1, 8} and planes == 1,
        variant=" ".join(filter(None, words)),
        misread=meaning == 6 and compression == 1 and (tags.wholes(entry(_SUBSAMPLING), 2) or [2, 2]) != [1, 1],
    )


def _all_there(tags: TagFile, places: Entry | None, sizes: Entry | None) -> bool:
    starts, lengths = tags.wholes(places, 1 << 20), tags.wholes(sizes, 1 << 20)
    if not starts or (lengths and len(lengths) != len(starts)):
        return False
    return all(start + length <= tags.size for start, length in zip(starts, lengths or [1] * len(starts), strict=True))


def has_tags(data: bytes) -> TagFile | None:
    """The tags of an EXIF block, with or without its mark in front; None if it is none."""
    try:
        return TagFile(io.BytesIO(data.removeprefix(b"Exif\0\0")))
    except NoTags:
        return None
