"""经过 of a case: what happened to the application, and what happened to its money, as one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chassis.errors import Problem
from contracts.filing import ApplicationView

from contracts import archive
from gateway.web.calls import call

_PATIENCE = 3.0
"""Seconds; the page does without it."""
_MONEY: dict[str, Literal["applicant", "system"]] = {
    "order_created": "system",
    "order_paid": "applicant",
    "order_cancelled": "system",
    "receipt_issued": "system",
    "order_refunded": "system",
}
"""What the archive heard of payment, and whose doing it is."""


@dataclass(frozen=True)
class Happened:
    """``amount`` in fen, of money; ``hurried``: of the fee for expediting."""

    at: datetime
    action: str
    by: Literal["applicant", "staff", "system"]
    amount: int | None = None
    hurried: bool = False


def history_of(case: ApplicationView) -> Sequence[Happened]:
    """Oldest first. Without an answer of the archive it is filing's part alone."""
    told = [Happened(each.at, each.action, each.by) for each in case.actions]
    if case.order is not None:
        told += _money_of(case.application_id)
    return sorted(told, key=lambda each: each.at)


def _money_of(application_id: str) -> list[Happened]:
    try:
        asked = archive.GetDossier(application_id=application_id)
        kept = call(archive.GET_DOSSIER, asked, timeout=_PATIENCE)
    except Problem as problem:
        if problem.code != "dossier_unknown" and problem.status < 500:
            raise
        return []
    return [
        Happened(
            at=entry.at,
            action=entry.event,
            by="system" if entry.summary.get("method") == "waived" else _MONEY[entry.event],
            amount=int(entry.summary["amount"]) if "amount" in entry.summary else None,
            hurried=entry.summary.get("purpose") == "expedite",
        )
        for entry in kept.entries
        if entry.source == "payment" and entry.event in _MONEY
    ]
