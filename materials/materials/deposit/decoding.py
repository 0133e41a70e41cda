"""Text of source files in whatever encoding they were written: decoded, never replaced by question marks."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_END = re.compile("\r+\n|[\r\u2028\u2029]")
# GB 18030-2022 gave 18 code positions their standard characters; Python's codec still answers with private ones.
_GB18030_2022 = {
    ord(bytes.fromhex(position).decode("gb18030")): character
    for position, character in (
        ("A6D9", "\ufe10"),
        ("A6DA", "\ufe12"),
        ("A6DB", "\ufe11"),
        ("A6DC", "\ufe13"),
        ("A6DD", "\ufe14"),
        ("A6DE", "\ufe15"),
        ("A6DF", "\ufe16"),
        ("A6EC", "\ufe17"),
        ("A6ED", "\ufe18"),
        ("A6F3", "\ufe19"),
        ("FE59", "\u9fb4"),
        ("FE61", "\u9fb5"),
        ("FE66", "\u9fb6"),
        ("FE67", "\u9fb7"),
        ("FE6D", "\u9fb8"),
        ("FE7E", "\u9fb9"),
        ("FE90", "\u9fba"),
        ("FEA0", "\u9fbb"),
    )
}


@dataclass(frozen=True)
class Decoded:
    """``certain`` is False when the bytes fit no expected encoding and were read as Latin-1, which fits everything."""

    text: str
    encoding: str
    certain: bool = True


def decode(data: bytes) -> Decoded | None:
    """None for bytes that are no text. Lines end with LF, whatever they ended with: CR (old Macs), CR LF, or the
    CR CR LF that a careless copy makes of it."""
    decoded = _decode(data)
    return decoded and replace(decoded, text=_LINE_END.sub("\n", decoded.text))


def _decode(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if b"\x00" in data[:8192]:
        return _utf16_without_mark(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _by_its_characters(data)
    return Decoded(text, "ascii" if text.isascii() else "utf-8")


def _strictly(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return Decoded(data.decode(encoding, "replace"), encoding, certain=False)


def _utf16_without_mark(data: bytes) -> Decoded | None:
    """Source code is mostly ASCII: in UTF-16 many of every other byte are then zero."""
    sample = data[:8192]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = sample[offset::2].count(0), sample[1 - offset :: 2].count(0)
        if zeros * 6 > len(sample) and others * 20 < len(sample):
            return _strictly(data, encoding)
    return None


def chinese(data: bytes) -> str | None:
    """GB 18030 with the standard's characters of 2022; None for bytes that are none."""
    try:
        return data.decode("gb18030").translate(_GB18030_2022)
    except UnicodeDecodeError:
        return None


def _by_its_characters(data: bytes) -> Decoded:
    text = chinese(data)
    if text is None:
        return Decoded(data.decode("latin-1"), "latin-1", certain=False)
    high = [character for character in text if ord(character) > 0x7F]
    expected = sum(
        1 for c in high if "\u3000" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef"
    )
    gbk = all(ord(character) < 0x10000 for character in high) and not _four_byte(data)
    return Decoded(text, "gbk" if gbk else "gb18030", certain=expected * 2 >= len(high))


def _four_byte(data: bytes) -> bool:
    """Whether a four-byte sequence, which GBK has not, occurs."""
    place = 0
    while place < len(data) - 1:
        if data[place] < 0x81:
            place += 1
        elif 0x30 <= data[place + 1] <= 0x39:
            return True
        else:
            place += 2
    return False
