"""Which columns refer to objects, declared where the columns are.

``sha256: Mapped[str] = mapped_column(info=holds())``: while such a row stands, the object stays. ``info=NAMES``: the
column only says which bytes were meant (evidence, history, what is on its way to somebody who holds it). A test finds
columns with hashes that say neither. A column that holds is text, or a JSON list of texts, and begins an index.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    MetaData,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import Column

_KEY = "objects"
NAMES: Final[dict[str, Any]] = {_KEY: None}


@dataclass(frozen=True)
class HoldingColumn:
    """``while_``: SQL over the row; ``promised``: the row may be written before the object is, or outlive it."""

    space: str = ""
    while_: str = ""
    promised: bool = False


def holds(space: str = "", *, while_: str = "", promised: bool = False) -> dict[str, Any]:
    """``info`` of a column whose rows keep objects of ``space`` from being collected (see :class:`HoldingColumn`)."""
    return {_KEY: HoldingColumn(space, while_, promised)}


def says_what_it_is(column: Column[Any]) -> bool:
    """Whether the column is declared, one way or the other."""
    return _KEY in column.info


def held_columns(metadata: MetaData, space: str) -> list[Column[Any]]:
    """Columns that hold objects of a space."""
    columns = (column for table in metadata.sorted_tables for column in table.columns)
    return [column for column in columns if (how := column.info.get(_KEY)) and how.space == space]


@cache
def tables_of(package: str) -> MetaData:
    """All tables of a service (or the gateway), wherever its capabilities keep them."""
    database = importlib.import_module(f"{package}.database")
    for store in sorted(Path(str(database.__file__)).parent.glob("*/store.py")):
        importlib.import_module(f"{package}.{store.parent.name}.store")
    metadata: MetaData = database.Base.metadata
    return metadata


def held_among(session: Session, metadata: MetaData, space: str, sha256s: Sequence[str]) -> set[str]:
    """Those of ``sha256s`` that rows refer to now: at one moment, so that none is overlooked that a transaction moves
    from one row to another."""
    wanted = bindparam("wanted", list(sha256s), type_=ARRAY(Text))
    statements = []
    for column in held_columns(metadata, space) if sha256s else ():
        place, statement = _places(column)
        if isinstance(column.type, JSONB):
            statement = statement.where(column.op("?|")(wanted))
        statements.append(statement.where(place == func.any(wanted)))
    return _at_one_moment(session, statements)


def held_on_shelf(session: Session, metadata: MetaData, space: str, shelf: str, *, promised: bool = False) -> set[str]:
    """Addresses that begin with ``shelf``, of objects that must be there because rows say so, at one moment.

    ``promised``: also of those that need not be.
    """
    statements = []
    for column in held_columns(metadata, space):
        if column.info[_KEY].promised and not promised:
            continue
        place, statement = _places(column)
        # In the order of bytes, which is the database's own: the index serves.
        statements.append(statement.where(place >= shelf, place < literal_column(f"'{shelf}g'")))
    return _at_one_moment(session, statements)


def _places(column: Column[Any]) -> tuple[ColumnElement[Any], Select[Any]]:
    """What a column refers to, and the statement that tells it."""
    if not isinstance(column.type, JSONB):
        return column, select(column).distinct().where(_standing(column))
    each = func.jsonb_array_elements_text(column).table_valued("value").render_derived()
    statement = select(each.c.value).distinct().select_from(column.table.join(each, true()))
    return each.c.value, statement.where(_standing(column))


def _at_one_moment(session: Session, statements: Sequence[Select[Any]]) -> set[str]:
    """A statement sees one state of the database; several of a session that commits each may see one each."""
    return set(session.scalars(union_all(*statements))) if statements else set()


def _standing(column: Column[Any]) -> ColumnElement[bool]:
    condition = column.info[_KEY].while_
    return text(condition) if condition else true()  # type: ignore[return-value]  # text stands where a condition may


def spaces_of(metadata: MetaData) -> Iterable[str]:
    """Spaces that any table refers to."""
    columns = (column for table in metadata.sorted_tables for column in table.columns)
    return sorted({how.space for column in columns if (how := column.info.get(_KEY))})
