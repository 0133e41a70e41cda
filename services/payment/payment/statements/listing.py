"""Lists of rows: of all files the newest first, of one file in its own order."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from chassis.cursors import after_day, cursor
from chassis.errors import FieldError, Problem
from contracts.statements import ListBankRows
from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session

from payment.statements.going_back import owing
from payment.statements.store import BankRow, BankSighting

_PLACE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\.(brw-[0-9a-z]{1,40})", re.ASCII)


def listed(
    session: Session, wanted: ListBankRows, only: Collection[str] | None = None
) -> tuple[Sequence[BankRow], str | None]:
    """A page of rows in a state, of a file, or with words in note, payer or reference, or of an amount; or of ``only``
    some rows. With where the next page begins. Problem ``request_invalid`` for a cursor that is none."""
    query = select(BankRow) if only is None else select(BankRow).where(BankRow.row_id.in_(only))
    if wanted.state in ("returned", "refunded"):  # what goes back, and what has
        open_still = BankRow.row_id.in_(owing())
        query = query.where(BankRow.state == "returned", open_still if wanted.state == "returned" else ~open_still)
    elif wanted.state:
        query = query.where(BankRow.state == wanted.state)
    query = _with_words(query, wanted.text.strip())
    if wanted.statement_id:
        return _in_file(session, query, wanted.statement_id, wanted)
    before = after_day(wanted.cursor)
    if before is not None:
        query = query.where(tuple_(BankRow.booked_on, BankRow.row_id) < before)
    query = query.order_by(BankRow.booked_on.desc(), BankRow.row_id.desc())
    rows = session.scalars(query.limit(wanted.limit + 1)).all()
    page = rows[: wanted.limit]
    return page, cursor(page[-1].booked_on, page[-1].row_id) if len(rows) > wanted.limit else None


def _in_file(
    session: Session, query: Select[BankRow], statement_id: str, wanted: ListBankRows
) -> tuple[Sequence[BankRow], str | None]:
    """As they stand in the file, so that it can be laid beside the page."""
    place = (BankSighting.part, BankSighting.line, BankSighting.row_id)
    told = query.add_columns(BankSighting.part, BankSighting.line).join(
        BankSighting, BankSighting.row_id == BankRow.row_id
    )
    told = told.where(BankSighting.statement_id == statement_id)
    if wanted.cursor:
        told = told.where(tuple_(*place) > _place(wanted.cursor))
    found = session.execute(told.order_by(*place).limit(wanted.limit + 1)).all()
    page = found[: wanted.limit]
    further = "{1}.{2}.{0.row_id}".format(*page[-1]) if len(found) > wanted.limit else None
    return [row for row, _, _ in page], further


def _place(text: str) -> tuple[int, int, str]:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise Problem("request_invalid", errors=[FieldError("cursor", "value_error")])
    return int(found[1]), int(found[2]), found[3]


def _with_words(query: Select[BankRow], words: str) -> Select[BankRow]:
    if not words:
        return query
    columns = (BankRow.note, BankRow.payer, BankRow.reference)
    fits = [column.icontains(words, autoescape=True) for column in columns]
    if found := re.fullmatch(r"[¥￥]?([0-9]{1,10})(?:\.([0-9]{2}))?", words.replace(",", ""), re.ASCII):
        fen = int(found[1]) * 100 + int(found[2] or 0)
        fits.append(BankRow.amount.in_((fen, -fen)))
    return query.where(or_(*fits))
