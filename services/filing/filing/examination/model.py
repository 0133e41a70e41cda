"""Queues of the workbench and what a decision is, by the state it meets."""

from __future__ import annotations

from datetime import date
from typing import Literal

from chassis.errors import Problem
from contracts.examination import DecideExamination

from filing.cases.model import Action

Queue = Literal["unclaimed", "mine", "second", "awaiting_paper", "all"]
QUEUES: tuple[Queue, ...] = ("unclaimed", "mine", "second", "awaiting_paper", "all")


def action_for(request: DecideExamination, state: str) -> Action:
    """A refusal is first proposed; the second examiner's decision, whichever it is, counts (F-11).

    Problems ``defects_required``, ``reason_required``.
    """
    if request.decision == "approve":
        return "approve"
    if request.decision == "correct":
        if not request.defects or any(not defect.message.strip() for defect in request.defects):
            raise Problem("defects_required")
        return "request_correction"
    if not request.reason.strip():
        raise Problem("reason_required")
    return "refuse" if state == "refusal_proposed" else "propose_refusal"


def encode_cursor(due_on: date | None, application_id: str) -> str:
    """Place in a queue after this case; without a day due it is among those that come last."""
    return f"{due_on.isoformat() if due_on else ''}|{application_id}"


def decode_cursor(cursor: str) -> tuple[date, str]:
    """Problem ``request_invalid`` for a cursor that is not one of ours."""
    due_on, _, application_id = cursor.partition("|")
    try:
        return (date.fromisoformat(due_on) if due_on else date.max), application_id
    except ValueError as error:
        raise Problem("request_invalid") from error
