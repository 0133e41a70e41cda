"""The columns and statements of leased work, over a table of the service's own.

Fair by start tags: a piece's ``turn`` is the turn that its rank has come to, or one more than its party's last,
whichever is later. Pieces are taken by rank, then turn, then age: so whoever comes with one piece is served after what
is in hands already and those that have the same turn, not after the hundred of somebody else. One index has the order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.db import Ask, run
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work.model import Rank, Sender, Terms


class Leased:
    """Columns of work in a queue. ``OPEN`` is SQL over the table's columns: true while a row is in the queue.

    ``lease`` names the claim that holds the row: what another hand has taken over is not changed by the first one.
    ``leased_until`` is the end of that claim, or, without one, when a row that was given back may be taken again.
    ``wanted_until``: nobody will have asked for it since, and it is dropped. NULL: it waits until it is done.
    ``last_error``: why it could not be done the last time, without anybody's values. ``parked_at``: since then it waits
    for a person, and no hand takes it.
    """

    OPEN: ClassVar[str]
    TERMS: ClassVar[Terms]

    rank: Mapped[int] = mapped_column(server_default="0")
    party: Mapped[str] = mapped_column(server_default="")
    turn: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    wanted_until: Mapped[datetime | None]
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str] = mapped_column(server_default="")
    parked_at: Mapped[datetime | None]


class Progressing(Leased):
    """Work that says how far it is: ``progress`` from 0 to 1."""

    progress: Mapped[float] = mapped_column(server_default="0")


class Resumable(Progressing):
    """Long work that goes on where its last attempt stopped: ``checkpoint`` is what that one left."""

    checkpoint: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


Row = TypeVar("Row", bound=Leased)


def indexes(table: str, open_: str) -> tuple[Index, Index, Index]:
    """What the queue's statements are served by; only rows in the queue are in them."""
    where = text(_in_queue(open_))
    return (
        Index(f"ix_{table}_turn", "rank", "turn", "queued_at", postgresql_where=where),
        Index(f"ix_{table}_party", "party", "rank", "turn", postgresql_where=where),
        Index(f"ix_{table}_waiting", "rank", "queued_at", postgresql_where=where),
    )


def enter(uow: UnitOfWork, row: Leased, sender: Sender) -> None:
    """Puts a new row into the queue and wakes the workers at commit. Problem ``work_too_many``."""
    place(uow, row, sender)
    uow.session.add(row)
    uow.session.flush()


def place(uow: UnitOfWork, row: Leased, sender: Sender) -> None:
    """:func:`enter` for a row that the caller adds to the session."""
    terms = row.TERMS
    row.rank, row.party, row.turn = sender.rank, sender.party, take_turn(uow.session, type(row), sender)
    row.attempts, row.lease, row.leased_until, row.queued_at = 0, None, None, uow.now()
    row.last_error, row.parked_at = "", None
    row.wanted_until = uow.now() + terms.wanted[sender.rank] if sender.rank in terms.wanted else None
    uow.notify(terms.channel)


def take_turn(session: Session, row_type: type[Leased], sender: Sender) -> int:
    """The turn of the party's next piece.

    Pieces of one party are counted one after the other, until the transaction ends: many sent at once would otherwise
    all get the same turn. Problem ``work_too_many`` (``limit``, ``seconds``) when it has as many waiting as it may.
    """
    run(
        session,
        "SELECT pg_advisory_xact_lock(hashtextextended(%(party)s, hashtext(%(queue)s)))",
        {"party": sender.party, "queue": _names(row_type)["table"]},
    )
    [seen] = run(session, _statement(row_type, _MEASURE), {"rank": sender.rank, "party": sender.party})
    most = row_type.TERMS.most.get(sender.rank)
    if most is not None and seen.waiting >= most:
        raise Problem("work_too_many", limit=most, seconds=SOON)
    return max(seen.round or 0, 0 if seen.last is None else seen.last + 1)


ERROR_LENGTH = 1000
SOON = 10
"""Seconds after which a party that has too much waiting may ask again."""

_MEASURE = """
    SELECT (SELECT min(turn) FROM {table} WHERE {open} AND rank = %(rank)s) AS round,
           max(turn) FILTER (WHERE rank = %(rank)s) AS last,
           count(*) FILTER (WHERE wanted_until IS NULL OR wanted_until > clock_timestamp()) AS waiting
    FROM {table} WHERE {open} AND party = %(party)s"""

_READY = """{open} AND rank <= %(lowest)s AND party <> ALL(%(without)s)
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
        AND (wanted_until IS NULL OR wanted_until > clock_timestamp())"""

_NEXT = """(SELECT {key} FROM {table} WHERE {ready}
        ORDER BY rank, turn, queued_at LIMIT 1 FOR UPDATE SKIP LOCKED)"""

_OLDEST = """(SELECT {key} FROM {table} WHERE {ready} AND rank = %(favoured)s
        AND queued_at < clock_timestamp() - %(patience)s
        ORDER BY queued_at LIMIT 1 FOR UPDATE SKIP LOCKED)"""

_CLAIM = """
    UPDATE {table} SET attempts = attempts + 1, lease = %(lease)s, leased_until = clock_timestamp() + %(term)s
    WHERE {key} = {chosen} RETURNING *"""

_CHANGE = "UPDATE {table} SET {change} WHERE {key} = %(key)s AND lease = %(lease)s AND {open} RETURNING 1"


def claim(
    ask: Ask, row_type: type[Row], lowest: Rank, without: Collection[str] = (), *, favoured: Rank | None = None
) -> Row | None:
    """Takes the next piece for as long as a lease runs and counts the attempt before it is worked on: one round trip.

    ``lowest``: of this rank and those before it. ``without``: pieces of these parties stay. ``favoured``: of this rank,
    what has waited longest, and longer than its patience, comes before all others. The row belongs to no session. Asked
    twice, because the first answer was lost, it takes two rows; the first one's lease runs out.
    """
    terms = row_type.TERMS
    parameters: dict[str, Any] = {
        "lowest": lowest,
        "without": list(without),
        "lease": new_id("lease"),
        "term": terms.lease,
        "patience": terms.patience,
        "favoured": favoured,
    }
    chosen = f"coalesce({_OLDEST}, {_NEXT})" if favoured is not None else _NEXT
    found = ask(_statement(row_type, _CLAIM.replace("{chosen}", chosen).replace("{ready}", _READY)), parameters)
    return row_type(**found[0]._asdict()) if found else None


def renew(ask: Ask, row: Leased) -> None:
    """The worker lives: its lease runs on."""
    _change(ask, row, "leased_until = clock_timestamp() + %(term)s", {"term": row.TERMS.lease})


def give_back(ask: Ask, row: Leased, *, counted: bool, error: str = "") -> bool:
    """Somebody takes it again after a pause; True when a person has to look at it first instead.

    ``counted``: the attempt was one. ``error``: why it could not be done.
    """
    terms = row.TERMS
    parked = counted and terms.parks and row.attempts >= terms.attempts
    change = """attempts = attempts - %(back)s, lease = NULL, leased_until = clock_timestamp() + %(after)s,
        last_error = %(error)s, parked_at = CASE WHEN %(parked)s THEN clock_timestamp() END"""
    values = {"back": 0 if counted else 1, "after": terms.pause(row.attempts if counted else 1), "parked": parked}
    return _change(ask, row, change, {**values, "error": error[:ERROR_LENGTH]}) and parked


def park(ask: Ask, row: Leased, error: str) -> bool:
    """No hand takes it any more until a person releases it; False when another hand has it."""
    change = "lease = NULL, leased_until = NULL, last_error = %(error)s, parked_at = clock_timestamp()"
    return _change(ask, row, change, {"error": error[:ERROR_LENGTH]})


def keep_checkpoint(ask: Ask, row: Resumable, reached: str) -> bool:
    """Writes down how far it is (JSON), and that it got on: the attempts count from here; False when another hand has
    it."""
    change = """checkpoint = %(reached)s::jsonb, attempts = 1, last_error = '',
        leased_until = clock_timestamp() + %(term)s"""
    return _change(ask, row, change, {"reached": reached, "term": row.TERMS.lease})


def tell_progress(ask: Ask, row: Progressing, share: float) -> None:
    """Says how far the piece is, 0 to 1; one that somebody else has meanwhile taken is left alone."""
    _change(ask, row, "progress = %(share)s", {"share": min(1.0, max(0.0, share))})


def wanted(ask: Ask, row: Leased) -> None:
    """Somebody asks for it: it is not dropped. Written down only when half of its time has gone."""
    term = row.TERMS.wanted.get(Rank(row.rank))
    if term is None or row.wanted_until is None:
        return
    ask(_statement(type(row), _WANTED), {"key": key_of(row), "term": term, "half": term / 2})


_WANTED = """
    UPDATE {table} SET wanted_until = clock_timestamp() + %(term)s
    WHERE {key} = %(key)s AND {open} AND wanted_until < clock_timestamp() + %(half)s"""

_UNWANTED = """
    SELECT {key} AS key FROM {table} WHERE {open} AND wanted_until < clock_timestamp()
      AND (leased_until IS NULL OR leased_until < clock_timestamp())
    ORDER BY rank DESC, turn DESC LIMIT %(most)s FOR UPDATE SKIP LOCKED"""

AT_ONCE = 500


def drop_unwanted(session: Session, row_type: type[Leased], end: Callable[[Collection[Any]], object]) -> int:
    """Ends what nobody has asked for any more and no hand holds: ``end`` gets some keys; returns how many."""
    keys = [row.key for row in run(session, _statement(row_type, _UNWANTED), {"most": AT_ONCE})]
    if keys:
        end(keys)
    return len(keys)


def _change(ask: Ask, row: Leased, change: str, values: Mapping[str, Any]) -> bool:
    """Whether the row was still this lease's to change."""
    statement = _statement(type(row), _CHANGE.replace("{change}", change))
    return bool(ask(statement, {"key": key_of(row), "lease": row.lease, **values}))


def queue_of(row: Leased) -> str:
    """The table that the piece lies in."""
    return _names(type(row))["table"]


def key_of(row: Leased) -> Any:
    """What names the piece in its table."""
    return getattr(row, _names(type(row))["key"])


def _statement(row_type: type[Leased], pattern: str) -> str:
    return pattern.format(**_names(row_type))


def _names(row_type: type[Leased]) -> dict[str, str]:
    table = row_type.__table__  # type: ignore[attr-defined]  # what mixes this in is a table
    [key] = table.primary_key.columns
    return {"table": table.name, "key": key.name, "open": f"({_in_queue(row_type.OPEN)})"}


def _in_queue(open_: str) -> str:
    return f"{open_} AND parked_at IS NULL"
