"""An import's life, and what becomes of a row. Pure."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from contracts.legacy.batches import Packed

from legacy_bridge.imports.blanking import blanked
from legacy_bridge.mappings import Plan, Unmapped
from legacy_bridge.sources import Row

State = Literal["reading", "loading", "done", "failed", "withdrawing", "withdrawn"]
"""*reading*: in the queue of imports. *loading*: all rows are judged, owners have not answered for every batch."""
Outcome = Literal["loaded", "duplicate", "rejected", "withdrawn"]
CONFLICT = "conflicts_with_row"
"""Another row is about the same record and says something else: which of them is right, a person has to say."""
CHANNEL = "legacy_imports"
RECORD_BYTES = 16


@dataclass(frozen=True)
class Named:
    """A row of some import, and a digest of what it said."""

    import_id: str
    number: int
    digest: bytes


class Judged(NamedTuple):
    """A row and what becomes of it. ``key`` names the record, ``fields`` are the target's; both empty where the row was
    rejected before they were known. ``other``: the row that it is a duplicate of, or conflicts with."""

    row: Row
    outcome: Outcome
    reason: str = ""
    field: str = ""
    key: bytes = b""
    digest: bytes = b""
    fields: tuple[str, ...] = ()
    other: Named | None = None

    @property
    def record_id(self) -> str:
        """The same whenever and in whatever file the record comes."""
        return f"leg-{self.key.hex()}"


def judge(plan: Plan, target: str, row: Row) -> Judged:
    """By itself, without the rows beside it."""
    if row.fault:
        return Judged(row, "rejected", row.fault)
    try:
        fields = plan.fields(row.values)
    except Unmapped as unmapped:
        return Judged(row, "rejected", unmapped.reason, unmapped.field)
    key = hashlib.blake2b(f"{target}\x1f{plan.key(fields)}".encode(), digest_size=RECORD_BYTES).digest()
    digest = hashlib.blake2b("\x1f".join(fields).encode(), digest_size=RECORD_BYTES).digest()
    return Judged(row, "loaded", "", "", key, digest, fields)


def settle(judged: Iterable[Judged], import_id: str, known: Mapping[bytes, Named]) -> list[Judged]:
    """With the rows beside it, and those before (``known``, by key): the first that says something is loaded, one that
    says the same again is its duplicate, one that says something else is rejected."""
    seen = dict[bytes, Judged]()
    settled = []
    for one in judged:
        if one.outcome == "loaded":
            first = seen.setdefault(one.key, one)
            if one.key in known or first is not one:
                other = known.get(one.key) or Named(import_id, first.row.number, first.digest)
                again = other.digest == one.digest
                one = one._replace(
                    outcome="duplicate" if again else "rejected", reason="" if again else CONFLICT, other=other
                )
        settled.append(one)
    return settled


def packed(judged: Sequence[Judged]) -> list[Packed]:
    """The rows to be loaded, as the batch's file has them."""
    return [(one.row.number, one.record_id, one.fields) for one in judged if one.outcome == "loaded"]


def originals(judged: Sequence[Judged], secrets: Sequence[int] = ()) -> bytes:
    """The bytes of every row as the source had them, and the values of those that were rejected, compressed.
    ``secrets``: columns that are kept blank."""
    rows = [blanked(one.row, secrets) for one in judged] if secrets else [one.row for one in judged]
    raws = [row.raw for row in rows]
    rejected = {row.number: row.values for row, one in zip(rows, judged, strict=True) if one.outcome == "rejected"}
    head = json.dumps({"rejected": rejected, "rows": len(raws)}, ensure_ascii=False).encode("utf-8", "backslashreplace")
    lengths = struct.pack(f"<II{len(raws)}I", len(head), len(raws), *map(len, raws))
    return zlib.compress(lengths + head + b"".join(raws), level=1)


@dataclass(frozen=True)
class Originals:
    """``raws`` in the order of the batch; ``rejected``: row number → values, empty where the row could not be read."""

    raws: list[bytes]
    rejected: dict[int, list[str]]


def originals_of(data: bytes) -> Originals:
    """What :func:`originals` kept."""
    plain = zlib.decompress(data)
    head, count = struct.unpack_from("<II", plain)
    lengths = struct.unpack_from(f"<{count}I", plain, 8)
    place = 8 + 4 * count
    told = json.loads(plain[place : place + head])
    place += head
    raws = []
    for length in lengths:
        raws.append(plain[place : place + length])
        place += length
    return Originals(raws, {int(number): values for number, values in told["rejected"].items()})


@dataclass(frozen=True)
class Checkpoint:
    """How far an import is: rows judged, the batches they are in, bytes of the source up to the last of them."""

    rows: int = 0
    batches: int = 0
    place: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Checkpoint:
        """What an import's row has; the beginning, where it has none yet."""
        return cls(**kept) if kept else cls()


class ImportRefused(Exception):
    """What was asked for cannot be done with an import: ``code`` and facts."""

    def __init__(self, code: str, **params: object) -> None:
        told = ", ".join(f"{name}: {value}" for name, value in params.items())
        super().__init__(f"{code} ({told})" if told else code)
        self.code = code
        self.params = params
