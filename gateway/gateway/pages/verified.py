"""How far an applicant's real-name verification is, for the pages that depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.base import Empty
from contracts.filing import ApplicationView
from contracts.identity import (
    GET_ACCOUNT,
    LIST_LEGACY_LINKS,
    LIST_MY_VERIFICATIONS,
    ListVerifications,
    VerificationState,
    VerificationView,
)

from gateway.web.calls import call

Stage = Literal["none", "pending", "unusable", "refused", "approved", "elsewhere"]


@dataclass(frozen=True)
class Standing:
    """``unusable``: handed in, and the automatic check found what nobody can read. ``elsewhere``: another account of
    the person holds it, and none is to be had here. ``due_on``: of a pending one."""

    stage: Stage
    due_on: date | None = None


def standing_of(verification: VerificationState) -> Standing:
    """By what the account says of itself (``verification``); of what waits, its latest submission is asked for."""
    if verification in ("none", "refused") and held_elsewhere():
        return Standing("elsewhere")
    if verification != "pending":
        return Standing(verification)
    found = latest_verification()
    if found is None:
        return Standing("pending")
    return Standing("unusable" if is_unusable(found) else "pending", found.due_on)


def standing_for(case: ApplicationView) -> Standing:
    """Of who writes a draft. Filing knows who is verified, and nobody else is asked then."""
    if case.applicant_kind:
        return Standing("approved")
    return standing_of(call(GET_ACCOUNT, Empty()).verification)


def held_elsewhere() -> bool:
    """Whether another account holds the verification of the caller's identity, as the old system's record has it: then
    the two are to be joined."""
    return any(link.verified_elsewhere for link in call(LIST_LEGACY_LINKS, Empty()).items)


def latest_verification() -> VerificationView | None:
    """The newest submission of the caller's party."""
    items = call(LIST_MY_VERIFICATIONS, ListVerifications(limit=1)).items
    return items[0] if items else None


def is_unusable(found: VerificationView) -> bool:
    """Whether its pictures have to be sent again, whatever a reviewer would say."""
    errors = any(finding.severity == "error" for finding in found.findings)
    return found.state == "pending" and found.check == "done" and errors
