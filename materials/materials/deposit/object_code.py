"""Pages of object code as a hexadecimal listing: the ends of the file are read, never the whole."""

from __future__ import annotations

from io import BufferedReader

from chassis.confinement.model import Refused

from materials.deposit.model import BACK_PAGES, FRONT_PAGES, SOURCE_ROWS

ROW_BYTES = 24


def listing(stream: BufferedReader) -> list[list[str]]:
    """First 30 and last 30 pages, or the whole below 60 pages, each row with its offset."""
    size = stream.seek(0, 2)
    if size == 0:
        raise Refused("object_code_empty")
    rows = -(-size // ROW_BYTES)
    if rows <= (FRONT_PAGES + BACK_PAGES) * SOURCE_ROWS:
        return _pages(stream, 0, rows)
    return _pages(stream, 0, FRONT_PAGES * SOURCE_ROWS) + _pages(stream, rows - BACK_PAGES * SOURCE_ROWS, rows)


def _pages(stream: BufferedReader, first: int, end: int) -> list[list[str]]:
    stream.seek(first * ROW_BYTES)
    data = stream.read((end - first) * ROW_BYTES)
    rows = [
        f"{first * ROW_BYTES + start:08x}  {data[start : start + ROW_BYTES].hex(' ')}"
        for start in range(0, len(data), ROW_BYTES)
    ]
    return [rows[start : start + SOURCE_ROWS] for start in range(0, len(rows), SOURCE_ROWS)]
