"""Names of persons and organisations: how they are written, and when two are one."""

from __future__ import annotations

import re
import unicodedata

from contracts.text.characters import HAN
from contracts.text.lines import line

MIDDLE_DOT = "·"
"""U+00B7, as the residents' register (GB/T 22321) and identity cards write it between the parts of a name."""

_DOTS = "\u00b7\u1427\u16eb\u2022\u2024\u2027\u2218\u2219\u22c5\u2981\u25cf\u25e6\u2e30\u2e31\u2e33\u30fb\uff65\u318d"
_DOT = re.compile(rf"(?<=\S)\s*[{_DOTS}](?:\s*[{_DOTS}])*\s*(?=\S)")
_STOP = re.compile(rf"(?<=[{HAN}])\s*[.\u3002\ufe52\uff0e\uff61]\s*(?=[{HAN}])")
_BLANK_BESIDE_HAN = re.compile(rf"(?<=[{HAN}{MIDDLE_DOT}]) | (?=[{HAN}{MIDDLE_DOT}])")


def name(text: str) -> str:
    """A name on one line with its middle dots as U+00B7, whichever of the many dots was typed.

    A full stop is one only between two Chinese characters: ``阿依古丽.买买提``, but ``J. R. R. Tolkien``.
    """
    return _STOP.sub(MIDDLE_DOT, _DOT.sub(MIDDLE_DOT, line(text)))


def name_key(text: str) -> str:
    """What two spellings of one name have in common: width, letter case, dots and blanks beside characters aside."""
    folded = name(unicodedata.normalize("NFKC", name(text)).casefold())
    return unicodedata.normalize("NFKC", _BLANK_BESIDE_HAN.sub("", folded))


def same_name(one: str, other: str) -> bool:
    """Whether two names are those of one person or organisation, as far as spelling tells."""
    return one == other or name_key(one) == name_key(other)
