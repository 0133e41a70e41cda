"""Tables of the sample service."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Declarative, new_metadata
from chassis.work import Resumable, Terms, indexes


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


class Piece(Resumable, Base):
    """Work of ``steps`` steps, one after the other; ``fail``: raise, die (at step 1), or nothing."""

    OPEN = "state = 'running'"
    TERMS = Terms("sample", again=timedelta(milliseconds=1), parks=True)

    __tablename__ = "pieces"
    __table_args__ = indexes("pieces", OPEN)

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    steps: Mapped[int]
    fail: Mapped[str] = mapped_column(server_default="")


class Step(Base):
    """Each step that was done, of which attempt. Append-only."""

    __tablename__ = "steps"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    piece_id: Mapped[str]
    step: Mapped[int]
    process: Mapped[int]


APPEND_ONLY = ("heard", "steps")
