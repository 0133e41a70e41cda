"""Tables of certificates: the queue of those to be made, and the documents that were issued."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from chassis.catalogues import Language
from chassis.objects.references import holds
from chassis.work import Leased, Terms, indexes
from contracts.objects import DocumentRef, ObjectRef, PaperStanding
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.certificates.model import ATTEMPTS, CHANNEL, LEASE, Certified, Paper
from archive.database import Base
from archive.register.records import Status
from archive.register.store import RegisterEntry, records_of


class Document(Base):
    """A document that the archive issued. Nothing of it changes but whose it is. Only the declaration of a batch, which
    stands for many cases, is the same file in several."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("ix_documents_application_id", "application_id"),
        Index("ix_documents_account_id", "account_id", "document_id"),
        Index("ix_documents_sha256", "sha256"),
        Index("uq_documents_sha256", "sha256", unique=True, postgresql_where=text("kind <> 'signed_declaration'")),
    )

    document_id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str]
    account_id: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    file_name: Mapped[str]
    content_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds())
    size: Mapped[int]
    issued_at: Mapped[datetime]

    def reference(self, standing: PaperStanding = "") -> DocumentRef:
        return DocumentRef(
            document_id=self.document_id,
            kind=self.kind,
            title=self.title,
            file_name=self.file_name,
            content_type=self.content_type,
            object=ObjectRef(sha256=self.sha256, size=self.size),
            issued_at=self.issued_at,
            standing=standing,
        )


class Certificate(Leased, Base):
    """One edition of a certificate in one language, from the queue to the issued file. It certifies what held after its
    ``record``; a later edition of the same number, of another record or a reissue, takes its place. ``paper``: the
    certificate, or the proof of its record, which stands beside it; each proof is an edition.

    ``candidate_sha256`` names the signed file before it is stored: whoever goes on after a crash keeps that signature
    when the file is there. Nobody but the holder of its lease changes it: a worker that was taken for dead cannot.
    ``log_index`` is the place in the public log once there is one.
    """

    OPEN = "state = 'queued'"
    TERMS = Terms(CHANNEL, lease=LEASE, attempts=ATTEMPTS, parks=True, again=timedelta(seconds=2))

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("registration_number", "paper", "edition", "language"),
        ForeignKeyConstraint(
            ["registration_number", "record"], ["register_records.registration_number", "register_records.sequence"]
        ),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("paper IN ('certificate', 'change_proof', 'revocation_proof', 'dealing_proof')", name="paper"),
        CheckConstraint("state IN ('queued', 'issued')", name="state"),
        CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name="issued_has_a_time"),
        CheckConstraint("state <> 'issued' OR candidate_sha256 IS NOT NULL", name="issued_has_a_file"),
        CheckConstraint("(candidate_sha256 IS NULL) = (candidate_size IS NULL)", name="candidate"),
        *indexes("certificates", OPEN),
        Index("ix_certificates_account_id", "account_id", "certificate_id"),
        Index("ix_certificates_being_made", "queued_at", "certificate_id", postgresql_where=text(OPEN)),
    )

    certificate_id: Mapped[str] = mapped_column(primary_key=True)
    registration_number: Mapped[str]
    record: Mapped[int]
    paper: Mapped[Paper] = mapped_column(Text, server_default="certificate")
    edition: Mapped[int]
    language: Mapped[Language] = mapped_column(Text)
    application_id: Mapped[str]
    account_id: Mapped[str]
    document_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="queued")
    candidate_sha256: Mapped[str | None] = mapped_column(index=True, info=holds(promised=True))
    candidate_size: Mapped[int | None]
    issued_at: Mapped[datetime | None]
    log_index: Mapped[int | None] = mapped_column(unique=True)


def certified(session: Session, certificate: Certificate) -> Certified:
    """What it certifies."""
    return Certified(records_of(session, certificate.registration_number, certificate.record))


def lock_certificate_of(session: Session, document_id: str) -> Certificate | None:
    """The certificate whose file is this document, so that one caller after the other asks for its twin."""
    query = select(Certificate).where(Certificate.document_id == document_id, Certificate.state == "issued")
    return session.scalars(query.with_for_update()).one_or_none()


def in_language(session: Session, certificate: Certificate, language: str) -> Certificate | None:
    """The same edition in a language, if it has been asked for."""
    query = select(Certificate).where(
        Certificate.registration_number == certificate.registration_number,
        Certificate.paper == certificate.paper,
        Certificate.edition == certificate.edition,
        Certificate.language == language,
    )
    return session.scalars(query).one_or_none()


def record_candidate(session: Session, certificate: Certificate, ref: ObjectRef) -> bool:
    """Writes down the signed file before it is stored; False when the lease has gone to another worker."""
    return _change(session, certificate, candidate_sha256=ref.sha256, candidate_size=ref.size, last_error="")


def mark_issued(session: Session, certificate: Certificate, issued_at: datetime) -> bool:
    """False when the lease has gone to another worker: then that one issues it."""
    values = {"lease": None, "leased_until": None, "last_error": ""}
    return _change(session, certificate, state="issued", issued_at=issued_at, **values)


def _change(session: Session, certificate: Certificate, **values: object) -> bool:
    statement = (
        update(Certificate)
        .where(
            Certificate.certificate_id == certificate.certificate_id,
            Certificate.lease == certificate.lease,
            Certificate.state == "queued",
        )
        .values(**values)
        .returning(Certificate.certificate_id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def unfinished(session: Session, after: tuple[datetime, str] | None, limit: int) -> Sequence[Certificate]:
    """Certificates that are still being made, the longest waiting first."""
    query = select(Certificate).where(Certificate.state == "queued")
    if after is not None:
        query = query.where(tuple_(Certificate.queued_at, Certificate.certificate_id) > after)
    return session.scalars(query.order_by(Certificate.queued_at, Certificate.certificate_id).limit(limit)).all()


def unfinished_totals(session: Session) -> tuple[int, int, datetime | None]:
    """Of those that are still being made: how many, how many have failed so far, since when the oldest."""
    failing = func.count().filter(Certificate.last_error != "")
    query = select(func.count(), failing, func.min(Certificate.queued_at)).where(Certificate.state == "queued")
    count, failed, since = session.execute(query).one()
    return count, failed, since


def documents_of(session: Session, application_id: str) -> Sequence[Document]:
    """What the archive keeps of the case, in the order it came."""
    return (
        session.execute(
            select(Document).where(Document.application_id == application_id).order_by(Document.document_id)
        )
        .scalars()
        .all()
    )


def count_of(session: Session, registration_number: str, paper: Paper) -> int:
    """How many papers of a kind there are of a number, made or being made."""
    query = select(func.count()).where(
        Certificate.registration_number == registration_number,
        Certificate.paper == paper,
        Certificate.language == "zh",
    )
    return session.scalars(query).one()


def in_force(session: Session, numbers: Collection[str]) -> dict[str, int]:
    """The newest issued edition of the certificate of each number."""
    newest = (
        select(Certificate.registration_number, func.max(Certificate.edition))
        .where(Certificate.registration_number.in_(numbers), Certificate.paper == "certificate")
        .where(Certificate.state == "issued", Certificate.language == "zh")
        .group_by(Certificate.registration_number)
    )
    return {row[0]: row[1] for row in session.execute(newest)}


def standings_of(session: Session, application_id: str) -> dict[str, tuple[Certificate, Status]]:
    """The papers of a case by their document, each with the status of its registration."""
    query = (
        select(Certificate, RegisterEntry.status)
        .join(RegisterEntry, RegisterEntry.registration_number == Certificate.registration_number)
        .where(Certificate.application_id == application_id)
    )
    return {row[0].document_id: (row[0], row[1]) for row in session.execute(query)}


def newest_of(session: Session, registration_number: str) -> Certificate | None:
    """The newest edition of an entry's certificate, made or being made."""
    query = select(Certificate).where(
        Certificate.registration_number == registration_number,
        Certificate.paper == "certificate",
        Certificate.language == "zh",
    )
    return session.scalars(query.order_by(Certificate.edition.desc()).limit(1)).one_or_none()


def latest_issued(session: Session, registration_number: str) -> tuple[Certificate, Document] | None:
    """The newest issued edition of an entry's certificate."""
    row = session.execute(
        select(Certificate, Document)
        .join(Document, Document.document_id == Certificate.document_id)
        .where(
            Certificate.registration_number == registration_number,
            Certificate.paper == "certificate",
            Certificate.language == "zh",
        )
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
