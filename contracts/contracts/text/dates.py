"""Dates as people write them in a form. Programs write ISO 8601."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from contracts.text.numbers import spelled

_DATE = re.compile(r"([0-9]{4})[-./\u5e74]([0-9]{1,2})[-./\u6708]([0-9]{1,2})[\u65e5\u53f7\u865f]?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def day(text: str) -> str:
    """``2024年3月5日``, ``2024.3.5``, ``２０２４／３／５``, ``20240305`` → ``2024-03-05``; what is no date stays.

    Two-digit years are no dates: nobody knows whether 24 is 2024 or 1924.
    """
    written = spelled(text).replace("。", ".").replace("、", ".")
    if found := _DATE.fullmatch(written) or _DIGITS.fullmatch(written):
        try:
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        except ValueError:
            return text
    return text


def _iso(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _ISO.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_iso)]
"""A date as programs write it, ``2024-03-05``, and nothing else: not a number of seconds, which pydantic would take."""
