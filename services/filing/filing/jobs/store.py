"""Jobs of the materials workers: what is to be done, how far it is, and what came of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, Session

from filing.base import Base
from filing.jobs.queue import Leased


class JobRow(Leased, Base):
    """``account_id`` is empty for the public tool: such a job is found by its unguessable id alone."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('repair', 'deposit')", name="kind"),
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'running') = (result IS NULL)", name="result_when_ended"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("ix_jobs_open", "created_at", postgresql_where=text("state = 'running'")),
    )

    kind: Mapped[str]
    account_id: Mapped[str]
    params: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]


def find_job(session: Session, job_id: str) -> JobRow | None:
    return session.get(JobRow, job_id)
