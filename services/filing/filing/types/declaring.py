"""What the declaration of any type says, in the shape that its template prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

Particular = tuple[str, str, str | list[str]]
"""Label, English label, value."""
Statement = tuple[str, str, str]
"""Heading, English heading, the applicant's own words."""


def declared(
    title_en: str,
    note: str,
    particulars: Sequence[Particular],
    statements: Sequence[Statement],
    warranties: Sequence[str],
) -> dict[str, Any]:
    """``note``: the regulation it is made under, in the footer. Empty particulars are left out."""
    return {
        "title_en": title_en,
        "note": note,
        "particulars": [list(particular) for particular in particulars if particular[2]],
        "statements": [list(statement) for statement in statements],
        "warranties": list(warranties),
    }


def day(value: date | None) -> str:
    """``2026年3月15日``; empty without."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""
