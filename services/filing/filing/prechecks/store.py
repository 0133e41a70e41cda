"""Checks: what is to be checked, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.ids import new_id
from chassis.runtime import Runtime
from contracts.objects import ObjectRef
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, Session

from filing.base import Base
from filing.jobs.queue import Leased
from filing.precheck import PrecheckResult
from filing.prechecks.model import scan_missing


class PrecheckRow(Leased, Base):
    """``account_id`` is empty for the public tool. ``case_id`` is set for materials.

    ``first_verdict`` with facts and findings is what a first look at a large file gave while the check goes on.
    ``scan_due``: when to ask the malware scanner again, which did not answer.
    """

    __tablename__ = "prechecks"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done')", name="state"),
        CheckConstraint("(state = 'done') = (verdict IS NOT NULL)", name="verdict_when_done"),
        Index("ix_prechecks_open", "created_at", postgresql_where=text("state = 'running'")),
        Index("ix_prechecks_scan_due", "scan_due", postgresql_where=text("scan_due IS NOT NULL")),
    )

    account_id: Mapped[str]
    case_id: Mapped[str | None]
    profile: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    file_name: Mapped[str]
    context: Mapped[dict[str, Any]]
    verdict: Mapped[str | None]
    first_verdict: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    findings: Mapped[list[dict[str, Any]]]
    scan_due: Mapped[datetime | None]


def find_precheck(session: Session, precheck_id: str) -> PrecheckRow | None:
    return session.get(PrecheckRow, precheck_id)


def keep_finished(
    runtime: Runtime,
    result: PrecheckResult,
    made: ObjectRef,
    file_name: str,
    *,
    account_id: str,
    context: Mapping[str, str],
) -> str:
    """The id of a finished check of a file that a job made and the engine has checked already."""
    data = result.to_json()
    with runtime.unit_of_work() as uow:
        row = PrecheckRow(
            id=new_id("pre"),
            account_id=account_id,
            case_id=None,
            profile=result.profile,
            sha256=made.sha256,
            size=made.size,
            file_name=file_name,
            context={**context, "file_name": file_name, "sha256": made.sha256},
            state="done",
            progress=1.0,
            verdict=result.verdict,
            facts={**data["facts"], "sha256": made.sha256},
            findings=data["findings"],
            scan_due=uow.now() if scan_missing(data["findings"]) else None,
            attempts=1,
            created_at=uow.now(),
            finished_at=uow.now(),
        )
        uow.session.add(row)
        uow.session.flush()
        return row.id
