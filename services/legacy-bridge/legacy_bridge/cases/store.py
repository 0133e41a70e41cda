"""Cases that the old system had not finished: the bridge is their one owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from chassis.objects.references import NAMES, holds
from contracts.forms import Kind
from contracts.legacy.cases import LegacyAction, LegacyState
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Row,
    Select,
    Text,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from legacy_bridge.cases.model import ENDED
from legacy_bridge.database import Base


class LegacyCase(Base):
    """An unfinished case as it was taken over, which stays as it is, and how far it has come since: ``stands``, since
    when (legal date), and the last day of the period that runs (``due_until``; none where one is still to be served).

    ``version`` counts from 1; what is above has been gone on with here. ``scans``: where the old system had them, as it
    wrote it. ``account_record`` names the old account as links do. ``days_left``: of an examination that was put off.
    ``received_fen``: what has been paid here, beside what the old system says had come (``paid_fen``). ``proposed_by``
    would refuse it, until a colleague decides; ``opposed_by`` has sent that back.
    """

    __tablename__ = "legacy_cases"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'software')", name="kind"),
        CheckConstraint(
            "state IN ('fee_due', 'submitted', 'accepted', 'examined', 'correction_due', 'certificate_due')",
            name="state",
        ),
        CheckConstraint("fee_fen >= 0 AND paid_fen >= 0", name="no_negative_money"),
        CheckConstraint("received_fen >= 0", name="received"),
        CheckConstraint("(proposed_by IS NULL) = (proposed_reason IS NULL)", name="proposed_with_a_reason"),
        CheckConstraint("(opposed_by IS NULL) = (opposed_reason IS NULL)", name="opposed_with_a_reason"),
        CheckConstraint(
            "proposed_by IS NULL OR stands IN ('submitted', 'accepted', 'examined')", name="proposed_while_open"
        ),
        Index("ix_legacy_cases_proposed", "due_until", "record_id", postgresql_where=text("proposed_by IS NOT NULL")),
        Index("ix_legacy_cases_serial_number", "serial_number"),
        CheckConstraint(
            "stands IN ('fee_due', 'submitted', 'accepted', 'examined', 'correction_due', 'certificate_due',"
            " 'registering', 'completed', 'refused', 'lapsed')",
            name="stands",
        ),
        CheckConstraint("(stands = 'completed') = (registration_number IS NOT NULL)", name="completed_has_a_number"),
        Index("ix_legacy_cases_acceptance_number", "acceptance_number"),
        Index("ix_legacy_cases_account_record", "account_record", "record_id"),
        Index("ix_legacy_cases_stands", "stands", "due_until", "record_id"),
        Index("ix_legacy_cases_import_id", "import_id", "row_number"),
        Index("ix_legacy_cases_title", "title"),
        Index(
            "ix_legacy_cases_registration_number",
            "registration_number",
            postgresql_where=text("registration_number IS NOT NULL"),
        ),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str]
    row_number: Mapped[int]
    serial_number: Mapped[str]
    acceptance_number: Mapped[str]
    login: Mapped[str] = mapped_column(comment="the old account that filed it")
    kind: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    filed_on: Mapped[date]
    accepted_on: Mapped[date | None]
    due_on: Mapped[date | None]
    fee_fen: Mapped[int | None]
    paid_fen: Mapped[int | None]
    correction: Mapped[str]
    scans: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    taken_over_at: Mapped[datetime] = mapped_column(server_default=func.now())
    account_record: Mapped[str]
    stands: Mapped[LegacyState] = mapped_column(Text)
    since: Mapped[date]
    due_until: Mapped[date | None]
    days_left: Mapped[int | None]
    particulars: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    registration_number: Mapped[str | None]
    document_id: Mapped[str | None]
    reminded_of: Mapped[date | None] = mapped_column(comment="last day that its applicant was reminded of")
    received_fen: Mapped[int] = mapped_column(server_default="0")
    proposed_by: Mapped[str | None]
    proposed_reason: Mapped[str | None]
    opposed_by: Mapped[str | None]
    opposed_reason: Mapped[str | None]

    @property
    def nature(self) -> Kind:
        """``kind``, which a constraint holds to these two."""
        return cast(Kind, self.kind)

    @property
    def called(self) -> str:
        """Its title, as the examiner entered it where the old record had another or none."""
        return (self.particulars or {}).get("title") or self.title

    @property
    def classed(self) -> str:
        """Its category likewise; empty while nobody has said it."""
        return (self.particulars or {}).get("category") or self.category

    __mapper_args__ = {"version_id_col": version}


class LegacyLink(Base):
    """Whose an old account is since ``linked_at``; None: nobody's, it was parted. Its cases are that account's."""

    __tablename__ = "legacy_links"
    __table_args__ = (Index("ix_legacy_links_account_id", "account_id"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str | None]
    linked_at: Mapped[datetime]


class LegacyActionRow(Base):
    """What happened to a case since it was taken over. Append-only; the state is what these lead to."""

    __tablename__ = "legacy_actions"
    __table_args__ = (
        ForeignKeyConstraint(["record_id"], ["legacy_cases.record_id"]),
        Index("ix_legacy_actions_record_id", "record_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    record_id: Mapped[str]
    action: Mapped[LegacyAction] = mapped_column(Text)
    from_state: Mapped[LegacyState] = mapped_column(Text)
    to_state: Mapped[LegacyState] = mapped_column(Text)
    actor: Mapped[str]
    by_office: Mapped[bool]
    at: Mapped[datetime]
    text: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(info=NAMES)  # legacy_files holds them


class LegacyFileRow(Base):
    """A file that came with an answer; or a scan of the old system's that came with an import (``import_id``).
    ``scanned`` for malware: clean, infected, or not yet looked at."""

    __tablename__ = "legacy_files"
    __table_args__ = (
        ForeignKeyConstraint(["record_id"], ["legacy_cases.record_id"]),
        CheckConstraint("scanned IN ('', 'clean', 'infected')", name="scanned"),
        Index("ix_legacy_files_record_id", "record_id"),
        Index("ix_legacy_files_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_legacy_files_sha256", "sha256"),
    )

    file_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    import_id: Mapped[str | None]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds())
    size: Mapped[int]
    scanned: Mapped[str] = mapped_column(server_default="")
    sent_at: Mapped[datetime]


def get(session: Session, record_id: str, *, lock: bool = False) -> tuple[LegacyCase, str] | None:
    """A case and the account it belongs to; ``""`` while its old account has not come. ``lock``: until the end."""
    query = with_account().where(LegacyCase.record_id == record_id)
    if lock:
        query = query.with_for_update(of=LegacyCase).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    return pair(found) if found else None


def with_account() -> Select[LegacyCase, str | None]:
    """Cases, each with the account that its old account is linked to."""
    return select(LegacyCase, LegacyLink.account_id).outerjoin(
        LegacyLink, LegacyLink.record_id == LegacyCase.account_record
    )


def pair(row: Row[LegacyCase, str | None]) -> tuple[LegacyCase, str]:
    """A case with whose it is; empty while it is nobody's."""
    return row[0], row[1] or ""


def of_account(
    session: Session, account_id: str, after: str | None, limit: int, *, ended: bool = False
) -> list[tuple[LegacyCase, str]]:
    """The cases of an account by their ids, also those that have ended here; ``ended``: only those."""
    query = with_account().where(LegacyLink.account_id == account_id)
    if ended:
        query = query.where(LegacyCase.stands.in_(ENDED))
    if after:
        query = query.where(LegacyCase.record_id > after)
    return [pair(row) for row in session.execute(query.order_by(LegacyCase.record_id).limit(limit))]


def by_number(session: Session, number: str) -> LegacyCase | None:
    """By serial or acceptance number in its usual spelling."""
    if not number:
        return None
    query = select(LegacyCase).where(or_(LegacyCase.serial_number == number, LegacyCase.acceptance_number == number))
    return session.scalars(query.order_by(LegacyCase.record_id).limit(1)).one_or_none()


def history(session: Session, record_id: str) -> list[LegacyActionRow]:
    """Oldest first."""
    query = select(LegacyActionRow).where(LegacyActionRow.record_id == record_id).order_by(LegacyActionRow.id)
    return list(session.scalars(query))


def asked(case: LegacyCase, history: Sequence[LegacyActionRow]) -> str:
    """What the office asks to be corrected, here or still in the old system; empty when it asks for nothing."""
    if case.stands != "correction_due":
        return ""
    return next((row.text for row in reversed(history) if row.action == "correct"), case.correction)


def answered(case: LegacyCase, history: Sequence[LegacyActionRow]) -> dict[int, str]:
    """What each answer in the history answers, by the answer's id."""
    found, asks = {}, case.correction
    for row in history:
        if row.action == "correct":
            asks = row.text
        elif row.action == "answer":
            found[row.id] = asks
    return found


def file_of(session: Session, record_id: str, file_id: str) -> LegacyFileRow | None:
    """A file of a case, locked."""
    query = select(LegacyFileRow).where(LegacyFileRow.record_id == record_id, LegacyFileRow.file_id == file_id)
    return session.scalars(query.with_for_update()).one_or_none()


def link(session: Session, record_id: str, account_id: str, at: datetime) -> bool:
    """From now on the old account is this one's; said twice, it is once, and a later word outweighs an earlier one
    that comes after it. Whether it was news."""
    row = {"account_id": account_id, "linked_at": at}
    statement = insert(LegacyLink).values(record_id=record_id, **row)
    # Parted from one to be another's again, both are said of the same moment, in whatever order they arrive.
    outweighed = or_(LegacyLink.linked_at < at, and_(LegacyLink.linked_at == at, LegacyLink.account_id.is_(None)))
    statement = statement.on_conflict_do_update(index_elements=[LegacyLink.record_id], set_=row, where=outweighed)
    return session.execute(statement.returning(LegacyLink.record_id)).first() is not None


def known_elsewhere(session: Session, account_record: str) -> Sequence[str]:
    """The cases of an old account of which payment or archive may have heard: they were gone on with here, or a fee
    may have been asked for."""
    heard = or_(LegacyCase.version > 1, LegacyCase.stands == "fee_due")
    query = select(LegacyCase.record_id).where(LegacyCase.account_record == account_record, heard)
    return session.scalars(query.order_by(LegacyCase.record_id)).all()


def unlink(session: Session, record_id: str, at: datetime) -> None:
    """The old account is nobody's from now on. That is kept: what was said before it may come after it."""
    row = {"account_id": None, "linked_at": at}
    statement = insert(LegacyLink).values(record_id=record_id, **row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[LegacyLink.record_id], set_=row, where=LegacyLink.linked_at < at
        )
    )
