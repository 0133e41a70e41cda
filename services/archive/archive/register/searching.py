"""The public search of the register, answered from an index of its pairs of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from contracts.forms import Kind
from contracts.text import search_key, spelled
from sqlalchemy import ColumnElement, Text, and_, bindparam, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from archive.register.store import RegisterEntry

_WILD = re.compile("[/%_]")


def holds(words: str) -> ColumnElement[bool]:
    """Whether ``words`` are a part of what a search may find, in any characters, answered from an index.

    A text holds ``words`` only if it holds each pair of neighbours in them (of one character, that): the index of
    ``search_grams`` gives the few rows that do, and they are compared. Without words, every row does. The words stand
    in the statement, so that it is planned for how many rows have them: the newest of many are read in their order.
    """
    if not words:
        return true()
    escaped = _WILD.sub(r"/\g<0>", words)
    pattern = bindparam(None, f"%{escaped}%", Text(), literal_execute=True)
    pairs = [words[place : place + 2] for place in range(len(words) - 1)] or [words]
    asked = bindparam(None, pairs, ARRAY(Text), literal_execute=True)
    grams = func.search_grams(RegisterEntry.searched, type_=ARRAY(Text))
    return and_(RegisterEntry.searched.like(pattern, escape="/"), grams.contains(asked))


def numbered(session: Session, number: str) -> Sequence[str]:
    """The registrations whose number, or whose certificate's, this is, as it is or respelled."""
    spellings = [number, spelled(number)]
    query = select(RegisterEntry.registration_number).where(
        or_(RegisterEntry.registration_number.in_(spellings), RegisterEntry.certificate_number.in_(spellings))
    )
    return session.scalars(query).all()


def search(
    session: Session,
    q: str,
    kind: Kind | None,
    category: str | None,
    days: tuple[date | None, date | None],
    before: tuple[date, str] | None,
    limit: int,
) -> Sequence[RegisterEntry]:
    """Entries registered on or between ``days``, the newest day first, before the place ``before`` in that order."""
    query = select(RegisterEntry)
    if q:
        found, words = numbered(session, q), holds(search_key(q))
        query = query.where(or_(RegisterEntry.registration_number.in_(found), words) if found else words)
    if kind:
        query = query.where(RegisterEntry.kind == kind)
    if category:
        query = query.where(RegisterEntry.category == category)
    first, last = days
    if first is not None:
        query = query.where(RegisterEntry.registered_on >= first)
    if last is not None:
        query = query.where(RegisterEntry.registered_on <= last)
    if before is not None:
        query = query.where(tuple_(RegisterEntry.registered_on, RegisterEntry.registration_number) < before)
    query = query.order_by(RegisterEntry.registered_on.desc(), RegisterEntry.registration_number.desc()).limit(limit)
    return session.scalars(query).all()
