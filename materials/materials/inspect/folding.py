"""Text made comparable: what looks alike to a reader is alike. For comparing only, never for what is kept or shown.

Text layers of PDFs are made from the shapes of a font: 门 comes back as the radical ⻔, ``fi`` as one letter, a name
with an invisible mark between two characters.
"""

from __future__ import annotations

import re
import unicodedata

from contracts.text.characters import plain

_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\u2500\u2501\u30fc\ufe58\ufe63\uff0d\u00ad]")
_NUMBERED = re.compile("〔u\\+([0-9a-f]{4,6})〕")
_CHARACTERS = (range(0xD800), range(0xE000, 0x110000))


def shaped(text: str) -> str:
    """Compatibility forms (width, ligatures, combining marks, radicals) as their plain characters; the invisible ones
    go. Blanks and letter case stay."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", plain(text))


def folded(text: str) -> str:
    """:func:`shaped`, without blanks, in one letter case: equal for texts that a reader takes for the same.

    A character that was printed by its number for want of a glyph (``chassis.documents.printable``) is that character.
    """
    return _NUMBERED.sub(_numbered, "".join(shaped(text).casefold().split()))


def _numbered(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code).casefold() if any(code in numbers for numbers in _CHARACTERS) else found[0]


def with_one_dash(text: str) -> str:
    """Every kind of dash as a hyphen, which is how page numbers are set between two of them (GB/T 9704: — 1 —)."""
    return _DASHES.sub("-", text)
