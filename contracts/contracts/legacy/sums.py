"""Sums by which two sides compare a field of a batch without sending it: how many are filled, and one hash of all.

In SQL: ``encode(sha256(convert_to(salt || coalesce(string_agg(field, E'\\x1f' ORDER BY row_number), ''), 'UTF8')),
'hex')``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from contracts.legacy.batches import BETWEEN, Packed, Said, Target
from contracts.legacy.events import FieldSum


def sum_of(values: Sequence[str], salt: str = "", *, counted: bool = False) -> FieldSum:
    """Of one field, in the order of the rows. ``counted``: they are numbers, and are added up, too."""
    checksum = hashlib.sha256((salt + BETWEEN.join(values)).encode()).hexdigest()
    total = sum(map(int, filter(None, values))) if counted else 0
    return FieldSum(filled=len(values) - values.count(""), total=total, checksum=checksum)


def sums_of(target: Target, rows: Sequence[Packed], salt: str = "") -> dict[str, FieldSum]:
    """Of every field of some rows; money (``fee_fen``) is added up."""
    columns = list(zip(*(values for _, _, values in rows), strict=True)) or [()] * len(target.fields)
    return _sums(target, columns, salt)


def sums_of_said(target: Target, rows: Sequence[Said], salt: str = "") -> dict[str, FieldSum]:
    """The same of rows whose values are one text."""
    width = len(target.fields)
    values = BETWEEN.join([said for _, _, said in rows]).split(BETWEEN) if rows else []
    return _sums(target, [values[place::width] for place in range(width)], salt)


def _sums(target: Target, columns: Sequence[Sequence[str]], salt: str) -> dict[str, FieldSum]:
    return {
        name: sum_of(column, salt, counted=name.endswith("_fen"))
        for name, column in zip(target.fields, columns, strict=True)
    }


def as_field_sums(columns: Mapping[str, tuple[int, int, str]]) -> dict[str, FieldSum]:
    """As a table has them (``chassis.bulk.column_sums``)."""
    return {
        name: FieldSum(filled=filled, total=total, checksum=checksum)
        for name, (filled, total, checksum) in columns.items()
    }


def together(batches: Iterable[Mapping[str, FieldSum]]) -> dict[str, FieldSum]:
    """The sums of batches that follow each other."""
    found: dict[str, list[FieldSum]] = {}
    for batch in batches:
        for name, one in batch.items():
            found.setdefault(name, []).append(one)
    return {
        name: FieldSum(
            filled=sum(one.filled for one in each),
            total=sum(one.total for one in each),
            checksum=hashlib.sha256("".join(one.checksum for one in each).encode()).hexdigest(),
        )
        for name, each in found.items()
    }
