"""CSV and TSV as exports write them: a header, one row a line, quotes doubled, line breaks only inside quotes.

Lines are found in bytes: no character of GB18030 or UTF-8 has a line break, comma, tab or quote for its second byte. So
a row in another encoding, with half a character or a stray quote is one bad row and not the end of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice, repeat
from pathlib import Path
from typing import BinaryIO

from chassis.spreadsheets import as_it_was
from contracts.legacy import BETWEEN
from contracts.legacy.imports import REJECTS_ADD

from legacy_bridge.sources.encodings import MARK, Encoding, any_misread, detect, misread
from legacy_bridge.sources.model import LONGEST_ROW, Row, SourceRefused
from legacy_bridge.sources.statements import Statement

_SAMPLE = 20_000
"""Lines that are looked at for encoding and delimiter."""
_MOST_LINES = 100
"""Of one row. A quote that is not closed by then was a stray one."""
_BLOCK = 32 << 10
_SPECIAL = (b'"', b"\0", BETWEEN.encode())
_ROW = partial(tuple.__new__, Row)
"""A row of all its values: a third of what its own constructor costs."""
_LONELY = re.compile(rb"\r(?!\n)")
DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


class Delimited:
    """A file of delimited text. ``encoding`` and ``delimiter``: found out when they are not told."""

    def __init__(self, path: Path, encoding: str = "", delimiter: str = "") -> None:
        self._path = path
        self.size = path.stat().st_size
        with path.open("rb") as stream:
            found = detect(_lines(stream, _SAMPLE), encoding)
        self._encoding = found
        header, self._begins = self._header()
        self._delimiter = delimiter or max(DELIMITERS, key=header.count)
        parsed = _split(header, self._delimiter)
        # A file of rejects: cells that a spreadsheet would have run were made harmless.
        self._rejects = set(REJECTS_ADD) <= {name.strip() for name in parsed}
        self.columns = tuple(as_it_was(name).strip() if self._rejects else name.strip() for name in parsed)
        if not any(self.columns):
            raise SourceRefused("source_without_header", expected="a line with the names of the columns")

    @property
    def encoding(self) -> Encoding:
        return self._encoding

    @property
    def reading(self) -> list[Statement]:
        """Kind, delimiter and encoding, and how the encoding was found."""
        delimiter = DELIMITERS.get(self._delimiter, repr(self._delimiter))
        return [Statement("text_between", {"delimiter": delimiter}), *self._encoding.stated]

    def _header(self) -> tuple[str, int]:
        with self._path.open("rb") as stream:
            line = stream.readline(LONGEST_ROW + 1)
        if len(line) > LONGEST_ROW:
            raise SourceRefused("source_without_header", found="a first line without an end")
        try:
            return line.removeprefix(MARK).decode(self._encoding.name).rstrip("\r\n"), len(line)
        except UnicodeDecodeError:
            raise SourceRefused("source_without_header", found="a first line that is not text") from None

    def rows(self) -> Iterator[Row]:
        """All after the header; empty lines are no rows."""
        found = self._read_rows()
        return map(_as_they_were, found) if self._rejects else found

    def _read_rows(self) -> Iterator[Row]:
        """As many lines at once as have nothing special about them, then one that may have."""
        width, name = len(self.columns), self._encoding.name
        number, place = 0, self._begins
        with self._path.open("rb") as stream:
            while True:
                stream.seek(place)
                raws, lines = self._ordinary(stream.read(_BLOCK))
                if _all_rows(raws, lines, width, name):
                    places = list(accumulate(map(len, raws), initial=place))
                    numbers = range(number + 1, number + 1 + len(raws))
                    yield from map(_ROW, zip(numbers, places, raws, repeat(()), repeat(""), lines, strict=False))
                    number, place, raws = number + len(raws), places[-1], []
                for raw, joined in zip(raws, lines, strict=False):
                    begins, place = place, place + len(raw)
                    if joined.count(BETWEEN) == width - 1 and not raw.isspace() and not misread(raw, name):
                        number += 1
                        yield Row(number, begins, raw, (), "", joined)
                    elif raw.strip():
                        number += 1
                        yield _read(number, begins, raw, "", name, self._delimiter, width)
                stream.seek(place)
                raw, fault = _next(stream)
                if not raw:
                    return
                begins, place = place, stream.tell()
                if fault or raw.strip():
                    number += 1
                    yield _read(number, begins, raw, fault, name, self._delimiter, width)

    def _ordinary(self, block: bytes) -> tuple[list[bytes], list[str]]:
        """The lines at the beginning of a block up to one with something special about it, and what they say."""
        ends = [at for mark in _SPECIAL if (at := block.find(mark)) >= 0]
        block = block[: block.rfind(b"\n", 0, min(ends, default=len(block))) + 1]
        try:
            text = block.decode(self._encoding.name).replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            return self._ordinary(block[: error.start])
        if "\r" in text and (lonely := _LONELY.search(block)):
            return self._ordinary(block[: lonely.start()])
        raws, lines = block.splitlines(keepends=True), text.replace(self._delimiter, BETWEEN).split("\n")
        # In an encoding that somebody told, a line break may be something else.
        return (raws, lines[:-1]) if len(lines) == len(raws) + 1 else ([], [])


def _all_rows(raws: Sequence[bytes], lines: Sequence[str], width: int, encoding: str) -> bool:
    """Whether each of these lines is a row with nothing wrong about it, as nearly all of a block mostly are."""
    parts = [line.count(BETWEEN) for line in lines]
    return (
        parts.count(width - 1) == len(parts) and not any(map(bytes.isspace, raws)) and not any_misread(raws, encoding)
    )


def _as_they_were(row: Row) -> Row:
    return row._replace(cells=tuple(map(as_it_was, row.values)), joined="")


def _read(number: int, place: int, raw: bytes, fault: str, encoding: str, delimiter: str, width: int) -> Row:
    if fault:
        return Row(number, place, raw, (), fault)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return Row(number, place, raw, (), "row_not_in_encoding")
    if misread(raw, encoding):
        return Row(number, place, raw, (), "row_not_in_encoding")
    if "\x00" in text:
        return Row(number, place, raw, (), "row_with_nul")
    stripped = text.rstrip("\r\n")
    values = stripped.split(delimiter) if '"' not in stripped else _split(stripped, delimiter)
    if len(values) != width:
        # A last line without its end and with too few values was cut; anywhere else it is another row.
        cut = len(values) < width and not raw.endswith(b"\n")
        return Row(number, place, raw, (), "row_cut_off" if cut else "row_with_other_columns")
    return Row(number, place, raw, tuple(values))


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _next(stream: BinaryIO) -> tuple[bytes, str]:
    """A row, however many lines it has, and why it cannot be read; nothing at the end."""
    raw = stream.readline(LONGEST_ROW + 1)
    if len(raw) > LONGEST_ROW:
        _skip_line(stream.readline)
        return raw[:1000], "row_too_long"
    return _whole(stream, raw) if raw.count(b'"') % 2 else (raw, "")


def _whole(stream: BinaryIO, first: bytes) -> tuple[bytes, str]:
    """A row with a line break inside quotes. A quote that never closes makes one bad row of its own line."""
    here = stream.tell()
    parts, length, odd = [first], len(first), True
    while odd:
        line = stream.readline(LONGEST_ROW + 1)
        length += len(line)
        if not line or length > LONGEST_ROW or len(parts) == _MOST_LINES:
            stream.seek(here)
            return first, "row_unreadable" if first.endswith(b"\n") else "row_cut_off"
        parts.append(line)
        odd ^= bool(line.count(b'"') % 2)
    return b"".join(parts), ""


def _skip_line(readline: Callable[[int], bytes]) -> None:
    """Up to the end of the line."""
    while (part := readline(LONGEST_ROW)) and not part.endswith(b"\n"):
        pass


def _lines(stream: BinaryIO, most: int) -> Iterator[bytes]:
    return islice(iter(lambda: stream.readline(LONGEST_ROW), b""), most)
