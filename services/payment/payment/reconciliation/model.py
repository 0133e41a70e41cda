"""What a bill and the books do not say alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from chassis.clock import SHANGHAI
from contracts.books import DifferenceKind

from payment.providers.bills import BillRow

HOUR = 10
"""WeChat Pay and Alipay have the bill of the day before from ten o'clock on (Asia/Shanghai)."""
DAYS_BACK = 7
"""So many days are caught up with; older ones are compared when somebody asks."""
AROUND_MIDNIGHT = timedelta(minutes=15)

What = Literal["payment", "refund", "balance"]
Key = tuple[What, str]


@dataclass(frozen=True)
class Record:
    """One payment or refund in the books, in fen. ``good``: it went through; ``day``: where it belongs by its time at
    the provider, as far as that is known."""

    what: What
    number: str
    amount: int
    at: datetime
    state: str
    good: bool

    @property
    def day(self) -> date:
        return self.at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Found:
    """One difference. ``why``: it explains itself: ``booked:`` and the day of the books, or ``row:`` and what became of
    the bank's row."""

    kind: DifferenceKind
    what: What
    number: str
    ours: int | None
    theirs: int | None
    our_state: str = ""
    their_state: str = ""
    why: str = ""

    @property
    def key(self) -> Key:
        return self.what, self.number


def compare(day: date, ours: Iterable[Record], theirs: Iterable[BillRow], others: Mapping[Key, Record]) -> list[Found]:
    """Every difference of a day. ``others``: what the books have of other days with numbers that are on the bill."""
    mine = {(one.what, one.number): one for one in ours}
    found: list[Found] = []
    seen: set[Key] = set()
    for row in theirs:
        key: Key = (row.what, row.number)
        if key in seen or not row.good:
            continue
        seen.add(key)
        record = mine.get(key) or others.get(key)
        if record is None:
            found.append(Found("missing_here", *key, None, row.amount, "", row.state))
        elif record.amount != row.amount:
            found.append(Found("amount", *key, record.amount, row.amount, record.state, row.state))
        elif not record.good and (record.state, row.state) != ("sent", "PROCESSING"):
            found.append(Found("state", *key, record.amount, row.amount, record.state, row.state))
        elif record.day != day:
            why = f"booked:{record.day.isoformat()}"
            found.append(Found("timing", *key, record.amount, row.amount, record.state, row.state, why))
    bad: dict[Key, BillRow] = {(row.what, row.number): row for row in theirs if not row.good}
    for key, record in mine.items():
        if key in seen or not record.good:
            continue
        if failed := bad.get(key):
            found.append(Found("state", *key, record.amount, failed.amount, record.state, failed.state))
        else:
            kind: DifferenceKind = "timing" if near_midnight(record.at) else "missing_there"
            found.append(Found(kind, *key, record.amount, None, record.state))
    return sorted(found, key=lambda one: (one.what, one.number))


def near_midnight(at: datetime) -> bool:
    """Whether the other side may count it to the day before or after."""
    local = at.astimezone(SHANGHAI)
    return (local - AROUND_MIDNIGHT).date() != local.date() or (local + AROUND_MIDNIGHT).date() != local.date()
