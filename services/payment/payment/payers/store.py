"""Payment's own copy of an organisation's verified name and 统一社会信用代码, which is its tax id too."""

from __future__ import annotations

from datetime import datetime

from chassis.db import run
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base


class PayerRow(Base):
    """An organisation by its newest verification."""

    __tablename__ = "payers"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tax_id: Mapped[str]
    verification_id: Mapped[str]
    verified_at: Mapped[datetime]


def tax_id_of(session: Session, account_id: str, name: str) -> str:
    """Of the account's organisation; nothing where it pays in another name, or is a person."""
    row = session.get(PayerRow, account_id)
    return row.tax_id if row is not None and row.name == name else ""


def save_payer(session: Session, row: PayerRow) -> None:
    """Keeps the newest verification of an account; an older one that arrives late changes nothing."""
    values = {column.key: getattr(row, column.key) for column in PayerRow.__table__.columns}
    statement = insert(PayerRow).values(**values)
    changed = {name: getattr(statement.excluded, name) for name in values if name != "account_id"}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[PayerRow.account_id],
            set_=changed,
            where=PayerRow.verified_at <= statement.excluded.verified_at,
        )
    )


def complete_orders(session: Session, account_id: str, name: str, tax_id: str) -> None:
    """Orders of an organisation that were opened before its tax id was known; what an order has, it keeps."""
    statement = """UPDATE orders SET payer_tax_id = %(tax_id)s, version = version + 1
        WHERE account_id = %(account)s AND payer = %(name)s AND payer_tax_id = ''"""
    run(session, statement, {"account": account_id, "name": name, "tax_id": tax_id})


def drop_payer(session: Session, account_id: str, verification_id: str | None = None) -> None:
    """What a verification told, or all, is known no longer; of a later one it is."""
    statement = delete(PayerRow).where(PayerRow.account_id == account_id)
    session.execute(statement.where(PayerRow.verification_id == verification_id) if verification_id else statement)
