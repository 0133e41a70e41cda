"""Tables of the register: number series, records (never changed), and entries: what the records make of a number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from chassis.objects.references import NAMES
from contracts.text import search_key
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base
from archive.register.model import Author, Owner, Particulars, public_author, public_owner
from archive.register.numbers import is_certificate_number
from archive.register.records import Act, Record, Standing, Status

TAKEN_OVER = "old_system"
"""The series of what the old system registered: counted, but written by numbers of its own."""
ALL_YEARS = 0
"""In the place of the year, of a series that counts over all years."""


class NumberSeries(Base):
    """The last number given in a series and year. Its row lock makes the series gapless: a rollback gives it back."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last >= 1", name="counts_from_one"),)

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class RegisterRecord(Base):
    """What happened to a registration, as it was decided. Append-only: what holds today is folded from all of them."""

    __tablename__ = "register_records"
    __table_args__ = (
        CheckConstraint(
            "act IN ('registered', 'changed', 'assigned', 'licensed', 'pledged', 'released', 'terminated', 'replaced',"
            " 'reissued', 'corrected', 'revoked', 'sealed', 'unsealed')",
            name="act",
        ),
        CheckConstraint("(act IN ('reissued', 'corrected')) <= (ground <> '')", name="says_why"),
        CheckConstraint("sequence >= 1", name="counts_from_one"),
        CheckConstraint("(act = 'registered') = (sequence = 1)", name="begins_with_registration"),
        Index("ix_register_records_application_id", "application_id"),
        Index("ix_register_records_recorded_on", "recorded_on", "registration_number", "sequence"),
    )

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[Act] = mapped_column(Text)
    states: Mapped[dict[str, Any]] = mapped_column(comment="particulars that hold from this record on")
    refers_to: Mapped[str] = mapped_column(server_default="")
    number: Mapped[str | None] = mapped_column(unique=True, comment="of its own proof")
    ground: Mapped[str] = mapped_column(server_default="", comment="why, of acts that say so")
    dealing: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="what was done with the rights")
    application_id: Mapped[str | None]
    form: Mapped[dict[str, Any]] = mapped_column(comment="the approved form, without how to reach the applicant")
    sample_sha256: Mapped[list[str]] = mapped_column(info=NAMES)  # filing keeps the samples
    serial_number: Mapped[str] = mapped_column(server_default="")
    acceptance_number: Mapped[str | None]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    recorded_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())

    def as_record(self) -> Record:
        return Record(
            self.sequence,
            self.act,
            self.recorded_on,
            self.states,
            self.refers_to,
            self.number or "",
            self.ground,
            self.dealing,
        )


class RegisterEntry(Base):
    """What holds today of a registration number: a projection of its records up to ``record``, for questions.

    Only what records can change may be updated; nothing is deleted.
    """

    __tablename__ = "register_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["registration_number", "record"], ["register_records.registration_number", "register_records.sequence"]
        ),
        UniqueConstraint("series", "year", "sequence"),
        CheckConstraint("kind IN ('work', 'software')", name="kind"),
        CheckConstraint("(kind = 'work') = (category IS NOT NULL)", name="works_have_a_category"),
        CheckConstraint("(kind = 'software') = (certificate_number IS NOT NULL)", name="software_has_two_numbers"),
        CheckConstraint("jsonb_array_length(owners) > 0", name="somebody_owns_it"),
        CheckConstraint("publication_date >= completion_date", name="completed_before_published"),
        CheckConstraint("status IN ('valid', 'replaced', 'revoked')", name="status"),
        Index("ix_register_entries_account_id", "account_id"),
        Index("ix_register_entries_title", "title"),
        Index(
            "ix_register_entries_owners",
            "owners",
            postgresql_using="gin",
            postgresql_ops={"owners": "jsonb_path_ops"},
        ),
        Index("ix_register_entries_entered_at", "entered_at", "registration_number"),
        Index("ix_register_entries_registered_on", "registered_on", "registration_number"),
        Index("ix_register_entries_searched", func.search_grams(text("searched")), postgresql_using="gin"),
    )

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    certificate_number: Mapped[str | None] = mapped_column(unique=True, comment="软件证书号")
    record: Mapped[int]
    status: Mapped[Status] = mapped_column(Text)
    application_id: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    kind: Mapped[str]
    category: Mapped[str | None]
    title: Mapped[str]
    short_name: Mapped[str]
    version: Mapped[str]
    authors: Mapped[list[dict[str, Any]]]
    owners: Mapped[list[dict[str, Any]]]
    searched: Mapped[str] = mapped_column(comment="title and public names as searches compare them, a line each")
    completion_date: Mapped[date | None]
    publication_date: Mapped[date | None]
    registered_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def registered_authors(self) -> list[Author]:
        return [Author.model_validate(item) for item in self.authors]

    @property
    def registered_owners(self) -> list[Owner]:
        return [Owner.model_validate(item) for item in self.owners]

    def show(self, standing: Standing) -> None:
        """Takes over what holds now: the columns that records may change."""
        now = standing.particulars
        self.record, self.status = standing.sequence, standing.status
        self.title, self.short_name, self.version = now.title, now.short_name, now.version
        self.authors = [author.model_dump(mode="json") for author in now.authors]
        self.owners = [owner.model_dump(mode="json") for owner in now.owners]
        self.completion_date, self.publication_date = now.completion_date, now.publication_date
        self.searched = searched(now)


def next_number(session: Session, series: str, year: int) -> int:
    """The next number of a series; concurrent callers wait for each other, so that none is left out or given twice."""
    statement = insert(NumberSeries).values(series=series, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[NumberSeries.series, NumberSeries.year], set_={"last": NumberSeries.last + 1}
    )
    return session.execute(statement.returning(NumberSeries.last)).scalar_one()


def lock_application(session: Session, application_id: str) -> None:
    """Until the commit nobody else registers this application."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"register:{application_id}"}
    )


def entry_of_application(session: Session, application_id: str) -> RegisterEntry | None:
    """The entry that a case became: one at the most, whatever changed it later."""
    return session.execute(
        select(RegisterEntry).where(RegisterEntry.application_id == application_id)
    ).scalar_one_or_none()


def record_of_application(session: Session, application_id: str) -> RegisterRecord | None:
    """The record that a case led to."""
    return session.scalars(select(RegisterRecord).where(RegisterRecord.application_id == application_id)).one_or_none()


def entry_of_proof(session: Session, number: str) -> RegisterEntry | None:
    """The entry of which a proof with exactly this number says what happened to it."""
    proved = select(RegisterRecord.registration_number).where(RegisterRecord.number == number)
    query = select(RegisterEntry).where(RegisterEntry.registration_number.in_(proved))
    return session.execute(query).scalar_one_or_none()


def find_entry(session: Session, number: str) -> RegisterEntry | None:
    """The entry with exactly this registration number, or number of its certificate."""
    column = RegisterEntry.certificate_number if is_certificate_number(number) else RegisterEntry.registration_number
    return session.execute(select(RegisterEntry).where(column == number)).scalar_one_or_none()


def is_registered_to(session: Session, registration_number: str, account_id: str) -> bool:
    """Whether a registration was, or has become by a move, an account's."""
    there = select(RegisterEntry.registration_number).where(
        RegisterEntry.registration_number == registration_number, RegisterEntry.account_id == account_id
    )
    return session.scalars(there).one_or_none() is not None


def registered_to(session: Session, numbers: Collection[str], account_id: str) -> frozenset[str]:
    """Of these registrations those that were, or have become by a move, an account's."""
    query = select(RegisterEntry.registration_number).where(
        RegisterEntry.registration_number.in_(numbers), RegisterEntry.account_id == account_id
    )
    return frozenset(session.scalars(query))


def lock_entry(session: Session, registration_number: str) -> RegisterEntry:
    """The entry, until the transaction ends: records of one number are written one after the other."""
    query = select(RegisterEntry).where(RegisterEntry.registration_number == registration_number).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def records_of(session: Session, registration_number: str, until: int | None = None) -> list[Record]:
    """The records of a number in their order, all or those up to one of them."""
    query = select(RegisterRecord).where(RegisterRecord.registration_number == registration_number)
    if until is not None:
        query = query.where(RegisterRecord.sequence <= until)
    return [row.as_record() for row in session.scalars(query.order_by(RegisterRecord.sequence))]


def records_of_each(session: Session, numbers: Collection[str]) -> dict[str, list[Record]]:
    """All records of each of these numbers in their order."""
    query = select(RegisterRecord).where(RegisterRecord.registration_number.in_(numbers))
    found: dict[str, list[Record]] = {}
    for row in session.scalars(query.order_by(RegisterRecord.registration_number, RegisterRecord.sequence)):
        found.setdefault(row.registration_number, []).append(row.as_record())
    return found


def searched(facts: Particulars) -> str:
    """What a search may find: titles, organisations and chosen names, never a masked person's."""
    organisations = [public_owner(owner) for owner in facts.owners if owner.kind == "organisation"]
    authors = [
        public_author(author)
        for author in facts.authors
        if author.organisation or (author.signed_as == "pseudonym" and author.pseudonym)
    ]
    names = [name for name in (facts.title, facts.short_name) if name]
    return "\n".join(search_key(text) for text in dict.fromkeys([*names, *organisations, *authors]))
