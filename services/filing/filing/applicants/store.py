"""Filing's own copy of what identity verified: name, kind, masked number. Never the number itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from chassis.db import run
from sqlalchemy import CheckConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.forms.applicant import Applicant


class ApplicantRow(Base):
    __tablename__ = "applicants"
    __table_args__ = (CheckConstraint("kind IN ('natural_person', 'organisation')", name="kind"),)

    account_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    operator_name: Mapped[str | None]
    id_type: Mapped[str]
    masked_id_number: Mapped[str]
    verification_id: Mapped[str]
    verified_at: Mapped[datetime]


def find_applicant(session: Session, account_id: str) -> Applicant | None:
    """The verified identity of an account, or None before it is verified."""
    row = session.get(ApplicantRow, account_id)
    return Applicant(row.name, row.kind, row.id_type, row.masked_id_number) if row else None


def operators_of(session: Session, account_ids: Collection[str]) -> dict[str, str]:
    """Who acts for each of some organisations, by name."""
    query = select(ApplicantRow.account_id, ApplicantRow.operator_name)
    query = query.where(ApplicantRow.account_id.in_(account_ids), ApplicantRow.operator_name.is_not(None))
    return {account_id: name or "" for account_id, name in session.execute(query)}


def is_verified(session: Session, account_id: str) -> bool:
    """Whether identity has told of a passed real-name verification of the account."""
    statement = "SELECT 1 FROM applicants WHERE account_id = %(account_id)s"
    return bool(run(session, statement, {"account_id": account_id}))


def drop_applicant(session: Session, account_id: str, verification_id: str) -> None:
    """What a verification told is known no longer; of a later one it is."""
    session.execute(
        delete(ApplicantRow).where(
            ApplicantRow.account_id == account_id, ApplicantRow.verification_id == verification_id
        )
    )


def save_applicant(session: Session, row: ApplicantRow) -> None:
    """Keeps the newest verification of an account; an older one that arrives late changes nothing."""
    values = {column.key: getattr(row, column.key) for column in ApplicantRow.__table__.columns}
    statement = insert(ApplicantRow).values(**values)
    changed = {name: getattr(statement.excluded, name) for name in values if name != "account_id"}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ApplicantRow.account_id],
            set_=changed,
            where=ApplicantRow.verified_at <= statement.excluded.verified_at,
        )
    )
