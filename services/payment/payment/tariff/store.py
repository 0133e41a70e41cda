"""The rates table. Append-only: a new amount is a new row with its first day, and history stays as it was."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from importlib import resources

from sqlalchemy import CheckConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.tariff.model import Rate, Tariff


class TariffRate(Base):
    """One amount (fen) from one day on. The primary key makes two amounts on one day impossible."""

    __tablename__ = "tariff_rates"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint(
            "amount IS NOT NULL OR code IN ('text_individual', 'software_individual', 'expedite_3', 'expedite_7', "
            "'expedite_15', 'old_case')",
            name="no_gap",
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int | None]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    source: Mapped[str]


def shipped_rates(name: str = "shipped") -> list[dict[str, str | int | date | None]]:
    """The rates that a migration puts into the table: the first one ``shipped``, later ones ``procedures``,
    ``certificates``, ``dealings``, ``changes`` and ``terminations``. Later changes are new rows, not edits of these
    files."""
    text = resources.files("payment.tariff").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return [
        {
            **row,
            "valid_from": date.fromisoformat(row["valid_from"]),
            "amount": int(row["amount"]) if row["amount"] else None,
        }
        for row in csv.DictReader(text.splitlines())
    ]


def load_tariff(session: Session) -> Tariff:
    """The whole tariff: some forty rows, read anew each time so that an operator's change holds at once."""
    return Tariff(
        Rate(row.code, row.valid_from, row.amount, row.title_zh, row.title_en, row.source)
        for row in session.scalars(select(TariffRate))
    )


def offer(session: Session, amounts: Mapping[str, int], day: date) -> int:
    """Adds a rate (fen) from a day on for each code that has had no amount so far. Returns how many it added."""
    rates = session.scalars(select(TariffRate).where(TariffRate.code.in_(amounts))).all()
    charged = {rate.code for rate in rates if rate.amount is not None or rate.valid_from >= day}
    shipped = {rate.code: rate for rate in rates}
    added = [
        {
            "code": code,
            "valid_from": day,
            "amount": fen,
            "title_zh": shipped[code].title_zh,
            "title_en": shipped[code].title_en,
            "source": "sandbox: an invented amount",
        }
        for code, fen in amounts.items()
        if code in shipped and code not in charged
    ]
    if added:
        session.execute(insert(TariffRate).values(added).on_conflict_do_nothing())
    return len(added)
