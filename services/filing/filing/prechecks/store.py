"""Checks: what is to be checked, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from chassis.ids import new_id
from chassis.objects.references import NAMES, holds
from chassis.runtime import Runtime
from chassis.work import Progressing, Rank, Terms, indexes
from contracts.objects import ObjectRef
from materials.precheck import PrecheckResult
from sqlalchemy import CheckConstraint, Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.prechecks.model import CHANNEL, scan_missing, settled


class PrecheckRow(Progressing, Base):
    """``account_id`` is empty for the public tool; ``visitor`` is then the browser whose check it is, empty of a
    program's. ``case_id`` is set for materials.

    ``first_verdict`` with facts and findings is what a first look at a large file gave while the check goes on.
    ``scan_due``: when to ask the malware scanner again, which did not answer.
    """

    OPEN = "state = 'running'"
    TERMS = Terms(
        CHANNEL,
        most={Rank.OFFICE: 1000, Rank.SIGNED_IN: 400, Rank.VISITOR: 30},
        wanted={Rank.VISITOR: timedelta(minutes=5)},
    )

    __tablename__ = "prechecks"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done')", name="state"),
        CheckConstraint("(state = 'done') = (verdict IS NOT NULL)", name="verdict_when_done"),
        *indexes("prechecks", OPEN),
        Index("ix_prechecks_apart", "queued_at", postgresql_where=text("case_id IS NULL")),
        Index("ix_prechecks_scan_due", "scan_due", postgresql_where=text("scan_due IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    finished_at: Mapped[datetime | None]
    account_id: Mapped[str]
    visitor: Mapped[str] = mapped_column(default="", server_default="")
    case_id: Mapped[str | None]
    profile: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds(), index=True)
    size: Mapped[int]
    file_name: Mapped[str]
    context: Mapped[dict[str, Any]] = mapped_column(info=NAMES)
    verdict: Mapped[str | None]
    first_verdict: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(info=NAMES)
    findings: Mapped[list[dict[str, Any]]]
    scan_due: Mapped[datetime | None]


def find_precheck(session: Session, precheck_id: str) -> PrecheckRow | None:
    return session.get(PrecheckRow, precheck_id)


def known_result(
    session: Session, file: Mapping[str, str], context: Mapping[str, str], since: datetime
) -> PrecheckRow | None:
    """A settled check of the same file, for the same account and by the same rules, that has ended since then.

    ``file``: its ``sha256``, ``profile`` and ``account_id``.
    """
    query = (
        select(PrecheckRow)
        .filter_by(**file, context=context, state="done")
        .where(PrecheckRow.finished_at > since)
        .order_by(PrecheckRow.finished_at.desc())
        .limit(1)
    )
    found = session.scalars(query).first()
    return found if found is not None and settled(found.findings) else None


def end_check(session: Session, ids: Collection[str], result: PrecheckResult, now: datetime) -> bool:
    """Stores a result, unless another worker that took over an expired lease was quicker; says whether it did."""
    data = result.to_json()
    statement = (
        update(PrecheckRow)
        .where(PrecheckRow.id.in_(ids), PrecheckRow.state == "running")
        .values(
            state="done",
            verdict=result.verdict,
            facts=data["facts"],
            findings=data["findings"],
            progress=1.0,
            finished_at=now,
            leased_until=None,
            scan_due=now if scan_missing(data["findings"]) else None,
        )
        .returning(PrecheckRow.id)
    )
    return session.scalars(statement).first() is not None


class Owned(Protocol):
    """Whose something is: an account's, or a visitor's browser."""

    @property
    def account_id(self) -> str: ...
    @property
    def visitor(self) -> str: ...


def keep_finished(
    runtime: Runtime,
    result: PrecheckResult,
    made: ObjectRef,
    file_name: str,
    *,
    of: Owned,
    context: Mapping[str, str],
) -> str:
    """The id of a finished check of a file that a job made and the engine has checked already."""
    with runtime.unit_of_work() as uow:
        row = finished(
            result, made, file_name, uow.now(), account_id=of.account_id, visitor=of.visitor, context=context
        )
        uow.session.add(row)
        uow.session.flush()
        return row.id


def finished(
    result: PrecheckResult,
    file: ObjectRef,
    file_name: str,
    now: datetime,
    *,
    account_id: str,
    visitor: str = "",
    context: Mapping[str, str],
    case_id: str | None = None,
) -> PrecheckRow:
    """A check that was done before it is written down."""
    data = result.to_json()
    return PrecheckRow(
        id=new_id("pre"),
        account_id=account_id,
        visitor=visitor,
        case_id=case_id,
        profile=result.profile,
        sha256=file.sha256,
        size=file.size,
        file_name=file_name,
        context={**context, "file_name": file_name, "sha256": file.sha256},
        state="done",
        progress=1.0,
        verdict=result.verdict,
        facts={**data["facts"], "sha256": file.sha256},
        findings=data["findings"],
        scan_due=now if scan_missing(data["findings"]) else None,
        attempts=1,
        queued_at=now,
        finished_at=now,
    )
