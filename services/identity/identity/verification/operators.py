"""Another operator of an organisation, as it is asked for: with the number, which a reviewer needs until it is over."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.verification.store import Verification


class OperatorChange(Base):
    """Belongs to a verification whose part is *operator*. The number goes when it is over: if it was approved, the
    account has it. ``earlier_…``: whom it was to take the place of."""

    __tablename__ = "operator_changes"
    __table_args__ = (CheckConstraint("(sealed_id_number IS NULL) = (id_index IS NULL)", name="number"),)

    verification_id: Mapped[str] = mapped_column(ForeignKey(Verification.verification_id), primary_key=True)
    name: Mapped[str]
    id_type: Mapped[str]
    sealed_id_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_index: Mapped[str | None]
    masked_id_number: Mapped[str]
    earlier_name: Mapped[str]
    earlier_masked_id_number: Mapped[str]


def get(session: Session, verification_id: str) -> OperatorChange | None:
    return session.get(OperatorChange, verification_id)


def last_put(session: Session, account_id: str) -> Verification | None:
    """By which its operator came, unless it is the one of the sign-up."""
    query = select(Verification).where(
        Verification.account_id == account_id, Verification.part == "operator", Verification.state == "approved"
    )
    return session.scalars(query.order_by(Verification.decided_at.desc()).limit(1)).first()


def forget_number(session: Session, verification_id: str) -> None:
    """It is over: nobody needs the number here any more."""
    change = get(session, verification_id)
    if change is not None:
        change.sealed_id_number = change.id_index = None


def forget(session: Session, verification_id: str) -> None:
    """The account is closed: who was or was to be its operator goes."""
    change = get(session, verification_id)
    if change is not None:
        forget_number(session, verification_id)
        change.name = change.masked_id_number = change.earlier_name = change.earlier_masked_id_number = ""
