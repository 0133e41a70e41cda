"""Tables that every service has: outbox, inbox, answered requests, audit, legal clock, revoked sessions, objects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Declarative, new_metadata
from chassis.objects.references import NAMES


class Base(Declarative):
    __abstract__ = True
    metadata = new_metadata()


class OutboxSubject(Base):
    """Last sequence number per subject; its row lock serialises the events about one subject."""

    __tablename__ = "outbox_subjects"

    subject: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    history: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    previous: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class OutboxEvent(Base):
    """An event to be published, and kept for a retention time so that consumers can be replayed."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("subject", "sequence"),
        Index("ix_outbox_unpublished", "lane", "id", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_created_at", "created_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int]
    lane: Mapped[int]
    history: Mapped[dict[str, Any]]
    actor: Mapped[str]
    traceparent: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]


class InboxEvent(Base):
    """An event received for one handler: attempts are counted before they start; effect and mark share a commit."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("consumer", "event_id"),
        CheckConstraint("done_at IS NULL OR parked_at IS NULL", name="done_or_parked"),
        Index(
            "ix_inbox_open",
            "next_attempt_at",
            postgresql_where=text("done_at IS NULL AND parked_at IS NULL"),
        ),
        Index("ix_inbox_subject", "source", "subject", "sequence"),
        Index("ix_inbox_received_at", "received_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    consumer: Mapped[str]
    event_id: Mapped[str]
    source: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int]
    envelope: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    error: Mapped[str | None]


class AnsweredRequest(Base):
    """A command that ran, with the reply to give again when it is repeated (:mod:`chassis.answers`).

    ``asked_by`` is who asked: requests of different people never meet, whatever they are called.
    """

    __tablename__ = "answered_requests"
    __table_args__ = (
        CheckConstraint("reply IS NULL OR sealed_reply IS NULL", name="one_reply"),
        Index("ix_answered_requests_created_at", "created_at", postgresql_using="brin"),
    )

    request_id: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    asked_by: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    reply: Mapped[dict[str, Any] | None]
    sealed_reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AuditRow(Base):
    """Who did what, when, and for which party (``""``: for nobody, as services and visitors do). Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    party: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    request_id: Mapped[str]
    trace_id: Mapped[str | None]
    facts: Mapped[dict[str, Any]]


class LegalClock(Base):
    """The sandbox's offset of the legal clock, in days; always 0 in production."""

    __tablename__ = "legal_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    offset_days: Mapped[int] = mapped_column(server_default="0")


class RevokedSession(Base):
    """Sessions whose access tokens are refused although they have not expired."""

    __tablename__ = "revoked_sessions"

    session_id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


class Released(Base):
    """An object that rows of this service have ceased to refer to, until whoever collects objects knows of it."""

    __tablename__ = "released_objects"

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    space: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=NAMES)


class ObjectCheck(Base):
    """Where a daily round through the object store stands; ``found`` is what was wrong in it so far."""

    __tablename__ = "object_checks"

    kind: Mapped[str] = mapped_column(primary_key=True)
    next_shelf: Mapped[int] = mapped_column(server_default="0")
    found: Mapped[int] = mapped_column(server_default="0")
    ended_at: Mapped[datetime | None]


APPEND_ONLY = ("audit",)
DELETABLE: tuple[str, ...] = ("revoked_sessions", "released_objects")
UPDATABLE: dict[str, tuple[str, ...]] = {
    "outbox": ("published_at",),
    "inbox": ("next_attempt_at", "attempts", "done_at", "parked_at", "error"),
    "answered_requests": ("reply", "sealed_reply"),
    "revoked_sessions": (),
    "released_objects": (),
}
"""Columns that the application role may change, of tables whose rows are otherwise as they were written."""
