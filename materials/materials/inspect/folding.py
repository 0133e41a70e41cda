"""Text made comparable: what looks alike to a reader is alike. For comparing only, never for what is kept or shown.

Text layers of PDFs are made from the shapes of a font: 门 comes back as the radical ⻔, ``fi`` as one letter, a name
with an invisible mark between two characters.
"""

from __future__ import annotations

import re
import unicodedata

from contracts.text.characters import plain

_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\u2500\u2501\u30fc\ufe58\ufe63\uff0d\u00ad]")


def shaped(text: str) -> str:
    """Compatibility forms (width, ligatures, combining marks, radicals) as their plain characters; the invisible ones
    go. Blanks and letter case stay."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", plain(text))


def folded(text: str) -> str:
    """:func:`shaped`, without blanks, in one letter case: equal for texts that a reader takes for the same."""
    return "".join(shaped(text).casefold().split())


def with_one_dash(text: str) -> str:
    """Every kind of dash as a hyphen, which is how page numbers are set between two of them (GB/T 9704: — 1 —)."""
    return _DASHES.sub("-", text)
