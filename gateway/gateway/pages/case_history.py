"""经过 of a case: what happened to the application, and what happened to its money, as one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.payment import GET_ORDER, GetOrder

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
        money = _money_of(case.application_id)
        if case.batch_id is not None:  # what is given back of its order stands under one of its works, whole
            money = [each for each in money if each.hurried or each.action != "order_refunded"]
            money += _share_of(case.order.order_id, case.application_id)
        told += money
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
            action="order_due_again" if entry.summary.get("corrects") else entry.event,
            by="system" if entry.summary.get("method") == "waived" else _MONEY[entry.event],
            amount=int(entry.summary["amount"]) if "amount" in entry.summary else None,
            hurried=entry.summary.get("purpose") == "expedite",
        )
        for entry in kept.entries
        if entry.source == "payment" and entry.event in _MONEY
    ]


def _share_of(order_id: str, application_id: str) -> list[Happened]:
    """Of an order that a batch is paid by, which the archive has under none of its works: what is this one's."""
    try:
        order = call(GET_ORDER, GetOrder(order_id=order_id), timeout=_PATIENCE)
    except Problem as problem:
        if problem.status not in (403, 404) and problem.status < 500:
            raise
        return []  # also of a case that has become another account's: the order stays with who paid it
    if order.batch_id is None:
        return []
    own = sum(line.amount for line in order.lines if line.application_id == application_id)
    back = max((one.closed_at for one in order.refunds if one.closed_at), default=None)
    moments: list[tuple[str, datetime | None]] = [
        ("order_created", order.created_at),
        ("order_paid", order.paid_at),
        ("order_cancelled", order.cancelled_at),
        ("order_refunded", back if order.state == "refunded" else None),
    ]
    return [
        Happened(at, action, _MONEY[action] if order.amount else "system", own)
        for action, at in moments
        if at is not None
    ]
