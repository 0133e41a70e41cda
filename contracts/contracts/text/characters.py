"""What stands for a character: invisible ones that go, look-alikes that become the character they are meant to be."""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

# Soft hyphen, zero-width and direction marks, Hangul and Braille fillers, word joiner and
# invisible operators, variation selectors, musical and shorthand format controls, tags, whatever Unicode lists as
# Default_Ignorable_Code_Point. Controls stay, to be refused: they are damage, not something that came along.
_GOES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Mongolian selectors and the vowel separator choose the shape of a letter, and are meant where they follow one.
_INVISIBLE = re.compile(f"[{_GOES}]|(?<![\u1820-\u18aa])[\u180b-\u180f]")
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""Chinese characters, for a class of a regular expression: also those that Unicode encoded after Python's tables."""
_HAN = re.compile(f"[{HAN}]")


def _table(file: str) -> dict[int, int]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    rows = (row.split() for row in text.splitlines() if row and not row.startswith("#"))
    return {int(row[0], 16): int(row[1], 16) for row in rows}


_RADICALS = _table("radicals.txt")
_MEANT = {code: _RADICALS.get(meant, meant) for code, meant in (_table("gbk_private_use.txt") | _RADICALS).items()}
_FOLDED = re.compile("[\u2e80-\u2fdf\ue766-\ue864]")


def plain(text: str) -> str:
    """Without invisible and direction characters; radicals and GBK's private use folded to what they mean; NFC.

    Variation selectors go too, those of ideographs (IVS) among them: by Unicode they choose a glyph of the same
    character, no font of the certificate has them, and two names that differ in nothing that is printed are one.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text)
    if _FOLDED.search(text):
        text = text.translate(_MEANT)
    return unicodedata.normalize("NFC", text)


def strange(text: str) -> str:
    """The characters that cannot stand in a register: controls, private use, unassigned ones; "" if there are none."""
    if text.isprintable() and text.isascii():
        return ""
    return "".join(
        c for c in text if unicodedata.category(c) in ("Cc", "Co", "Cs", "Cn", "Zl", "Zp") and not _HAN.match(c)
    )


def has_letters(text: str) -> bool:
    return any(c.isalpha() for c in text) or _HAN.search(text) is not None
