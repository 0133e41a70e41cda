"""Jobs of the materials workers: what is to be done, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.keeping.held import release
from chassis.objects.references import NAMES, holds
from chassis.work import Rank, Resumable, Terms, indexes
from sqlalchemy import CheckConstraint, Computed, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.jobs.model import JobResult, every_sha256, forgotten
from filing.prechecks.model import CHANNEL

EVERY_SHA256 = (
    "jsonb_path_query_array(params, 'lax $.**.sha256')"
    " || coalesce(jsonb_path_query_array(result, 'lax $.**.sha256'), '[]')"
    " || coalesce(jsonb_path_query_array(checkpoint, 'lax $.**.sha256'), '[]')"
)

OF_FACES = "params ->> 'profile' IN ('id_image', 'handheld_photo')"


class JobRow(Resumable, Base):
    """``account_id`` is empty for the public tool: such a job is found by the browser that asked for it (``visitor``),
    or where that was a program, by its unguessable id alone.

    ``objects``: every object that parameters, checkpoint and result name, however deep, kept by the database itself.
    """

    OPEN = "state = 'running'"
    TERMS = Terms(
        CHANNEL,
        most={Rank.OFFICE: 200, Rank.SIGNED_IN: 100, Rank.VISITOR: 5},
        wanted={Rank.VISITOR: timedelta(minutes=5)},
    )
    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('repair', 'deposit')", name="kind"),
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'running') = (result IS NULL)", name="result_when_ended"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        *indexes("jobs", OPEN),
        Index("ix_jobs_queued_at", "queued_at"),
        Index("ix_jobs_of_faces", "queued_at", postgresql_where=text(OF_FACES)),
        Index("ix_jobs_objects", "objects", postgresql_using="gin"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    finished_at: Mapped[datetime | None]
    account_id: Mapped[str]
    visitor: Mapped[str] = mapped_column(default="", server_default="")
    params: Mapped[dict[str, Any]] = mapped_column(info=NAMES)
    result: Mapped[dict[str, Any] | None] = mapped_column(info=NAMES)
    objects: Mapped[list[str]] = mapped_column(Computed(EVERY_SHA256, persisted=True), info=holds())


def find_job(session: Session, job_id: str) -> JobRow | None:
    return session.get(JobRow, job_id)


def end_jobs(session: Session, ids: Collection[str], result: JobResult, now: datetime) -> Sequence[JobRow]:
    """Those of them that were still running, ended: their secrets are forgotten, and what only an attempt held is
    released."""
    statement = select(JobRow).where(JobRow.id.in_(ids), JobRow.state == "running").with_for_update()
    rows = session.scalars(statement).all()
    for row in rows:
        row.state, row.result, row.progress = result.state, result.to_json(), 1.0
        row.params, row.finished_at, row.leased_until = forgotten(row.params), now, None
        release(session, every_sha256(row.checkpoint))
        row.checkpoint = None
    return rows
