"""The table of staff: roles and second factor."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base

TOTP_PURPOSE = "totp"
SANDBOX_PURPOSE = "sandbox-password"


class Staff(Base):
    """``last_step`` is the newest time step whose code was used: no code signs in twice.

    ``sealed_sandbox_password`` is there in the sandbox only, so that the password can be shown to whoever tries it.
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("jsonb_array_length(roles) > 0", name="roles"),)

    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id), primary_key=True)
    roles: Mapped[list[str]]
    sealed_totp_secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sealed_sandbox_password: Mapped[bytes | None] = mapped_column(LargeBinary)


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
    """Accounts of staff in a role: whom overdue work is told to."""
    statement = select(Account).join(Staff, Staff.account_id == Account.account_id).where(Staff.roles.contains([role]))
    return session.execute(statement).scalars().all()


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


def count_of_sandbox(session: Session) -> int:
    statement = select(func.count()).select_from(Staff).where(Staff.sealed_sandbox_password.is_not(None))
    return session.execute(statement).scalar_one()
