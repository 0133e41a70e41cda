"""Which encoding a file has, by evidence that is stated, and decoding a row in it.

Only three are in question: UTF-8 (with or without a mark), and GB18030, which holds GB2312 and GBK. No frequency is
guessed at: text that is well-formed UTF-8 beyond ASCII is UTF-8, anything else is GB18030, and whoever knows better
says so. Characters for which GB18030-2022 changed the place come out of the private use area in ``contracts.text``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from legacy_bridge.sources.statements import Statement

_TWO_BYTES = "\u07ff"
MARK = b"\xef\xbb\xbf"
# Up to the first character beyond ASCII: of a hundred rows in GB18030 two get by, and are looked at more closely.
_MAY_BE_UTF_8 = re.compile(rb"[\x00-\x7f]*(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})[\x80-\xbf]")


@dataclass(frozen=True)
class Encoding:
    """``name``: for Python. ``evidence``: why, for people."""

    name: str
    evidence: Statement

    @property
    def stated(self) -> list[Statement]:
        return [Statement("encoding", {"name": self.name}), self.evidence]


def detect(lines: Iterable[bytes], told: str = "") -> Encoding:
    """By the lines of a sample. ``told``: what whoever imports says it is; then nothing is looked for.

    A file in which both occur is read in the one that fits more lines; the rows of the other are rejected one by one.
    """
    if told:
        return Encoding(told, Statement("encoding_by_order"))
    found: Counter[str] = Counter()
    for number, line in enumerate(lines):
        if number == 0 and line.startswith(MARK):
            return Encoding("utf-8", Statement("encoding_by_mark"))
        found[_kind(line)] += 1
    beyond_ascii = found.total() - found["ascii"]
    if not beyond_ascii:
        return Encoding("utf-8", Statement("encoding_by_ascii"))
    utf_8 = found["utf-8"] + found["either"] + found["accents"]
    if found["utf-8"] + found["accents"] / 20 > found["gb18030"] or not found["gb18030"]:
        return Encoding("utf-8", Statement("encoding_by_utf_8", {"count": utf_8, "lines": beyond_ascii}))
    counts = {"count": found["gb18030"] + found["either"], "lines": beyond_ascii, "others": found["utf-8"]}
    return Encoding("gb18030", Statement("encoding_by_gb18030", counts))


def _kind(line: bytes) -> str:
    """What a line is evidence of.

    Short words in GB18030 may be well-formed UTF-8 of two bytes a character (石头); an accent here and there in a text
    of Latin letters is more probably what it seems.
    """
    if line.isascii():
        return "ascii"
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030" if decodes(line, "gb18030") else "neither"
    if max(text) > _TWO_BYTES or not decodes(line, "gb18030"):
        return "utf-8"
    accents = sum(character > "\x7f" for character in text)
    return "accents" if accents * 4 < len(text) else "either"


def misread(line: bytes, name: str) -> bool:
    """Whether bytes of a file in GB18030 are Chinese in UTF-8, which as GB18030 would often be other characters.

    Two of three such rows decode without an error. The other way round UTF-8 refuses what it is not.
    """
    if name != "gb18030" or not _MAY_BE_UTF_8.match(line):
        return False
    try:
        return max(line.decode("utf-8")) > _TWO_BYTES
    except UnicodeDecodeError:
        return False


def any_misread(lines: Sequence[bytes], name: str) -> bool:
    """:func:`misread` of some of them."""
    return name == "gb18030" and any(misread(line, name) for line in filter(_MAY_BE_UTF_8.match, lines))


def decodes(line: bytes, name: str) -> bool:
    """Whether these bytes are text in the encoding."""
    try:
        line.decode(name)
    except UnicodeDecodeError:
        return False
    return True
