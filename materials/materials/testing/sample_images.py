"""Makes images, tag by tag, that no library would write: odd labels, odd variants, colours of other spaces."""

from __future__ import annotations

import struct
from collections.abc import Sequence

WIDE_GAMUTS: dict[str, tuple[float, tuple[tuple[float, float, float], ...]]] = {
    "Adobe RGB (1998)": (2.2, ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))),
    "Display P3": (2.2, ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))),
    "ProPhoto RGB": (1.8, ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))),
}
"""Name → gamma, and what red, green and blue are in XYZ (D50)."""


def colour_profile(name: str) -> bytes:
    """An ICC profile (version 2) of one of the ``WIDE_GAMUTS``."""
    gamma, primaries = WIDE_GAMUTS[name]

    def xyz(values: Sequence[float]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(round(value * 65536).to_bytes(4, "big", signed=True) for value in values)

    curve = b"curv\0\0\0\0\0\0\0\1" + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    white = (0.9642, 1.0, 0.8249)
    title = name.encode() + b"\0"
    parts = {b"desc": (b"desc\0\0\0\0" + len(title).to_bytes(4, "big") + title).ljust(90 + len(title), b"\0")}
    parts[b"wtpt"] = xyz(white)
    parts |= {mark: xyz(values) for mark, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)}
    parts |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body, start = b"", b"", 128 + 4 + 12 * len(parts)
    for mark, data in parts.items():
        table += mark + (start + len(body)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        body += data.ljust(-(-len(data) // 4) * 4, b"\0")
    head = (start + len(body)).to_bytes(4, "big") + b"\0\0\0\0\x02\x10\0\0mntrRGB XYZ " + bytes(12) + b"acsp"
    head = (head + bytes(28) + xyz(white)[8:]).ljust(128, b"\0")
    return head + len(parts).to_bytes(4, "big") + table + body


def tags_block(
    entries: dict[int, tuple[int, Sequence[int]]], *, order: str = "<", place: dict[int, Sequence[int]]
) -> bytes:
    """An EXIF block whose first directory has ``entries`` (tag → kind, values of 4 bytes or less) and a directory of
    ``place`` (tag → degrees, minutes, seconds) for the position."""
    size = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}
    word = {1: "B", 2: "B", 3: "H", 4: "I", 7: "B"}
    first = 8
    second = first + 2 + 12 * (len(entries) + 1) + 4
    values = second + 2 + 12 * len(place) + 4

    def directory(rows: list[bytes]) -> bytes:
        return struct.pack(order + "H", len(rows)) + b"".join(rows) + bytes(4)

    rows = {
        tag: struct.pack(order + "HHI", tag, kind, len(parts))
        + struct.pack(order + word.get(kind, "I") * len(parts), *parts).ljust(4, b"\0")
        for tag, (kind, parts) in entries.items()
    }
    rows[0x8825] = struct.pack(order + "HHII", 0x8825, 4, 1, second)
    assert all(len(parts) * size.get(kind, 4) <= 4 for kind, parts in entries.values())
    places, tail = [], b""
    for tag in sorted(place):
        if tag in (1, 3):
            places.append(struct.pack(order + "HHI", tag, 2, 2) + bytes(place[tag]).ljust(4, b"\0"))
            continue
        places.append(struct.pack(order + "HHII", tag, 5, 3, values + len(tail)))
        tail += b"".join(struct.pack(order + "II", part, 1) for part in place[tag])
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return (
        mark
        + struct.pack(order + "I", first)
        + directory([rows[tag] for tag in sorted(rows)])
        + directory(places)
        + tail
    )


def tiff_of(
    fields: dict[int, tuple[int, Sequence[int]]], strips: Sequence[bytes], *, order: str = "<", large: bool = False
) -> bytes:
    """A TIFF of one picture from its tags (tag → kind, whole numbers) and the bytes of its strips."""
    word = {1: "B", 3: "H", 4: "I", 16: "Q"}
    room, offset = (8, "Q") if large else (4, "I")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if large else 42)
    head += struct.pack(order + "HHQ", 8, 0, 16) if large else struct.pack(order + "I", 8)
    count = len(fields) + 2
    start = len(head) + (8 + 20 * count + 8 if large else 2 + 12 * count + 4)
    places, body = [], b""
    for strip in strips:
        places.append(start + len(body))
        body += strip
    all_fields = dict(fields) | {273: (16 if large else 4, places), 279: (4, [len(strip) for strip in strips])}
    rows = b""
    for tag, (kind, values) in sorted(all_fields.items()):
        value = struct.pack(order + word[kind] * len(values), *values)
        rows += struct.pack(order + ("HHQ" if large else "HHI"), tag, kind, len(values))
        if len(value) > room:
            rows += struct.pack(order + offset, start + len(body))
            body += value
        else:
            rows += value.ljust(room, b"\0")
    return head + struct.pack(order + ("Q" if large else "H"), count) + rows + bytes(8 if large else 4) + body
