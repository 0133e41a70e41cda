"""Moves that identity announced, and the cases they take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.db import run
from sqlalchemy import CheckConstraint, Index, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.moves.model import MoveState


class Move(Base):
    """All cases of one account are another's. ``said_at``: when identity said what ``state`` came of."""

    __tablename__ = "moves"
    __table_args__ = (
        CheckConstraint("state IN ('moving', 'moved', 'returning', 'returned')", name="state"),
        CheckConstraint("from_account_id <> to_account_id", name="to_another"),
        Index("ix_moves_under_way", "move_id", postgresql_where=text("state IN ('moving', 'returning')")),
    )

    move_id: Mapped[str] = mapped_column(primary_key=True)
    from_account_id: Mapped[str]
    to_account_id: Mapped[str]
    state: Mapped[MoveState] = mapped_column(Text)
    said_at: Mapped[datetime]


@dataclass(frozen=True)
class MovedCase:
    case_id: str
    state: str


_MOVE = """
    UPDATE cases c SET account_id = %(to_account)s, move_id = %(move_id)s
    FROM (SELECT id FROM cases WHERE account_id = %(from_account)s ORDER BY id LIMIT %(limit)s FOR UPDATE) chosen
    WHERE c.id = chosen.id RETURNING c.id, c.state"""
_RETURN = """
    UPDATE cases c SET account_id = %(from_account)s, move_id = NULL
    FROM (SELECT id FROM cases WHERE move_id = %(move_id)s ORDER BY id LIMIT %(limit)s FOR UPDATE) chosen
    WHERE c.id = chosen.id RETURNING c.id, c.state"""
_CHECKS = """
    UPDATE prechecks p SET account_id = %(account)s FROM materials m
    WHERE m.case_id = ANY(%(cases)s) AND p.id = m.precheck_id"""


def lock_move(session: Session, move_id: str) -> Move | None:
    """Until the transaction ends."""
    return session.get(Move, move_id, with_for_update=True, populate_existing=True)


def next_under_way(session: Session) -> Move | None:
    """One that has cases left; locked, and passed over by who comes at the same time."""
    statement = select(Move).where(Move.state.in_(("moving", "returning"))).order_by(Move.move_id).limit(1)
    return session.execute(statement.with_for_update(skip_locked=True)).scalar_one_or_none()


def take_along(session: Session, move: Move, limit: int) -> list[MovedCase]:
    """Some of its cases, given to their new account with the checks of their materials. Of a return it is those that
    no later move took on."""
    facts = {
        "move_id": move.move_id,
        "from_account": move.from_account_id,
        "to_account": move.to_account_id,
        "limit": limit,
    }
    rows = run(session, _MOVE if move.state == "moving" else _RETURN, facts)
    account = move.to_account_id if move.state == "moving" else move.from_account_id
    run(session, _CHECKS, {"account": account, "cases": [row.id for row in rows]})
    return [MovedCase(row.id, row.state) for row in rows]
