"""Registrations that the old system had finished, as it recorded them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from chassis.bulk import column_sums, copy_parted
from chassis.db import run
from chassis.objects.references import holds
from contracts.legacy import BETWEEN, REGISTRATIONS, FieldSum, as_field_sums, registration_record
from contracts.legacy.scans import TakenScan
from sqlalchemy import CheckConstraint, Index, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base

DAYS = frozenset({"completion_date", "publication_date", "registered_on", "earlier_on"})


NOBODY = ""
"""Whose a registration is that was taken over, as long as nobody has come for the old account again."""
NAMES = r"(regexp_split_to_array(owners, '\s*[、，,；;]\s*|\s{2,}') || title)"
"""The whole names of the owners, and the title: as ``legacy.model.parted`` parts them."""


class LegacyRegistration(Base):
    """What the old register says of a number, under the old rules: no series of ours, maybe no certificate number, and
    categories that are no more. ``record_id`` is made of what names the registration there, so it is the same whenever
    and in whatever file it comes, and answers for the number (``registration_record``). ``row_number``: of the import's
    source."""

    __tablename__ = "legacy_registrations"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'software', 'renewal')", name="kind"),
        CheckConstraint("publication_date >= completion_date", name="completed_before_published"),
        Index("ix_legacy_registrations_login", "login", postgresql_where=text("login <> ''")),
        Index("ix_legacy_registrations_of_import", text("hashtext(import_id)"), "row_number"),
        Index(
            "ix_legacy_registrations_certificate_number",
            "certificate_number",
            postgresql_where=text("certificate_number <> ''"),
        ),
        Index("ix_legacy_registrations_names", text(NAMES), postgresql_using="gin"),
        Index("ix_legacy_registrations_serial_number", "serial_number", postgresql_where=text("serial_number <> ''")),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str]
    row_number: Mapped[int]
    number: Mapped[str]
    kind: Mapped[str]
    certificate_number: Mapped[str]
    category: Mapped[str]
    classification: Mapped[str] = mapped_column(comment="分类号, abolished")
    title: Mapped[str]
    short_name: Mapped[str]
    version: Mapped[str]
    authors: Mapped[str]
    owners: Mapped[str]
    completion_date: Mapped[date | None]
    publication_date: Mapped[date | None]
    registered_on: Mapped[date]
    earlier_number: Mapped[str] = mapped_column(comment="of the registration that a renewal renews")
    earlier_on: Mapped[date | None]
    serial_number: Mapped[str]
    login: Mapped[str] = mapped_column(comment="the old account that filed it")
    note: Mapped[str]
    scans: Mapped[str] = mapped_column(comment="where the old system had its papers, as it wrote it")


class LegacyBatch(Base):
    """A batch of an import that was stored. Append-only."""

    __tablename__ = "legacy_batches"

    import_id: Mapped[str] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_row: Mapped[int]
    last_row: Mapped[int]
    loaded: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LegacyFiler(Base):
    """Whose the registrations are that an old account filed, as identity said last. ``account_id`` None: nobody's."""

    __tablename__ = "legacy_filers"
    __table_args__ = (
        Index("ix_legacy_filers_account_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True, comment="of the old account")
    login: Mapped[str]
    account_id: Mapped[str | None]
    said_at: Mapped[datetime]


class LegacyPaper(Base):
    """A scan that the old system had of a registration. It goes with its import."""

    __tablename__ = "legacy_papers"
    __table_args__ = (
        Index("ix_legacy_papers_import_id", "import_id"),
        Index("ix_legacy_papers_record_id", "record_id"),
        Index("ix_legacy_papers_sha256", "sha256"),
    )

    file_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    import_id: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds())
    size: Mapped[int]
    taken_at: Mapped[datetime]


_OF_BATCH = """hashtext(import_id) = hashtext(%(import_id)s) AND import_id = %(import_id)s
    AND row_number >= %(first)s AND row_number <= %(last)s"""


def load(session: Session, rows: BinaryIO) -> None:
    """Writes the rows of a batch, as its file has them behind the first line."""
    copy_parted(session, LegacyRegistration.__tablename__, REGISTRATIONS.columns, rows, BETWEEN, DAYS)


def sums_of(session: Session, import_id: str, first: int, last: int) -> tuple[int, dict[str, FieldSum]]:
    """How many of these rows of an import there are, and their sums."""
    table, fields = LegacyRegistration.__tablename__, REGISTRATIONS.fields
    rows, sums = column_sums(session, table, fields, _OF_BATCH, _bounds(import_id, first, last))
    return rows, as_field_sums(sums)


def while_filers_stay(session: Session) -> None:
    """Until the transaction ends nobody comes for an old account. Of registrations that are loaded in the moment in
    which their owner comes, one of the two would else not see the other."""
    run(session, "SELECT pg_advisory_xact_lock_shared(hashtextextended(%(name)s, 0))", {"name": _FILERS})


def while_nothing_is_loaded(session: Session) -> None:
    """Until the transaction ends no batch is stored; waits for those that are under way."""
    run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": _FILERS})


_FILERS = "legacy_filers"


def numbers_of(session: Session, import_id: str, first: int, last: int) -> Sequence[Any]:
    """Of these rows that somebody filed who has come: ``account_record``, and the ``numbers`` by which a registration
    is known."""
    statement = """
        SELECT f.record_id AS account_record, ARRAY[l.number, l.certificate_number, l.serial_number] AS numbers
        FROM legacy_filers f JOIN legacy_registrations l ON l.login = f.login AND l.login <> ''
        WHERE hashtext(l.import_id) = hashtext(%(import_id)s) AND l.import_id = %(import_id)s
          AND l.row_number >= %(first)s AND l.row_number <= %(last)s
          AND f.account_id IS NOT NULL
        ORDER BY l.row_number"""
    return run(session, statement, _bounds(import_id, first, last))


def numbers_by(session: Session, login: str) -> Sequence[Any]:
    """Of all that an old account filed: ``import_id``, in whose order they come, and the ``numbers`` of each."""
    statement = """
        SELECT import_id, ARRAY[number, certificate_number, serial_number] AS numbers FROM legacy_registrations
        WHERE login = %(login)s AND login <> '' ORDER BY import_id, row_number"""
    return run(session, statement, {"login": login})


def drop_registered(session: Session, import_id: str, first: int, last: int) -> list[int]:
    """Takes out again those of these rows whose number this register has given itself; returns them."""
    statement = """
        DELETE FROM legacy_registrations l USING register_entries e
        WHERE hashtext(l.import_id) = hashtext(%(import_id)s) AND l.import_id = %(import_id)s
          AND l.row_number >= %(first)s AND l.row_number <= %(last)s
          AND e.registration_number = l.number
        RETURNING l.row_number"""
    return sorted(row.row_number for row in run(session, statement, _bounds(import_id, first, last)))


def _bounds(import_id: str, first: int, last: int) -> dict[str, object]:
    return {"import_id": import_id, "first": first, "last": last}


def batches_of(session: Session, import_id: str) -> Sequence[Any]:
    """The batches that were stored, in order: ``batch``, ``first_row``, ``last_row``."""
    statement = "SELECT batch, first_row, last_row FROM legacy_batches WHERE import_id = %(id)s ORDER BY batch"
    return run(session, statement, {"id": import_id})


def find_registration(session: Session, number: str) -> LegacyRegistration | None:
    """A finished old registration by its number, the number of its certificate, or the serial number of its case."""
    if not number:
        return None
    by_any = or_(
        LegacyRegistration.record_id == registration_record(number),
        LegacyRegistration.certificate_number == number,
        LegacyRegistration.serial_number == number,
    )
    query = select(LegacyRegistration).where(by_any, LegacyRegistration.kind.in_(("work", "software")))
    return session.scalars(query.order_by(LegacyRegistration.record_id).limit(1)).one_or_none()


def held_registration(session: Session, number: str, account_id: str) -> LegacyRegistration | None:
    """A finished old registration, by its number or that of its certificate, if an old account filed it that is joined
    to this account."""
    row = LegacyRegistration
    query = (
        select(row)
        .join(LegacyFiler, LegacyFiler.login == row.login)
        .where(
            or_(row.record_id == registration_record(number), row.certificate_number == number),
            row.kind.in_(("work", "software")),
            row.login != "",
            LegacyFiler.account_id == account_id,
        )
    )
    return session.scalars(query.order_by(row.record_id).limit(1)).first()


def holder_of(session: Session, login: str) -> str | None:
    """Whose the registrations of an old account are; None while they are nobody's."""
    query = select(LegacyFiler.account_id).where(LegacyFiler.login == login, LegacyFiler.login != "")
    return session.scalars(query.limit(1)).first()


def records(session: Session, import_id: str, record_ids: Sequence[str]) -> Sequence[LegacyRegistration]:
    """Those of an import that are there."""
    row = LegacyRegistration
    return session.scalars(select(row).where(row.record_id.in_(record_ids), row.import_id == import_id)).all()


def hold(session: Session, filer: LegacyFiler) -> bool:
    """Identity's last word on an old account counts, whatever of it comes late; whether this is it."""
    row = {"login": filer.login, "account_id": filer.account_id, "said_at": filer.said_at}
    statement = insert(LegacyFiler).values(record_id=filer.record_id, **row)
    statement = statement.on_conflict_do_update(
        index_elements=[LegacyFiler.record_id], set_=row, where=LegacyFiler.said_at <= filer.said_at
    )
    return session.execute(statement.returning(LegacyFiler.record_id)).first() is not None


def held_by(session: Session, account_id: str) -> list[str]:
    """The old accounts that are this account's, as identity said last."""
    query = select(LegacyFiler.record_id).where(LegacyFiler.account_id == account_id)
    return list(session.scalars(query.order_by(LegacyFiler.record_id)))


def filed_by(
    session: Session, account_id: str, before: tuple[date, str] | None, limit: int
) -> Sequence[LegacyRegistration]:
    """What the account's old accounts have had registered, newest first, after ``before`` (day, record id)."""
    row = LegacyRegistration
    query = (
        select(row)
        .join(LegacyFiler, LegacyFiler.login == row.login)
        .where(LegacyFiler.account_id == account_id, row.login != "", row.kind.in_(("work", "software")))
    )
    if before:
        query = query.where(tuple_(row.registered_on, row.record_id) < before)
    return session.scalars(query.order_by(row.registered_on.desc(), row.record_id.desc()).limit(limit)).all()


def add_papers(session: Session, import_id: str, scans: Sequence[TakenScan]) -> None:
    """They are there; twice they are once."""
    rows = [
        {
            "file_id": one.file_id,
            "record_id": one.record_id,
            "import_id": import_id,
            "file_name": one.file_name,
            "sha256": one.object.sha256,
            "size": one.object.size,
            "taken_at": one.taken_at,
        }
        for one in scans
    ]
    if rows:
        session.execute(insert(LegacyPaper).values(rows).on_conflict_do_nothing())


def papers_of(session: Session, record_ids: Sequence[str]) -> Sequence[LegacyPaper]:
    """Of some registrations, in the order in which they came."""
    row = LegacyPaper
    query = select(row).where(row.record_id.in_(record_ids))
    return session.scalars(query.order_by(row.taken_at, row.file_name, row.file_id)).all()


def find_paper(session: Session, record_id: str, file_id: str) -> tuple[LegacyPaper, str | None] | None:
    """With the account whose old account filed the registration, where somebody has come for that."""
    query = (
        select(LegacyPaper, LegacyFiler.account_id)
        .join(LegacyRegistration, LegacyRegistration.record_id == LegacyPaper.record_id)
        .outerjoin(LegacyFiler, (LegacyFiler.login == LegacyRegistration.login) & (LegacyRegistration.login != ""))
        .where(LegacyPaper.file_id == file_id, LegacyPaper.record_id == record_id)
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return (found[0], found[1]) if found else None
