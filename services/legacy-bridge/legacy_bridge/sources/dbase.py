"""DBF files (dBase III to FoxPro) with memo files beside them.

Read by hand and not by a library: the one that streams (dbfread) stops at a date that is none, says nothing of rows
that the header promises and the file has not, and gives no place and no bytes of a row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from legacy_bridge.sources.encodings import Encoding, detect, misread
from legacy_bridge.sources.model import LONGEST_ROW, Row, SourceRefused
from legacy_bridge.sources.statements import Statement

_DELETED, _LIVE, _END = b"*", b" ", b"\x1a"
_VERSIONS = {0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5}
_LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030"}
"""Language driver: 936 as DOS and as Windows wrote it."""
_MOST_MEMO = 256 << 10


@dataclass(frozen=True)
class Field:
    """A column: where it lies in a record, and of which type (C, N, F, D, L, M; B and I of FoxPro)."""

    name: str
    kind: str
    start: int
    length: int


class Dbase:
    """``encoding``: told, else by the language of the header, else by evidence."""

    def __init__(self, path: Path, encoding: str = "") -> None:
        self._path = path
        self.size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(32)
            if len(head) < 32 or head[0] not in _VERSIONS:
                raise SourceRefused("source_not_dbf", expected="a dBase or FoxPro header")
            self._promised, self._begins, self._length = struct.unpack("<IHH", head[4:12])
            body = stream.read(max(self._begins - 32, 0))
        self._fields = _fields(body)
        width = 1 + sum(field.length for field in self._fields)
        if not self._fields or width > self._length:
            raise SourceRefused("source_not_dbf", expected=f"records of {width} bytes", found=self._length)
        self._encoding = self._find_encoding(encoding, head[29])
        self.columns = tuple(field.name for field in self._fields)
        self._memo = _Memo.beside(path)

    @property
    def reading(self) -> list[Statement]:
        """Kind and encoding, and what the header promises against what the file has room for."""
        room = max(self.size - self._begins, 0) // self._length
        count = Statement("rows", {"rows": room})
        if room != self._promised:
            count = Statement("rows_promised", {"promised": self._promised, "rows": room})
        return [Statement("dbf"), *self._encoding.stated, count]

    def _find_encoding(self, told: str, language: int) -> Encoding:
        if told or language not in _LANGUAGES:
            return detect((row.raw for row, _ in zip(self._records(), range(5000), strict=False)), told)
        return Encoding(_LANGUAGES[language], Statement("encoding_by_header", {"language": f"{language:#x}"}))

    def rows(self) -> Iterator[Row]:
        """Every record that the file has, whatever its header says; deleted ones as such."""
        for row in self._records():
            yield self._read(row) if not row.fault else row

    def _records(self) -> Iterator[Row]:
        place, number = self._begins, 0
        with self._path.open("rb") as stream:
            stream.seek(place)
            while (raw := stream.read(self._length)) and raw[:1] != _END:
                number += 1
                if len(raw) < self._length:
                    yield Row(number, place, raw, (), "row_cut_off")
                    return
                fault = {_LIVE: "", _DELETED: "row_deleted_in_source"}.get(raw[:1], "row_unreadable")
                yield Row(number, place, raw, (), fault)
                place += self._length

    def _read(self, row: Row) -> Row:
        if misread(row.raw, self._encoding.name):
            return row._replace(fault="row_not_in_encoding")
        values = []
        for field in self._fields:
            part = row.raw[field.start : field.start + field.length]
            try:
                text = self._value(field, part)
            except UnicodeDecodeError:
                return row._replace(fault="row_not_in_encoding")
            except (ValueError, struct.error):
                return row._replace(fault="row_unreadable")
            if "\x00" in text:
                return row._replace(fault="row_with_nul")
            values.append(text)
        return row._replace(cells=tuple(values))

    def _value(self, field: Field, part: bytes) -> str:
        if field.kind == "M":
            return self._memo.read(part, self._encoding.name) if self._memo else ""
        if field.kind == "I":
            return str(struct.unpack("<i", part)[0])
        if field.kind == "D":
            text = part.decode("ascii").strip()
            return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else ""
        # Some write NUL instead of blanks behind a value; inside one it is damage.
        return part.rstrip(b"\x00 ").decode(self._encoding.name).strip(" ")


def _fields(body: bytes) -> tuple[Field, ...]:
    found, start, place = list[Field](), 1, 0
    while place + 32 <= len(body) and body[place] != 0x0D:
        part = body[place : place + 32]
        name = part[:11].split(b"\x00")[0].decode("gb18030", "replace").strip()
        found.append(Field(name, chr(part[11]), start, part[16]))
        start += part[16]
        place += 32
    return tuple(found)


class _Memo:
    """Long texts in a file of blocks: ``.dbt`` (dBase III: up to 0x1A) or ``.fpt`` (FoxPro: with their length)."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb")
        self._fox = path.suffix.lower() == ".fpt"
        head = self._stream.read(8)
        self._block = (struct.unpack(">H", head[6:8])[0] or 1) if self._fox and len(head) == 8 else 512

    @classmethod
    def beside(cls, path: Path) -> _Memo | None:
        for suffix in (".fpt", ".FPT", ".dbt", ".DBT"):
            if path.with_suffix(suffix).exists():
                return cls(path.with_suffix(suffix))
        return None

    def read(self, reference: bytes, encoding: str) -> str:
        """The text that a record points to. ValueError when there is none at that place."""
        digits = struct.unpack("<I", reference)[0] if len(reference) == 4 else int(reference.strip() or b"0")
        if not digits:
            return ""
        self._stream.seek(digits * self._block)
        if self._fox:
            length = struct.unpack(">I", self._stream.read(8)[4:])[0]
            if length > min(_MOST_MEMO, LONGEST_ROW):
                raise ValueError("a memo without an end")
            text = self._stream.read(length)
            if len(text) < length:
                raise ValueError("a memo that was cut off")
            return text.decode(encoding)
        text, end, _ = self._stream.read(_MOST_MEMO).partition(_END)
        if not end:
            raise ValueError("a memo without an end")
        return text.decode(encoding)
