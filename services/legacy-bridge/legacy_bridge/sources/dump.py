"""SQL dumps: the rows of one table's INSERT statements, as MySQL, SQL Server, Oracle and PostgreSQL tools write them.

A tokenizer of our own: a parser of SQL takes a millisecond for a row, and refuses the rest of a file for one bad byte.
It knows values, and nothing else of the language. Bytes are decoded before they are looked at, because the second byte
of a Chinese character in GBK may be a backslash.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from legacy_bridge.sources.encodings import detect, misread
from legacy_bridge.sources.model import LONGEST_ROW, Row, SourceRefused
from legacy_bridge.sources.statements import Statement

_READ = 256 << 10
_NAME = r'(?:`[^`]+`|"[^"]+"|\[[^\]]+\]|[\w$]+)'
_INSERT = re.compile(
    rf"\bINSERT\s+(?:IGNORE\s+)?INTO\s+(?:{_NAME}\s*\.\s*)*({_NAME})\s*(?:\(([^()]*)\))?\s*VALUES\s*", re.IGNORECASE
)
_CREATE = r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:{name}\s*\.\s*)*[`\"\[]?{table}[`\"\]]?\s*\("
# Possessive: a text that does not end is found out once, not in every way that it might have been cut up.
_STRING = r"N?'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'"
_PLAIN_STRING = r"N?'[^']*+(?:''[^']*+)*+'"
_BROKEN = re.compile("[\udc80-\udcff]")
# Of one column or key, up to the comma behind it or the bracket that ends the table.
_DEFINITION = re.compile(r"(?:[^(),']++|\([^()]*\)|'(?:[^']|'')*')+(?:,|\))")
_VALUE = r"(?:{string}|0x[0-9A-Fa-f]*|[-+]?[\w.]+(?:\([^()']*\))?)"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\x00", "Z": "\x1a", "b": "\b"}
_UNESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_DOUBLED = re.compile("''")


class Dump:
    """``table``: whose rows are meant; without it the first table that has any. ``escapes``: a backslash in a text
    begins an escape, as in MySQL; elsewhere it is a character. Found out by ``detect`` of the tools' own habits."""

    def __init__(self, path: Path, encoding: str = "", table: str = "") -> None:
        self._path = path
        self.size = path.stat().st_size
        with path.open("rb") as stream:
            sample = stream.read(1 << 20)
        self._encoding = detect(sample.splitlines(), encoding)
        text = sample.decode(self._encoding.name, "replace")
        self._escapes = "`" in text or "\\'" in text
        found = _first_insert(text, table)
        if found is None:
            raise SourceRefused("source_without_table", expected=table or "an INSERT statement")
        self._table = _bare(found[1])
        columns = [_bare(name) for name in found[2].split(",")] if found[2] else _created(text, self._table)
        if not columns:
            raise SourceRefused("source_without_columns", table=self._table, expected="names in INSERT or CREATE TABLE")
        self.columns = tuple(columns)
        string = _STRING if self._escapes else _PLAIN_STRING
        value = _VALUE.format(string=string)
        self._tuple = re.compile(rf"\(\s*{value}(?:\s*,\s*{value})*\s*\)", re.DOTALL)
        self._values = re.compile(value, re.DOTALL)

    @property
    def reading(self) -> list[Statement]:
        """Kind, table and encoding, and how a backslash is understood."""
        escapes = Statement("escapes" if self._escapes else "no_escapes")
        return [Statement("sql_dump"), Statement("table", {"table": self._table}), *self._encoding.stated, escapes]

    def rows(self) -> Iterator[Row]:
        """Every tuple of the table's INSERT statements, in their order."""
        number = 0
        for place, text, fault in self._tuples():
            number += 1
            # What could not be decoded came in as lone surrogates, so that it can go out as the bytes it was.
            raw = text.encode(self._encoding.name, "surrogateescape")
            if not fault and not text.isascii() and (_BROKEN.search(text) or misread(raw, self._encoding.name)):
                fault = "row_not_in_encoding"
            if fault:
                yield Row(number, place, raw[:1000], (), fault)
                continue
            values = tuple(self._value(token) for token in self._values.findall(text))
            if len(values) != len(self.columns):
                fault, values = "row_with_other_columns", ()
            elif any("\x00" in value for value in values):
                fault, values = "row_with_nul", ()
            yield Row(number, place, raw, values, fault)

    def _value(self, token: str) -> str:
        if token[-1] == "'":
            inner = token[token.index("'") + 1 : -1]
            if self._escapes:
                return _UNESCAPE.sub(_meant, inner) if "\\" in inner or "''" in inner else inner
            return _DOUBLED.sub("'", inner)
        return "" if token.upper() == "NULL" else token

    def _tuples(self) -> Iterator[tuple[int, str, str]]:
        window = _Window(self._path, self._encoding.name)
        while True:
            insert = self._next_insert(window)
            if insert is None:
                return
            window.drop(insert)
            yield from self._tuples_of(window)

    def _next_insert(self, window: _Window) -> int | None:
        """Where the values of the table's next INSERT begin; what lies before is dropped."""
        while True:
            for match in _INSERT.finditer(window.text):
                # A statement at the very end of the window may go on: look again when there is more.
                if match.end() == len(window.text) and not window.ended:
                    break
                if _bare(match[1]).lower() == self._table.lower():
                    return match.end()
            if window.ended:
                return None
            window.drop(max(len(window.text) - 64 * 1024, 0))
            window.fill()

    def _tuples_of(self, window: _Window) -> Iterator[tuple[int, str, str]]:
        match_at = self._tuple.match
        position = 0
        while True:
            text = window.text
            match = match_at(text, position)
            if match is None or match.end() + 1 >= len(text):
                if not window.ended and len(text) - position <= LONGEST_ROW:
                    window.drop(position)
                    position = 0
                    window.fill()
                    continue
                if match is None:
                    fault = self._bad_tuple(window, position)
                    if fault:
                        yield fault
                    return
            yield window.place(match.start()), match[0], ""
            position = _behind(text, match.end())
            if position < 0:
                window.drop(match.end())
                return

    def _bad_tuple(self, window: _Window, position: int) -> tuple[int, str, str] | None:
        """A tuple that cannot be read. What follows it in the statement is looked for from the next INSERT on."""
        rest = window.text[position : position + 1000]
        place = window.place(position)
        cut = window.ended and len(window.text) - position <= LONGEST_ROW
        window.drop(min(position + 1, len(window.text)))
        if not rest.lstrip().startswith("("):
            return None
        return place, rest, "row_cut_off" if cut and "INSERT" not in rest.upper() else "row_unreadable"


def _behind(text: str, position: int) -> int:
    """Where the next tuple of the statement begins, -1 when there is none."""
    while position < len(text) and text[position] in " \r\n\t":
        position += 1
    if position < len(text) and text[position] == ",":
        position += 1
        while position < len(text) and text[position] in " \r\n\t":
            position += 1
        return position
    return -1


class _Window:
    """The part of a file that is being looked at, decoded."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._stream = path.open("rb")
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
        self.text = ""
        self.ended = False
        self._dropped = 0
        self.fill()

    def fill(self) -> None:
        """Reads on."""
        data = self._stream.read(_READ)
        self.ended = len(data) < _READ
        self.text += self._decoder.decode(data, self.ended)
        if self.ended:
            self._stream.close()

    def drop(self, count: int) -> None:
        """Forgets what was read up to here."""
        self._dropped += len(self.text[:count].encode(self._encoding, "surrogateescape"))
        self.text = self.text[count:]

    def place(self, position: int) -> int:
        """In bytes, as far as what was dropped tells; within the window in characters."""
        return self._dropped + position


def _first_insert(text: str, table: str) -> re.Match[str] | None:
    inserts = _INSERT.finditer(text)
    return next((match for match in inserts if not table or _bare(match[1]).lower() == table.lower()), None)


def _created(text: str, table: str) -> list[str]:
    match = re.search(_CREATE.format(name=_NAME, table=re.escape(table)), text, re.IGNORECASE)
    if match is None:
        return []
    names = []
    for part in _DEFINITION.findall(text, match.end()):
        found = re.match(rf"\s*({_NAME})\s+\w", part)
        if found and found[1].upper() not in ("PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX", "FOREIGN", "FULLTEXT"):
            names.append(_bare(found[1]))
        if part.endswith(")"):
            break
    return names


def _bare(name: str) -> str:
    return name.strip().strip('`"[]')


def _meant(match: re.Match[str]) -> str:
    return "'" if match[0] == "''" else _ESCAPES.get(match[1], match[1])
