"""Why a row was not mapped. Pure."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "value_missing",
    "value_unknown",
    "characters_damaged",
    "text_too_long",
    "date_zero",
    "date_impossible",
    "date_unreadable",
    "dates_out_of_order",
    "number_unreadable",
    "check_digit_wrong",
    "birth_date_impossible",
    "address_unreadable",
    "amount_unreadable",
    "hash_unreadable",
]
"""Codes; ``docs/runbooks/legacy-imports.md`` says what to do about each."""


class Unmapped(Exception):
    """The row is rejected. ``field`` is ours, filled in by whoever knows it."""

    def __init__(self, reason: Reason, field: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.field = field
