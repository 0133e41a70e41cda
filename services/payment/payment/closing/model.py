"""Figures of a day, and the chain of hashes over the closed ones. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

CLOSE_HOUR = 2
"""The day before is closed from this hour on (Asia/Shanghai): what began before midnight is booked by then."""


@dataclass(frozen=True)
class Figures:
    """One account on one day, in fen: debit and credit as positive sums."""

    opening: int = 0
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


Day = Mapping[str, Figures]


def day_of(opening: Mapping[str, int], booked: Mapping[str, tuple[int, int]]) -> dict[str, Figures]:
    """What stood before and what was booked (debit, credit), by account."""
    accounts = sorted({*opening, *booked})
    return {account: Figures(opening.get(account, 0), *booked.get(account, (0, 0))) for account in accounts}


def stored(figures: Day) -> dict[str, list[int]]:
    """As a row keeps them: opening, debit, credit, closing."""
    return {account: [one.opening, one.debit, one.credit, one.closing] for account, one in figures.items()}


def read(kept: Mapping[str, list[int]]) -> dict[str, Figures]:
    """Takes :func:`stored` back."""
    return {account: Figures(*values[:3]) for account, values in kept.items()}


def balances_are_zero(figures: Day) -> bool:
    """Whether the books balance: before, in and after the day."""
    one_day = list(figures.values())
    return sum(one.closing for one in one_day) == 0 and sum(one.debit - one.credit for one in one_day) == 0


def digest(day: date, figures: Day, entries: int, entries_sha256: str, before: str) -> str:
    """The closing's SHA-256: over the day, its figures, its entries and the closing before, as canonical JSON."""
    told = {
        "before": before,
        "day": day.isoformat(),
        "entries": entries,
        "entries_sha256": entries_sha256,
        "figures": stored(figures),
    }
    return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
