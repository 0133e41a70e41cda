"""Cases that the old system had not finished: the bridge is their one owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, cast

from chassis.bulk import column_sums, copy_lines, escaped
from chassis.db import run
from chassis.objects.references import NAMES, holds
from contracts.forms import Kind
from contracts.legacy import BETWEEN, CASES, FieldSum, account_record, as_field_sums
from contracts.legacy.batches import Said
from contracts.legacy.cases import LegacyAction, LegacyState
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Row,
    Select,
    Text,
    delete,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock
from legacy_bridge.cases.model import ENDED, due_at_takeover
from legacy_bridge.cases.policy import policy_of
from legacy_bridge.database import Base

OPTIONAL = frozenset({"accepted_on", "due_on"})
"""Fields whose empty value is none."""


class LegacyCase(Base):
    """An unfinished case as it was taken over, which stays as it is, and how far it has come since: ``stands``, since
    when (legal date), and the last day of the period that runs (``due_until``; none where one is still to be served).

    ``version`` counts from 1; what is above has been gone on with here. ``scans``: where the old system had them, as it
    wrote it. ``account_record`` names the old account as links do. ``days_left``: of an examination that was put off.
    """

    __tablename__ = "legacy_cases"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'software')", name="kind"),
        CheckConstraint(
            "state IN ('fee_due', 'submitted', 'accepted', 'examined', 'correction_due', 'certificate_due')",
            name="state",
        ),
        CheckConstraint("fee_fen >= 0 AND paid_fen >= 0", name="no_negative_money"),
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

    @property
    def nature(self) -> Kind:
        """``kind``, which a constraint holds to these two."""
        return cast(Kind, self.kind)

    __mapper_args__ = {"version_id_col": version}


class LegacyLink(Base):
    """Whose an old account is now. Its cases are that account's."""

    __tablename__ = "legacy_links"
    __table_args__ = (Index("ix_legacy_links_account_id", "account_id"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
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
    """A file that came with an answer. ``scanned``: clean, infected, or not yet looked at."""

    __tablename__ = "legacy_files"
    __table_args__ = (
        ForeignKeyConstraint(["record_id"], ["legacy_cases.record_id"]),
        CheckConstraint("scanned IN ('', 'clean', 'infected')", name="scanned"),
        Index("ix_legacy_files_record_id", "record_id"),
        Index("ix_legacy_files_sha256", "sha256"),
    )

    file_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds())
    size: Mapped[int]
    scanned: Mapped[str] = mapped_column(server_default="")
    sent_at: Mapped[datetime]


_STANDING = ("account_record", "stands", "since", "due_until")


def load(session: Session, import_id: str, rows: Sequence[Said]) -> None:
    """Writes the cases of a batch; each stands where the old system left it."""
    nullable = [name in OPTIONAL or name.endswith("_fen") for name in CASES.fields]
    today = clock.legal_date(clock.legal_now(session))

    def line(row: Said) -> str:
        number, record_id, said = row
        values = said.split(BETWEEN)
        told = ("\\N" if may and not value else escaped(value) for value, may in zip(values, nullable, strict=True))
        return "\t".join((import_id, str(number), record_id, *told, *_standing(values, today)))

    copy_lines(session, LegacyCase.__tablename__, (*CASES.columns, *_STANDING), map(line, rows))


_LOGIN, _KIND, _STATE, _FILED, _DUE = map(CASES.fields.index, ("login", "kind", "state", "filed_on", "due_on"))


def _standing(values: Sequence[str], today: date) -> Iterator[str]:
    state = cast(LegacyState, values[_STATE])
    old_due = date.fromisoformat(values[_DUE]) if values[_DUE] else None
    policy = policy_of(date.fromisoformat(values[_FILED]))
    due = due_at_takeover(state, cast(Kind, values[_KIND]), old_due, today, policy)
    yield from (account_record(values[_LOGIN]), state, today.isoformat(), due.isoformat() if due else "\\N")


def sums_of(session: Session, import_id: str, first: int, last: int) -> tuple[int, dict[str, FieldSum]]:
    """How many cases of these rows there are, and their sums."""
    where = "import_id = %(import_id)s AND row_number >= %(first)s AND row_number <= %(last)s"
    bounds = {"import_id": import_id, "first": first, "last": last}
    rows, sums = column_sums(session, LegacyCase.__tablename__, CASES.fields, where, bounds)
    return rows, as_field_sums(sums)


def numbers_of(session: Session, import_id: str, first: int, last: int) -> Sequence[Any]:
    """Of the cases of these rows: ``account_record``, and the ``numbers`` by which a case is known."""
    statement = """
        SELECT account_record, ARRAY[serial_number, acceptance_number] AS numbers FROM legacy_cases
        WHERE import_id = %(id)s AND row_number >= %(first)s AND row_number <= %(last)s AND login <> ''
        ORDER BY row_number"""
    return run(session, statement, {"id": import_id, "first": first, "last": last})


def records(session: Session, import_id: str, record_ids: Sequence[str]) -> Sequence[LegacyCase]:
    """Those of an import that are there."""
    row = LegacyCase
    return session.scalars(select(row).where(row.record_id.in_(record_ids), row.import_id == import_id)).all()


def gone_on_with(session: Session, import_id: str) -> int:
    """How many cases of an import have been changed since it brought them."""
    statement = "SELECT count(*) FROM legacy_cases WHERE import_id = %(id)s AND version > 1"
    return int(run(session, statement, {"id": import_id})[0].count)


def withdraw(session: Session, import_id: str) -> int:
    """Takes out all that an import brought; how many cases."""
    return len(run(session, "DELETE FROM legacy_cases WHERE import_id = %(id)s RETURNING 1", {"id": import_id}))


def get(session: Session, record_id: str, *, lock: bool = False) -> tuple[LegacyCase, str] | None:
    """A case and the account it belongs to; ``""`` while its old account has not come. ``lock``: until the end."""
    query = with_account().where(LegacyCase.record_id == record_id)
    if lock:
        query = query.with_for_update(of=LegacyCase).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    return _pair(found) if found else None


def with_account() -> Select[LegacyCase, str | None]:
    """Cases, each with the account that its old account is linked to."""
    return select(LegacyCase, LegacyLink.account_id).outerjoin(
        LegacyLink, LegacyLink.record_id == LegacyCase.account_record
    )


def _pair(row: Row[LegacyCase, str | None]) -> tuple[LegacyCase, str]:
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
    return [_pair(row) for row in session.execute(query.order_by(LegacyCase.record_id).limit(limit))]


def in_state(
    session: Session, state: LegacyState, after: tuple[date, str] | None, limit: int
) -> list[tuple[LegacyCase, str]]:
    """Cases that stand there, the most urgent first; those without a period last."""
    due = func.coalesce(LegacyCase.due_until, date.max)
    query = with_account().where(LegacyCase.stands == state)
    if after:
        query = query.where(tuple_(due, LegacyCase.record_id) > after)
    return [_pair(row) for row in session.execute(query.order_by(due, LegacyCase.record_id).limit(limit))]


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


def file_of(session: Session, record_id: str, file_id: str) -> LegacyFileRow | None:
    """A file of a case, locked."""
    query = select(LegacyFileRow).where(LegacyFileRow.record_id == record_id, LegacyFileRow.file_id == file_id)
    return session.scalars(query.with_for_update()).one_or_none()


def link(session: Session, record_id: str, account_id: str, at: datetime) -> bool:
    """From now on the old account is this one's; said twice, it is once, and a later word outweighs an earlier one
    that comes after it. Whether it was news."""
    row = {"account_id": account_id, "linked_at": at}
    statement = insert(LegacyLink).values(record_id=record_id, **row)
    statement = statement.on_conflict_do_update(
        index_elements=[LegacyLink.record_id], set_=row, where=LegacyLink.linked_at < at
    )
    return session.execute(statement.returning(LegacyLink.record_id)).first() is not None


def known_elsewhere(session: Session, account_record: str) -> Sequence[str]:
    """The cases of an old account of which payment or archive may have heard: they were gone on with here, or a fee
    may have been asked for."""
    heard = or_(LegacyCase.version > 1, LegacyCase.stands == "fee_due")
    query = select(LegacyCase.record_id).where(LegacyCase.account_record == account_record, heard)
    return session.scalars(query.order_by(LegacyCase.record_id)).all()


def unlink(session: Session, record_id: str, account_id: str) -> None:
    """The old account is nobody's again, if it was this one's."""
    session.execute(delete(LegacyLink).where(LegacyLink.record_id == record_id, LegacyLink.account_id == account_id))
