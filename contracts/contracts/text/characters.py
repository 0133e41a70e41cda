"""What stands for a character: invisible ones that go, look-alikes that become the character they are meant to be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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
MOST_MARKS, MOST_STACKED, MOST_GENERAL, MOST_ALIKE = 5, 9, 4, 2
"""Marks on one character: as Hebrew has with points and accents (Devanagari four, Thai two); as Tibetan and its like
have, which write letters under each other; of those that go with every letter (Vietnamese has two, phonetic notation up
to four); and of one kind."""
_STACKING = re.compile("[\u0f00-\u109f\u1780-\u17ff\u1a20-\u1aaf\u1b00-\u1b7f\ua980-\ua9ff\uaa60-\uaa7f]")
_GENERAL = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""Chinese characters, for a class of a regular expression: also those that Unicode encoded after Python's tables."""
_HAN = re.compile(f"[{HAN}]")
_USUAL = re.compile(
    f"[\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u3000-\u3029\u3030-\u303f\uff01-\uff9d{HAN}]*"
)
"""Texts that need no closer look: Chinese and Latin letters, figures and punctuation."""


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
    """The characters that cannot stand in a register, "" if there are none: controls, private use, unassigned ones, and
    marks that tower on one character or have none to stand on.

    Line breaks are no characters. An ``á`` in two and a Tibetan stack of eight are letters that people write; a hundred
    marks on one letter, which run over the lines above it, are not.
    """
    return "".join(text[place] for place in _strange(text))


def legible(text: str) -> str:
    """Without its :func:`strange` characters: for what is only shown, as the name of a file."""
    gone = set(_strange(text))
    return "".join(c for place, c in enumerate(text) if place not in gone) if gone else text


def _strange(text: str) -> Iterator[int]:
    if _USUAL.fullmatch(text):
        return
    base, marks = "", ""
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if category in ("Mn", "Mc", "Me"):
            marks = marks[:MOST_STACKED] + character  # a thousand of them are not counted a thousand times
            if not _stands(base, marks):
                yield place
        elif character == "\n" or _HAN.match(character) or category not in ("Cc", "Co", "Cs", "Cn", "Zl", "Zp"):
            base, marks = character.strip(), ""
        else:
            yield place


def _stands(base: str, marks: str) -> bool:
    """Whether the last of ``marks`` may stand on ``base`` (empty: a blank or nothing) after the others."""
    if not base or len(marks) > (MOST_STACKED if _STACKING.match(base) else MOST_MARKS):
        return False
    general = _GENERAL.findall(marks) if _GENERAL.match(marks[-1]) else ()
    return len(general) <= MOST_GENERAL and marks.count(marks[-1]) <= MOST_ALIKE


def has_letters(text: str) -> bool:
    """Whether it says anything: a letter of any script, or a Han character that Unicode came to know later."""
    return any(c.isalpha() for c in text) or _HAN.search(text) is not None
