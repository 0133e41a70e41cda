"""Contracts of an approval that was wrong: two reviewers withdraw it, and its holder is as if never verified."""

from __future__ import annotations

from typing import Annotated, Literal

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.identity.verification import VerificationView
from contracts.paging import QueueTotals
from contracts.text import Paragraphs


class ReopenVerification(Model):
    """*propose*: with the ``reason``, which is told to whose it is once it is withdrawn. *confirm*: another reviewer
    agrees. *dismiss*: the approval stands."""

    verification_id: Identifier
    step: Literal["propose", "confirm", "dismiss"]
    reason: Annotated[str, Paragraphs(500)] = ""


REOPEN_VERIFICATION = RpcMethod(
    "identity", "reopen_verification", ReopenVerification, VerificationView, staff("reviewer"), "command"
)

TOTAL_REOPENINGS = RpcMethod("identity", "total_reopenings", Empty, QueueTotals, staff("reviewer"))
"""Of those that wait for the caller: what colleagues proposed."""
