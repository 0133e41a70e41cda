"""Queues of the workbench and what a decision is, by the state it meets."""

from __future__ import annotations

from typing import Literal, Protocol

from chassis.errors import Problem
from contracts.examination import DecideExamination

from filing.cases.model import Action

Queue = Literal["unclaimed", "mine", "second", "awaiting_paper", "all"]
QUEUES: tuple[Queue, ...] = ("unclaimed", "mine", "second", "awaiting_paper", "all")


class Held(Protocol):
    """A case as far as it matters who has it."""

    @property
    def state(self) -> str: ...
    @property
    def second_examiner_id(self) -> str | None: ...


def waits(case: Held, examiner: str) -> bool:
    """Whether a case in an examiner's hands waits for somebody else: the applicant, or another examiner."""
    return case.state == "awaiting_correction" or (
        case.state == "refusal_proposed" and case.second_examiner_id != examiner
    )


def action_for(request: DecideExamination, state: str, *, opposed: bool = False) -> Action:
    """A refusal is first proposed and counts when another examiner refuses too (F-11). Who would register instead
    opposes it, which counts when somebody else would register too; a correction that is asked for counts at once.

    Problems ``defects_required``, ``reason_required``.
    """
    if request.decision == "approve":
        if state != "refusal_proposed" or opposed:
            return "approve"
        if not request.reason.strip():
            raise Problem("reason_required")
        return "oppose_refusal"
    if request.decision == "correct":
        if not request.defects or any(not defect.message.strip() for defect in request.defects):
            raise Problem("defects_required")
        return "request_correction"
    if not request.reason.strip():
        raise Problem("reason_required")
    return "refuse" if state == "refusal_proposed" else "propose_refusal"
