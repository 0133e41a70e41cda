"""In which order cases wait for an examiner, and what is told of it in public. Pure; days are legal dates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

RULE = "due-accepted-1"
"""Name of the rule below, as each entry of the record has it."""
Event = Literal["entered", "moved", "claimed", "returned", "left"]
GENESIS = "0" * 64
"""What the first entry of the record is chained to."""
LEAST = 5
"""Smaller numbers of people are not told."""


def due_day(law: date | None, promised: date | None) -> date:
    """By when a case is to be decided: the day of its legal period, or the promised day where that is earlier."""
    return min(law or date.max, promised or date.max)


def place(law: date | None, promised: date | None, accepted_at: datetime | None, case_id: str) -> tuple[Any, ...]:
    """The sort key of a waiting case: first what is due first, of these what was accepted first. Nothing else counts,
    so nobody is moved without a promise that was asked for, granted and paid, or a period that changed by law."""
    return due_day(law, promised), accepted_at or datetime.max.replace(tzinfo=UTC), case_id


def needs_reason(due: date, earliest: date | None) -> bool:
    """Whether claiming a case passes over one of its type that is due on an earlier day."""
    return earliest is not None and earliest < due


def event_of(action: str, before: str, after: str, *, paper_awaited: bool) -> Event | None:
    """What an action on a case is to the queue of unclaimed cases; None where nothing enters or leaves it."""
    match action:
        case "accept" | "receive_paper" if after == "accepted" and not paper_awaited:
            return "entered"
        case "claim" if before == "accepted":
            return "claimed"
        case "release" | "return_claim" | "hand_over" if after == "accepted":
            return "returned"
        case "withdraw" if before == "accepted" and not paper_awaited:
            return "left"
        case "take_back_paper" if before == "accepted":
            return "left"
        case _:
            return None


def chained(previous: str, number: int, entry: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of an entry with its number and the hash of the one before it."""
    said = json.dumps([previous, number, entry], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def percentile(days: Mapping[int, int], share: float) -> int | None:
    """The number of days that a ``share`` of the cases wait at most; ``days``: how many wait how long."""
    total, seen = sum(days.values()), 0
    for length in sorted(days):
        seen += days[length]
        if seen >= share * total:
            return length
    return None


def told(number: int) -> int | None:
    """A count as it is published: none of people who could be recognised by it. 0 tells of nobody."""
    return number if number == 0 or number >= LEAST else None
