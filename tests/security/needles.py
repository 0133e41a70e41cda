"""What went into the system and must not be found: each value in every spelling in which it could lie somewhere."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

SHORT = 8
"""Characters below which a value may stand anywhere by chance; it is looked for as a word of its own."""
SLICE = 48
"""Bytes of a photograph or a key that are looked for."""


@dataclass(frozen=True)
class Needle:
    """``what`` names it in complaints, which never show the value itself."""

    what: str
    value: str | bytes = field(repr=False)

    def patterns(self) -> list[bytes]:
        """Regular expressions over bytes; each is one spelling."""
        if isinstance(self.value, bytes):
            return [re.escape(spelling) for spelling in dict.fromkeys(_bytes_spelled(self.value))]
        if len(self.value) < SHORT and self.value.isascii():
            word = re.escape(self.value.encode())
            wide = [re.escape(self.value.encode(form)) for form in ("utf-16-le", "utf-16-be")]
            return [rb"(?<![0-9A-Za-z.:_+/-])" + word + rb"(?![0-9A-Za-z_+/])", *wide]
        return [re.escape(spelling) for spelling in dict.fromkeys(_text_spelled(self.value))]

    def literals(self) -> list[bytes]:
        """Spellings as plain bytes, for a first look by a program that knows no expressions."""
        if isinstance(self.value, bytes):
            return list(dict.fromkeys(_bytes_spelled(self.value)))
        if len(self.value) < SHORT and self.value.isascii():
            return [self.value.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be")]
        return list(dict.fromkeys(_text_spelled(self.value)))


def _text_spelled(text: str) -> Iterator[bytes]:
    for form in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        plain = text.encode(form)
        yield plain
        yield from _based(plain)
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
    yield quote(text, safe="").encode()
    yield quote(text, safe="").lower().encode()
    escaped = json.dumps(text)[1:-1]
    yield escaped.encode()
    yield escaped.upper().replace("\\U", "\\u").encode()
    yield escaped.replace("\\", "\\\\").encode()


def _bytes_spelled(content: bytes) -> Iterator[bytes]:
    yield content
    yield from _based(content)
    yield content.hex().encode()
    yield content.hex().upper().encode()


def _based(content: bytes) -> Iterator[bytes]:
    """In base64 wherever it may begin: the characters that depend on nothing else."""
    for lead in range(3):
        encoded = base64.b64encode(bytes(lead) + content)
        first = -(-lead * 8 // 6)
        last = (lead + len(content)) * 8 // 6
        core = encoded[first:last]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")


def photograph(what: str, data: bytes) -> Iterator[Needle]:
    """Three places of a picture: its start is like any other's, and a part of it must not be left either."""
    for share in (0.3, 0.6, 0.9):
        start = int(len(data) * share)
        yield Needle(what, data[start : start + SLICE])
