"""The table of staff: roles and second factor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base

TOTP_PURPOSE = "totp"
SANDBOX_PURPOSE = "sandbox-password"


class Staff(Base):
    """``last_step`` is the newest time step whose code was used: no code signs in twice.

    ``awaits``: what is still to be set up with a code, and until then nobody signs in; ``sealed_code_secret`` is what
    the authenticator will be given with it. Roles may all wait for a second administrator.

    ``sealed_sandbox_password`` is there in the sandbox only, so that the password can be shown to whoever tries it.
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(roles) = 'array'", name="roles"),
        CheckConstraint("awaits IN ('access', 'totp')", name="awaits"),
        CheckConstraint("(awaits IS NULL) = (sealed_totp_secret IS NOT NULL)", name="secret_unless_awaited"),
        CheckConstraint(
            "(code_digest IS NULL) = (code_until IS NULL) AND (code_digest IS NULL) = (sealed_code_secret IS NULL)",
            name="whole_code",
        ),
        CheckConstraint("code_digest IS NULL OR awaits IS NOT NULL", name="code_for_what_is_awaited"),
        Index("uq_staff_code_digest", "code_digest", unique=True, postgresql_where=text("code_digest IS NOT NULL")),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id), primary_key=True)
    roles: Mapped[list[str]]
    sealed_totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sealed_sandbox_password: Mapped[bytes | None] = mapped_column(LargeBinary)
    deactivated_at: Mapped[datetime | None]
    awaits: Mapped[str | None]
    code_digest: Mapped[str | None]
    code_until: Mapped[datetime | None]
    sealed_code_secret: Mapped[bytes | None] = mapped_column(LargeBinary)


def get(session: Session, account_id: str) -> Staff | None:
    return session.get(Staff, account_id)


def roles_of(session: Session, account_id: str) -> list[str]:
    """Empty for who is no staff."""
    staff = get(session, account_id)
    return list(staff.roles) if staff else []


def use_step(session: Session, account_id: str, step: int) -> bool:
    """Uses a time step up; False when its code, or a later one, was used before."""
    statement = update(Staff).where(Staff.account_id == account_id, Staff.last_step < step).values(last_step=step)
    return session.execute(statement.returning(Staff.account_id)).first() is not None


def holding(session: Session, role: str) -> Sequence[Account]:
    """Accounts of staff in a role who work here: whom overdue work is told to."""
    statement = (
        select(Account)
        .join(Staff, Staff.account_id == Account.account_id)
        .where(Staff.roles.contains([role]), Staff.deactivated_at.is_(None))
    )
    return session.execute(statement).scalars().all()


def able(session: Session, role: str) -> bool:
    """Whether somebody in a role works here and has what one signs in with."""
    able = select(Staff.account_id).where(Staff.roles.contains([role]), Staff.deactivated_at.is_(None))
    return session.scalar(able.where(Staff.awaits.is_(None)).limit(1)) is not None


def names(session: Session, account_ids: Collection[str]) -> dict[str, str]:
    """What members of staff are called, by account."""
    query = select(Account.account_id, Account.name).where(Account.account_id.in_(account_ids), Account.kind == "staff")
    return {row.account_id: row.name for row in session.execute(query)}


def of_sandbox(session: Session) -> Sequence[tuple[Account, Staff]]:
    """The sandbox's staff, whose passwords are shown to whoever runs it."""
    statement = (
        select(Account, Staff)
        .join(Staff, Staff.account_id == Account.account_id)
        .where(Staff.sealed_sandbox_password.is_not(None))
        .order_by(Account.account_id)
    )
    return [(account, staff) for account, staff in session.execute(statement).all()]


def logins(session: Session, among: Collection[str]) -> set[str | None]:
    """Of these names those that members of staff sign in with."""
    return set(session.scalars(select(Account.account_name).where(Account.account_name.in_(among))))
