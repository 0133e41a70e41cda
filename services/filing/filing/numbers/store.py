"""One row per series and year; the row lock makes the sequence gapless: a rolled-back allocation is given again."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.numbers.model import Series, format_number


class NumberSequence(Base):
    __tablename__ = "number_sequences"
    __table_args__ = (CheckConstraint("last >= 1", name="positive"),)

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(session: Session, form_code: str, series: Series, year: int) -> str:
    """Allocates the next number of a form's series in this transaction; other allocations wait for its end."""
    statement = insert(NumberSequence).values(series=f"{form_code}{series}", year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[NumberSequence.series, NumberSequence.year], set_={"last": NumberSequence.last + 1}
    )
    return format_number(
        year, form_code, series, session.execute(statement.returning(NumberSequence.last)).scalar_one()
    )
