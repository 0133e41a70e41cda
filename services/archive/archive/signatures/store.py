"""The queue of signed documents that are to be sealed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from chassis.objects.references import NAMES, holds
from chassis.work import Leased, Terms, indexes
from contracts.objects import ObjectRef
from sqlalchemy import CheckConstraint, Index, Select, UniqueConstraint, exists, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from archive.certificates.model import ATTEMPTS
from archive.certificates.store import Document
from archive.database import Base
from archive.signatures.model import CHANNEL, KINDS, LEASE


class SignedDocument(Leased, Base):
    """A document that an applicant has signed, until its sealed edition is issued under ``document_id``. All works of a
    batch have the same declaration, each with a row of its own, and one file.

    ``candidate_sha256`` names the sealed file before it is stored, as with certificates. ``picture_sha256`` is the
    rendered seal of an organisation, which identity handed out for this signing.
    """

    OPEN = "state = 'queued'"
    TERMS = Terms(CHANNEL, lease=LEASE, attempts=ATTEMPTS, parks=True, again=timedelta(seconds=2))

    __tablename__ = "signed_documents"
    __table_args__ = (
        UniqueConstraint("evidence_id", "application_id", "kind"),
        CheckConstraint("state IN ('queued', 'issued')", name="state"),
        CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name="issued_has_a_time"),
        Index("ix_signed_documents_application_id", "application_id", "kind", "document_id"),
        *indexes("signed_documents", OPEN),
    )

    document_id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str]
    account_id: Mapped[str]
    evidence_id: Mapped[str]
    evidence: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    source_sha256: Mapped[str] = mapped_column(index=True, info=holds())
    source_size: Mapped[int]
    declaration_sha256: Mapped[str] = mapped_column(info=NAMES)
    declaration_size: Mapped[int]
    picture_sha256: Mapped[str | None] = mapped_column(index=True, info=holds(while_="state = 'queued'"))
    state: Mapped[str] = mapped_column(server_default="queued")
    candidate_sha256: Mapped[str | None] = mapped_column(index=True, info=holds(promised=True))
    candidate_size: Mapped[int | None]
    issued_at: Mapped[datetime | None]


def record_candidate(session: Session, row: SignedDocument, ref: ObjectRef) -> bool:
    """Writes down the sealed file before it is stored; False when the lease has gone to another worker."""
    return _change(session, row, candidate_sha256=ref.sha256, candidate_size=ref.size, last_error="")


def sealed_before(session: Session, row: SignedDocument) -> ObjectRef | None:
    """The sealed file of the same document under the same signature, made for another work of the batch."""
    query = select(SignedDocument).where(
        SignedDocument.evidence_id == row.evidence_id,
        SignedDocument.kind == row.kind,
        SignedDocument.source_sha256 == row.source_sha256,
        SignedDocument.state == "issued",
    )
    found = session.scalars(query.limit(1)).first()
    if found is None or found.candidate_sha256 is None:
        return None
    return ObjectRef(sha256=found.candidate_sha256, size=found.candidate_size or 0)


def known_file(session: Session, sha256: str) -> SignedDocument | None:
    """The signing that exactly these bytes come from: its sealed edition, or what was signed; of several
    the last."""
    sealed = select(SignedDocument).where(SignedDocument.candidate_sha256 == sha256, SignedDocument.state == "issued")
    original = select(SignedDocument).where(SignedDocument.source_sha256 == sha256)
    for query in (sealed, original):
        if found := session.scalars(query.order_by(SignedDocument.document_id.desc()).limit(1)).first():
            return found
    return None


def superseded(session: Session, sha256: str) -> bool:
    """Whether another such document was signed later in every case that these bytes were signed in."""
    later = aliased(SignedDocument)
    newer = exists().where(
        later.application_id == SignedDocument.application_id,
        later.kind == SignedDocument.kind,
        later.document_id > SignedDocument.document_id,
    )
    here = or_(SignedDocument.candidate_sha256 == sha256, SignedDocument.source_sha256 == sha256)
    return session.scalars(select(SignedDocument.document_id).where(here, ~newer).limit(1)).first() is None


def signed_in(sha256: str) -> Select[str]:
    """The cases that these bytes were signed in: several where they are the declaration of a batch."""
    here = or_(SignedDocument.candidate_sha256 == sha256, SignedDocument.source_sha256 == sha256)
    return select(SignedDocument.application_id).where(here)


def signed_forms(session: Session, application_ids: Collection[str]) -> list[tuple[Document, str]]:
    """Of each of these cases the newest application form with its signature in it, and the hash of what was signed."""
    query = (
        select(Document, SignedDocument.source_sha256)
        .join(SignedDocument, SignedDocument.document_id == Document.document_id)
        .where(Document.application_id.in_(application_ids), Document.kind == KINDS["application_form"])
    )
    newest = query.distinct(Document.application_id).order_by(Document.application_id, Document.document_id.desc())
    return [(document, sha256) for document, sha256 in session.execute(newest)]


def stuck_forms(session: Session, application_ids: Collection[str]) -> Sequence[SignedDocument]:
    """Application forms of these cases that nobody goes on to seal until a person has seen to it."""
    query = select(SignedDocument).where(
        SignedDocument.application_id.in_(application_ids),
        SignedDocument.kind == "application_form",
        SignedDocument.parked_at.is_not(None),
    )
    return session.scalars(query).all()


def mark_issued(session: Session, row: SignedDocument, issued_at: datetime) -> bool:
    """False when the lease has gone to another worker: then that one issues it."""
    return _change(session, row, state="issued", issued_at=issued_at, lease=None, leased_until=None, last_error="")


def _change(session: Session, row: SignedDocument, **values: object) -> bool:
    statement = (
        update(SignedDocument)
        .where(
            SignedDocument.document_id == row.document_id,
            SignedDocument.lease == row.lease,
            SignedDocument.state == "queued",
        )
        .values(**values)
        .returning(SignedDocument.document_id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none() is not None
