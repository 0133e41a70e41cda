"""What the bridge and the owners say to each other about a batch, and to everybody about what was imported."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Identifier, Model
from contracts.objects import ObjectRef, SealedUpload

TargetName = Literal["registrations", "accounts", "cases"]
Batch = Annotated[int, Field(ge=0, lt=1 << 31)]
RowNumber = Annotated[int, Field(ge=1)]


class FieldSum(Model):
    """How many rows have a value, the total of what is counted, and a SHA-256 over all values in their order."""

    filled: int
    total: int = 0
    checksum: str


class StagedRegistrations(Model):
    """A batch of finished registrations lies in the common space for the archive (``contracts.legacy.batches``): of the
    source's rows from ``first_row`` to ``last_row`` those ``rows`` that are to be loaded."""

    import_id: Identifier
    batch: Batch
    first_row: RowNumber
    last_row: RowNumber
    rows: int
    object: ObjectRef


class StagedAccounts(Model):
    """A batch of old accounts lies sealed in identity's space: nobody else can open it."""

    import_id: Identifier
    batch: Batch
    first_row: RowNumber
    last_row: RowNumber
    rows: int
    object: ObjectRef
    sealed: SealedUpload


class RefusedRow(Model):
    """A row that its owner did not take: ``reason`` is a code."""

    row_number: RowNumber
    reason: str


class BatchLoaded(Model):
    """The owner has stored a batch. ``sums`` are over what it reads back, with the rows it refused as they came."""

    import_id: Identifier
    batch: Batch
    loaded: int
    refused: list[RefusedRow] = []
    sums: dict[str, FieldSum]


class NumbersTold(Model):
    """Whose some numbers of the old system are: of an old account, by its record id, all that name its cases in a part
    of a batch. Said again, it is the same."""

    import_id: Identifier
    numbers: dict[str, list[str]]


class ImportWithdrawn(Model):
    """What an import brought is to go again."""

    import_id: Identifier
    target: TargetName


class WithdrawalDone(Model):
    """What the owner has taken out. ``built_upon``: rows that something rests on by now; then nothing was taken out."""

    import_id: Identifier
    removed: int
    built_upon: int = 0


class SumsAsked(Model):
    """What does the owner hold of this import, by its own tables, now? ``check_id`` comes back with the answer."""

    import_id: Identifier
    target: TargetName
    check_id: Identifier


class SumsTold(Model):
    """Over all batches in their order (``contracts.legacy.together``)."""

    import_id: Identifier
    check_id: Identifier
    rows: int
    sums: dict[str, FieldSum]


class RecordImported(Model):
    """Rows of the old system have found their owner: one event for a batch. ``first_row`` to ``last_row`` of the source
    were looked at, ``loaded`` of them stored."""

    import_id: Identifier
    batch: Batch
    mapping: str
    target: TargetName
    first_row: RowNumber
    last_row: RowNumber
    loaded: int
