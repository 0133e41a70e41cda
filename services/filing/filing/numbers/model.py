"""流水号 and 受理号: year, form code, S or L, at least six digits; the year is the legal date's."""

from __future__ import annotations

import re
from typing import Literal

from contracts.text import compact

Series = Literal["S", "L"]
_NUMBER = re.compile(r"(\d{4})([A-Z]\d{2})([SL])(\d{6,})")


def format_number(year: int, form_code: str, series: Series, sequence: int) -> str:
    """``2026Z11S000123`` (serial) or ``2026Z11L000045`` (acceptance)."""
    return f"{year}{form_code}{series}{sequence:06d}"


def is_number(text: str) -> bool:
    """Whether it has the shape of a serial or acceptance number; there may be no such case."""
    return _NUMBER.fullmatch(text) is not None


def scanned(text: str) -> str:
    """What a barcode or QR code of ours names: a number in its usual spelling, also at the end of an address, or an
    identifier."""
    last = text.strip().partition("?")[0].rstrip("/").rpartition("/")[2]
    return respelled(last) or last.lower()


def respelled(text: str) -> str | None:
    """The number somebody probably meant: full width, spaces, hyphens and letter case put right; None if it is none."""
    candidate = "".join(character for character in compact(text) if character.isascii() and character.isalnum())
    return candidate if is_number(candidate) else None
