"""What every reader gives: rows, each with its place, and why a source as a whole cannot be read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

from contracts.legacy import BETWEEN

from legacy_bridge.sources.statements import Statement

LONGEST_ROW = 1 << 20
"""Bytes of one row. What is longer is no row of an old system, and would have to be held in memory to be read."""
HALF = "�"

RowFault = Literal[
    "row_not_in_encoding",
    "row_with_nul",
    "row_too_long",
    "row_cut_off",
    "row_with_other_columns",
    "row_deleted_in_source",
    "row_unreadable",
]
"""Why a row cannot be read at all."""


class Row(NamedTuple):
    """``number`` counts from 1; ``place`` is where the row begins, in bytes (of a live database: the number again);
    ``raw`` are its bytes, of a row that is too long only its beginning; ``cells`` are its values, empty where ``fault``
    says why, and where the reader gives them ``joined``, with ``BETWEEN`` between them: then no value has that.
    """

    number: int
    place: int
    raw: bytes
    cells: tuple[str, ...]
    fault: str = ""
    joined: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """Empty where ``fault`` says why."""
        return tuple(self.joined.split(BETWEEN)) if self.joined else self.cells


class Source(Protocol):
    """A table somewhere. ``reading``: how it is read and by what evidence, for people. ``size``: bytes (of a live
    database: rows), 0 when it is not known."""

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def reading(self) -> Sequence[Statement]: ...
    @property
    def size(self) -> int: ...

    def rows(self) -> Iterator[Row]:
        """From the first one on, as often as it is asked for."""
        ...


class SourceRefused(Exception):
    """The source cannot be read: ``code`` and what there was, what was expected."""

    def __init__(self, code: str, **params: object) -> None:
        told = ", ".join(f"{name}: {value}" for name, value in params.items())
        super().__init__(f"{code} ({told})" if told else code)
        self.code = code
        self.params = params
