"""Tables of the sample service."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Declarative, new_metadata


class Base(Declarative):
    __abstract__ = True
    metadata = new_metadata()


class Counter(Base):
    """What was asked for (``total``), and what was heard in events (``heard``)."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(server_default="0")
    heard: Mapped[int] = mapped_column(server_default="0")


class Heard(Base):
    """Each event that was handled, in the order of handling. Append-only."""

    __tablename__ = "heard"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    counter: Mapped[str]
    sequence: Mapped[int]


APPEND_ONLY = ("heard",)
