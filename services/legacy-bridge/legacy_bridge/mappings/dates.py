"""Days as old systems wrote them. Pure."""

from __future__ import annotations

import re
from datetime import date

from legacy_bridge.mappings.faults import Unmapped

FIRST_YEAR, LAST_YEAR = 1800, 2100
_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9:.+Z]*)?")
_SOLID = re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})(?:[0-9]{6})?")
_CHINESE = re.compile(r"([0-9]{4})()年([0-9]{1,2})月([0-9]{1,2})日")
_REPUBLIC = re.compile(r"(?:中[华華])?民[国國]([0-9]{1,3}|元)年([0-9]{1,2})月([0-9]{1,2})日")
REPUBLIC_BEGAN = 1911
"""民国 year 1 is 1912."""
_MONTHS = r"(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
PLAIN = rf"(?:19|20)[0-9]{{2}}-(?:{_MONTHS})"
"""A day in its right form; of 29 February a calendar has to be asked."""


def day(text: str) -> str:
    """``2019-02-03``, ``2019/2/3``, ``20190203``, with or without a time, ``2019年2月3日``, ``民国108年2月3日``.

    Raises Unmapped: ``date_zero`` for MySQL's 0000-00-00, ``date_impossible`` for a day that no calendar has,
    ``date_unreadable`` for anything else, also for years of two digits: which century they mean, nobody has said.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text) or _SOLID.fullmatch(text) or _CHINESE.fullmatch(text):
        year, month, number = int(match[1]), int(match[3]), int(match[4])
    elif match := _REPUBLIC.fullmatch(text):
        year = REPUBLIC_BEGAN + (1 if match[1] == "元" else int(match[1]))
        month, number = int(match[2]), int(match[3])
    else:
        raise Unmapped("date_unreadable")
    if not year and not month and not number:
        raise Unmapped("date_zero")
    try:
        found = date(year, month, number)
    except ValueError:
        raise Unmapped("date_impossible") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unmapped("date_impossible")
    return found.isoformat()


def day_or_zero(text: str) -> str:
    """:func:`day` where the old system wrote 0000-00-00 for "none"; a mapping has to say that it did."""
    try:
        return day(text)
    except Unmapped as unmapped:
        if unmapped.reason == "date_zero":
            return ""
        raise
