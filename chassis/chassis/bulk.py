"""Thousands of rows in one statement: COPY into a table, and sums over what a table holds of a batch.

For rows that were checked before, from a source whose batches come one after the other. In the session's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, BinaryIO, LiteralString, NamedTuple, cast

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

_BLOCK = 256 << 10
_NO_QUOTE = "\x1e"
"""COPY's CSV has to have a quote; no value has this one. (Its text format would take a backslash for an escape.)"""
_BINARY, _BINARY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
"""Around the rows of COPY's binary format."""
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class ColumnSum(NamedTuple):
    """Of a column: how many rows have a value, the total of what is counted, SHA-256 over all values in their order."""

    filled: int
    total: int
    checksum: str


def driver_of(session: Session) -> psycopg.Connection[Any]:
    """The driver's connection, in the session's transaction. What the session has not written yet is written first."""
    session.flush()
    return cast(psycopg.Connection[Any], session.connection().connection.driver_connection)


def escaped(text: str) -> str:
    """A value in COPY's text format."""
    return text.translate(_ESCAPED)


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Rows in COPY's text format: values between tabs (:func:`escaped`), ``\\N`` for none, no line break behind."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
    with driver_of(session).cursor().copy(statement) as copy:
        data = "\n".join(lines)
        if data:
            copy.write(f"{data}\n")


def copy_packed(session: Session, table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Rows in COPY's binary format, each with how many values it has and their lengths before them."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table), _names(columns))
    with driver_of(session).cursor().copy(statement) as copy:
        copy.write(b"".join((_BINARY, *rows, _BINARY_END)))


def copy_parted(
    session: Session, table: str, columns: Sequence[str], data: BinaryIO, between: str, nullable: Collection[str]
) -> int:
    """Rows of a binary stream as it is read, a line each, with the character ``between`` their values and nothing
    escaped; how many rows. An empty value is NULL in the ``nullable`` columns and an empty text elsewhere."""
    texts = [column for column in columns if column not in nullable]
    statement = sql.SQL(
        "COPY {} ({}) FROM STDIN (FORMAT csv, DELIMITER {}, QUOTE {}, NULL '', FORCE_NOT_NULL ({}))"
    ).format(sql.Identifier(table), _names(columns), sql.Literal(between), sql.Literal(_NO_QUOTE), _names(texts))
    cursor = driver_of(session).cursor()
    with cursor.copy(statement) as copy:
        while block := data.read(_BLOCK):
            copy.write(block)
    return cursor.rowcount


def column_sums(
    session: Session, table: str, columns: Sequence[str], where: LiteralString, parameters: dict[str, Any]
) -> tuple[int, dict[str, ColumnSum]]:
    """How many rows the table has now, and the sum of each column by ``row_number``, empty where it is NULL. Columns
    that end in ``_fen`` are added up."""
    parts = []
    for column in columns:
        value = sql.SQL("coalesce({}::text, '')").format(sql.Identifier(column))
        total = value if column.endswith("_fen") else sql.SQL("'0'")
        parts.append(
            sql.SQL(
                "count(*) FILTER (WHERE {v} <> ''), coalesce(sum(nullif({t}, '')::numeric), 0)::bigint,"
                " encode(sha256(convert_to(coalesce(string_agg({v}, E'\\x1f' ORDER BY row_number), ''),"
                " 'UTF8')), 'hex')"
            ).format(v=value, t=total)
        )
    statement = sql.SQL("SELECT count(*), {} FROM {} WHERE {}").format(
        sql.SQL(", ").join(parts), sql.Identifier(table), sql.SQL(where)
    )
    found = driver_of(session).execute(statement, parameters).fetchone()
    assert found is not None
    each = iter(found[1:])
    sums = map(ColumnSum._make, zip(each, each, each, strict=True))
    return found[0], dict(zip(columns, sums, strict=True))


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
