"""Where the next page of a list begins: the sort key of the last row of the page before, and its id.

Pages of a list that is sorted by more than an id go by such a pair, so that rows with the same key are met once each
and rows that come or go in the meantime move no others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from chassis.errors import FieldError, Problem

K = TypeVar("K", bound=date)


def cursor(key: date | datetime, identifier: str) -> str:
    """For a caller to hand back as it is."""
    return f"{key.isoformat()}|{identifier}"


def after_day(text: str | None) -> tuple[date, str] | None:
    """The pair of a list that is sorted by days; None for the first page. Problem ``request_invalid``."""
    return _pair(text, date.fromisoformat) if text else None


def after_moment(text: str | None) -> tuple[datetime, str] | None:
    """The pair of a list that is sorted by moments; None for the first page. Problem ``request_invalid``."""
    return _pair(text, _moment) if text else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _pair(text: str, read: Callable[[str], K]) -> tuple[K, str]:
    key, _, identifier = text.partition("|")
    try:
        return read(key), identifier
    except (ValueError, OverflowError) as error:
        raise Problem("request_invalid", errors=[FieldError("cursor", "value_error")]) from error
