"""经过 of a case: what happened to the application, and what happened to its money, as one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.filing.cases import OrderSummary
from contracts.payment import OrderView

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
_REGISTER = frozenset({"certificate_reissued", "certificate_revoked"})
"""What the archive itself did with the registration afterwards; the office, whoever asked for it."""
_AFTER_A_RECEIPT = frozenset({"refund_slip", "receipt_cancellation"})
"""Kinds of documents that payment issues as it does receipts, and that are none."""


def event_of(entry: archive.DossierEntry) -> str:
    """What happened: of a document that follows a receipt, what it is."""
    kinds = {document.kind for document in entry.documents} & _AFTER_A_RECEIPT
    return kinds.pop() if entry.event == "receipt_issued" and kinds else entry.event


@dataclass(frozen=True)
class Happened:
    """``amount`` in fen, of money; ``hurried``: of the fee for expediting."""

    at: datetime
    action: str
    by: Literal["applicant", "staff", "system"]
    amount: int | None = None
    hurried: bool = False
    actor: str | None = None


def history_of(case: ApplicationView, order: OrderView | None) -> Sequence[Happened]:
    """Oldest first. Without an answer of the archive it is filing's part alone. ``order``: as payment has it, of a
    batch."""
    told = [Happened(each.at, each.action, each.by, actor=each.actor) for each in case.actions]
    kept = _kept(case.application_id) if case.order is not None or case.registration_number else []
    told += of_register(kept)
    if case.order is not None:
        money = _money_of(kept)
        if case.batch_id is not None:  # what is given back of its order stands under one of its works, whole
            money = [each for each in money if each.hurried or each.action != "order_refunded"]
            money += _share_of(case.order, order)
        told += [each for each in money if each.amount != 0]  # what is free was not charged, and nobody paid it
    return sorted(told, key=lambda each: each.at)


def office_history(case: ApplicationView, kept: Sequence[archive.DossierEntry]) -> Sequence[Happened]:
    """For the office, oldest first: what happened to the application, and to its registration."""
    told = [Happened(each.at, each.action, each.by, actor=each.actor) for each in case.actions]
    return sorted([*told, *of_register(kept)], key=lambda each: each.at)


def of_register(kept: Sequence[archive.DossierEntry]) -> list[Happened]:
    """What became of the certificate after it was issued."""
    return [
        Happened(
            entry.at, _register_word(entry), "staff", actor=entry.actor if entry.actor.startswith("acc-") else None
        )
        for entry in kept
        if entry.source == "archive" and entry.event in _REGISTER
    ]


def _register_word(entry: archive.DossierEntry) -> str:
    return "register_corrected" if entry.summary.get("ground") == "clerical_error" else entry.event


def _kept(application_id: str) -> Sequence[archive.DossierEntry]:
    try:
        asked = archive.GetDossier(application_id=application_id)
        return call(archive.GET_DOSSIER, asked, timeout=_PATIENCE).entries
    except Problem as problem:
        if problem.code != "dossier_unknown" and problem.status < 500:
            raise
        return []


def _money_of(kept: Sequence[archive.DossierEntry]) -> list[Happened]:
    return [
        Happened(
            at=entry.at,
            action="order_due_again"
            if entry.event == "order_created" and entry.summary.get("corrects")
            else event_of(entry),
            by="system" if entry.summary.get("method") == "waived" else _MONEY[entry.event],
            amount=int(entry.summary["amount"]) if "amount" in entry.summary else None,
            hurried=entry.summary.get("purpose") == "expedite",
        )
        for entry in kept
        if entry.source == "payment" and entry.event in _MONEY
    ]


def _share_of(own: OrderSummary, order: OrderView | None) -> list[Happened]:
    """Of an order that a batch is paid by, which the archive has under none of its works: what is this one's. Filing
    keeps each work's share; the lines of the order are those of all works together."""
    if order is None or order.batch_id is None:
        return []
    moments: list[tuple[str, datetime | None, int]] = [
        ("order_created", order.created_at, own.amount),
        ("order_paid", order.paid_at, own.amount),
        ("order_cancelled", order.cancelled_at, own.amount),
        *(("order_refunded", refund.closed_at, refund.share) for refund in order.refunds if refund.share),
    ]
    return [
        Happened(at, action, _MONEY[action] if order.amount else "system", amount)
        for action, at, amount in moments
        if at is not None
    ]
