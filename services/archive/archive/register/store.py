"""Tables of the register: number series, entries (facts, never changed) and their status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from contracts.forms import Kind
from contracts.text import search_key, spelled
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base
from archive.register.model import Author, Facts, Owner, public_author, public_owner


class NumberSeries(Base):
    """The last number given in a series and year. Its row lock makes the series gapless: a rollback gives it back."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last >= 1", name="counts_from_one"),)

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class RegisterEntry(Base):
    """What was registered. Append-only: a later change is another entry, never an UPDATE."""

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("series", "year", "sequence"),
        CheckConstraint("kind IN ('work', 'software')", name="kind"),
        CheckConstraint("(kind = 'work') = (category IS NOT NULL)", name="works_have_a_category"),
        CheckConstraint("jsonb_array_length(owners) > 0", name="somebody_owns_it"),
        CheckConstraint("publication_date >= completion_date", name="completed_before_published"),
        Index("ix_register_entries_account_id", "account_id"),
        Index("ix_register_entries_entered_at", "entered_at", "registration_number"),
    )

    registration_number: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    kind: Mapped[str]
    category: Mapped[str | None]
    title: Mapped[str]
    authors: Mapped[list[dict[str, Any]]]
    owners: Mapped[list[dict[str, Any]]]
    searched: Mapped[str] = mapped_column(comment="title and public names as searches compare them, a line each")
    applicant: Mapped[str]
    completion_date: Mapped[date | None]
    publication_date: Mapped[date | None]
    acquisition: Mapped[str]
    rights_scope: Mapped[str]
    form: Mapped[dict[str, Any]] = mapped_column(comment="the approved form as it was")
    sample_sha256: Mapped[list[str]]
    serial_number: Mapped[str]
    acceptance_number: Mapped[str | None]
    approved_at: Mapped[datetime]
    approved_by: Mapped[str]
    registered_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def registered_authors(self) -> list[Author]:
        return [Author.model_validate(item) for item in self.authors]

    @property
    def registered_owners(self) -> list[Owner]:
        return [Owner.model_validate(item) for item in self.owners]


class RegisterStatus(Base):
    """Whether the entry still stands."""

    __tablename__ = "register_status"
    __table_args__ = (CheckConstraint("status IN ('valid', 'replaced', 'revoked')", name="status"),)

    registration_number: Mapped[str] = mapped_column(ForeignKey(RegisterEntry.registration_number), primary_key=True)
    status: Mapped[str] = mapped_column(server_default="valid")
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


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
    return session.execute(
        select(RegisterEntry).where(RegisterEntry.application_id == application_id)
    ).scalar_one_or_none()


def find_entry(session: Session, registration_number: str) -> tuple[RegisterEntry, RegisterStatus] | None:
    """The entry with exactly this number."""
    row = session.execute(
        select(RegisterEntry, RegisterStatus)
        .join(RegisterStatus, RegisterStatus.registration_number == RegisterEntry.registration_number)
        .where(RegisterEntry.registration_number == registration_number)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def searched(facts: Facts) -> str:
    """What a search may find: the title, organisations and chosen names, never a masked person's."""
    organisations = [public_owner(owner) for owner in facts.owners if owner.kind == "organisation"]
    authors = [
        public_author(author)
        for author in facts.authors
        if author.organisation or (author.signed_as == "pseudonym" and author.pseudonym)
    ]
    return "\n".join(search_key(text) for text in dict.fromkeys([facts.title, *organisations, *authors]))


def search(
    session: Session, q: str, kind: Kind | None, category: str | None, after: tuple[datetime, str] | None, limit: int
) -> Sequence[tuple[RegisterEntry, str]]:
    """Entries with their status, newest first, after the cursor."""
    query = select(RegisterEntry, RegisterStatus.status).join(
        RegisterStatus, RegisterStatus.registration_number == RegisterEntry.registration_number
    )
    if q:
        query = query.where(
            or_(
                RegisterEntry.registration_number.in_([q, spelled(q)]),
                RegisterEntry.searched.contains(search_key(q), autoescape=True),
            )
        )
    if kind:
        query = query.where(RegisterEntry.kind == kind)
    if category:
        query = query.where(RegisterEntry.category == category)
    if after:
        moment, number = after
        query = query.where(
            or_(
                RegisterEntry.entered_at < moment,
                (RegisterEntry.entered_at == moment) & (RegisterEntry.registration_number < number),
            )
        )
    query = query.order_by(RegisterEntry.entered_at.desc(), RegisterEntry.registration_number.desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(query)]
