"""Tables of certificates: the queue of those to be made, and the documents that were issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.objects import DocumentRef, ObjectRef
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base
from archive.register.store import RegisterEntry, RegisterStatus


class Document(Base):
    """A document that the archive issued. Append-only."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("ix_documents_application_id", "application_id"),
    )

    document_id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str]
    account_id: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    file_name: Mapped[str]
    content_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    issued_at: Mapped[datetime]

    def reference(self) -> DocumentRef:
        return DocumentRef(
            document_id=self.document_id,
            kind=self.kind,
            title=self.title,
            file_name=self.file_name,
            content_type=self.content_type,
            object=ObjectRef(sha256=self.sha256, size=self.size),
            issued_at=self.issued_at,
        )


class Certificate(Base):
    """One edition of an entry's certificate, from the queue to the issued file.

    ``candidate_sha256`` names the signed file before it is stored: whoever goes on after a crash keeps that signature
    when the file is there. ``lease_token`` fences off a worker that was taken for dead. ``log_index`` is the place in
    the public log once there is one.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("registration_number", "edition"),
        CheckConstraint("state IN ('queued', 'issued')", name="state"),
        CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name="issued_has_a_time"),
        CheckConstraint("state <> 'issued' OR candidate_sha256 IS NOT NULL", name="issued_has_a_file"),
        CheckConstraint("(candidate_sha256 IS NULL) = (candidate_size IS NULL)", name="candidate"),
        Index("ix_certificates_queued", "next_attempt_at", postgresql_where=text("state = 'queued'")),
        Index("ix_certificates_account_id", "account_id", "certificate_id"),
    )

    certificate_id: Mapped[str] = mapped_column(primary_key=True)
    registration_number: Mapped[str] = mapped_column(ForeignKey(RegisterEntry.registration_number))
    edition: Mapped[int] = mapped_column(server_default="1")
    certificate_number: Mapped[str | None] = mapped_column(unique=True, comment="软件证书号")
    application_id: Mapped[str]
    account_id: Mapped[str]
    document_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="queued")
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(server_default="")
    candidate_sha256: Mapped[str | None]
    candidate_size: Mapped[int | None]
    issued_at: Mapped[datetime | None]
    log_index: Mapped[int | None] = mapped_column(unique=True)


_CLAIM = text(
    """
    UPDATE certificates SET attempts = attempts + 1, lease_token = :token, lease_until = clock_timestamp() + :lease
    WHERE certificate_id = (
        SELECT certificate_id FROM certificates
        WHERE state = 'queued' AND next_attempt_at <= clock_timestamp()
          AND (lease_until IS NULL OR lease_until < clock_timestamp())
        ORDER BY next_attempt_at, certificate_id LIMIT 1
        FOR UPDATE SKIP LOCKED)
    RETURNING certificate_id
    """
)


def claim(session: Session, token: str, lease: timedelta) -> tuple[Certificate, RegisterEntry] | None:
    """The next certificate to make, leased under ``token`` with its attempt counted; the caller commits first."""
    certificate_id = session.execute(_CLAIM, {"token": token, "lease": lease}).scalar_one_or_none()
    if certificate_id is None:
        return None
    row = session.execute(
        select(Certificate, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.registration_number == Certificate.registration_number)
        .where(Certificate.certificate_id == certificate_id)
    ).one()
    return row[0], row[1]


def record_candidate(session: Session, certificate_id: str, token: str, ref: ObjectRef) -> bool:
    """Writes down the signed file before it is stored; False when the lease has gone to another worker."""
    return _change(session, certificate_id, token, candidate_sha256=ref.sha256, candidate_size=ref.size, last_error="")


def mark_issued(session: Session, certificate_id: str, token: str, issued_at: datetime) -> bool:
    """False when the lease has gone to another worker: then that one issues it."""
    return _change(
        session,
        certificate_id,
        token,
        state="issued",
        issued_at=issued_at,
        lease_token=None,
        lease_until=None,
        last_error="",
    )


def mark_failed(session: Session, certificate_id: str, token: str, error: str, delay: timedelta) -> bool:
    return _change(
        session,
        certificate_id,
        token,
        last_error=error[:1000],
        next_attempt_at=func.clock_timestamp() + delay,
        lease_token=None,
        lease_until=None,
    )


def _change(session: Session, certificate_id: str, token: str, **values: object) -> bool:
    statement = (
        update(Certificate)
        .where(
            Certificate.certificate_id == certificate_id,
            Certificate.lease_token == token,
            Certificate.state == "queued",
        )
        .values(**values)
        .returning(Certificate.certificate_id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def of_account(
    session: Session, account_id: str, before: str | None, limit: int
) -> Sequence[tuple[Certificate, RegisterEntry, str, Document | None]]:
    """An account's certificates with entry, status and file, newest first."""
    query = (
        select(Certificate, RegisterEntry, RegisterStatus.status, Document)
        .join(RegisterEntry, RegisterEntry.registration_number == Certificate.registration_number)
        .join(RegisterStatus, RegisterStatus.registration_number == Certificate.registration_number)
        .outerjoin(Document, Document.document_id == Certificate.document_id)
        .where(Certificate.account_id == account_id)
    )
    if before:
        query = query.where(Certificate.certificate_id < before)
    query = query.order_by(Certificate.certificate_id.desc()).limit(limit)
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def unfinished(session: Session, limit: int) -> Sequence[Certificate]:
    return (
        session.execute(
            select(Certificate)
            .where(Certificate.state == "queued")
            .order_by(Certificate.queued_at, Certificate.certificate_id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def documents_of(session: Session, application_id: str) -> Sequence[Document]:
    return (
        session.execute(
            select(Document).where(Document.application_id == application_id).order_by(Document.document_id)
        )
        .scalars()
        .all()
    )


def latest_issued(session: Session, registration_number: str) -> tuple[Certificate, Document] | None:
    """The newest issued edition of an entry's certificate."""
    row = session.execute(
        select(Certificate, Document)
        .join(Document, Document.document_id == Certificate.document_id)
        .where(Certificate.registration_number == registration_number)
        .order_by(Certificate.edition.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def issued_with_hash(session: Session, sha256: str) -> Certificate | None:
    """The certificate whose issued file has exactly these bytes."""
    return session.execute(
        select(Certificate)
        .join(Document, Document.document_id == Certificate.document_id)
        .where(Document.sha256 == sha256)
    ).scalar_one_or_none()
