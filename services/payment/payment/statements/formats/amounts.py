"""Amounts and dates as banks write them. Anything else is refused: nothing is guessed about money."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MOST = 1 << 53
"""What no account of ours will ever hold; beyond, it is no amount."""
_NUMBER = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]{0,6}))?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"),
    ",": re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?"),
}
_YEAR_FIRST = re.compile(r"([12][0-9]{3})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?(?:[ T].*)?", re.ASCII | re.DOTALL)
_YEAR_LAST = re.compile(r"([0-9]{2})/([0-9]{2})/([12][0-9]{3})", re.ASCII)


def hundredths(text: str, decimal: str = ".") -> int:
    """``1,234.50`` (or, with a decimal comma, ``1.234,50``) as 123450. ValueError for all else, thousandths too."""
    text = unicodedata.normalize("NFKC", text).strip().lstrip("¥￥").replace(" ", "")
    if _GROUPED[decimal].fullmatch(text):
        text = text.replace("," if decimal == "." else ".", "")
    if decimal == ",":
        text = text.replace(".", "?").replace(",", ".")
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError(text)
    sign, whole, part = found[1], found[2], (found[3] or "").ljust(2, "0")
    if part[2:].strip("0"):
        raise ValueError(text)
    value = int(whole) * 100 + int(part[:2])
    if value >= MOST:
        raise ValueError(text)
    return -value if sign == "-" else value


def day(text: str) -> str:
    """A date, with a time behind it or without, as ISO; the 30th of February is none: ValueError."""
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    if found := _YEAR_LAST.fullmatch(text):
        return date(int(found[3]), int(found[1]), int(found[2])).isoformat()
    raise ValueError(text)
