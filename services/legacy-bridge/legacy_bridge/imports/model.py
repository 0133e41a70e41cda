"""An import's life, and what becomes of a row. Pure."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import repeat
from typing import Any, Literal, NamedTuple

from contracts.legacy import BETWEEN, RECORD_BYTES, key_of, keys_of
from contracts.legacy.batches import Said

from legacy_bridge.imports.blanking import blanked, without
from legacy_bridge.mappings import Plan, Unmapped
from legacy_bridge.sources import Row

State = Literal["reading", "loading", "done", "failed", "withdrawing", "withdrawn"]
"""*reading*: in the queue of imports. *loading*: all rows are judged, owners have not answered for every batch."""
Outcome = Literal["loaded", "duplicate", "rejected", "withdrawn"]
CONFLICT = "conflicts_with_row"
"""Another row is about the same record and says something else: which of them is right, a person has to say."""
CHANNEL = "legacy_imports"


@dataclass(frozen=True)
class Named:
    """A row of some import, and a digest of what it said."""

    import_id: str
    number: int
    digest: bytes


class Judged(NamedTuple):
    """A row (``sources.Row``) and what becomes of it. ``key`` names the record, ``said`` are the target's fields, with
    ``BETWEEN`` between them; both empty where the row was rejected before they were known. ``values`` are those of the
    source in the same form. ``other``: the row that it is a duplicate of, or conflicts with.

    A few texts instead of dozens: a batch of rows stays in the processor's cache.
    """

    number: int
    place: int
    raw: bytes
    values: str
    outcome: Outcome
    reason: str = ""
    field: str = ""
    key: bytes = b""
    digest: bytes = b""
    said: str = ""
    other: Named | None = None


_JUDGED = partial(tuple.__new__, Judged)
"""Of all its values: a quarter of what its own constructor costs."""


def judge(plan: Plan, target: str, row: Row) -> Judged:
    """By itself, without the rows beside it."""
    number, place, raw, _, fault, joined = row
    if fault:
        return Judged(number, place, raw, "", "rejected", fault)
    values = row.values
    joined = joined or BETWEEN.join(values)
    try:
        fields = plan.fields(values, joined)
    except Unmapped as unmapped:
        return Judged(number, place, raw, _plain(values), "rejected", unmapped.reason, unmapped.field)
    if joined.count(BETWEEN) >= len(values):
        joined = _plain(values)
    said = BETWEEN.join(fields)
    key = key_of(target, plan.key(fields))
    return _loaded(number, place, raw, joined, key, said)


def judge_together(plan: Plan, target: str, rows: Sequence[Row]) -> list[Judged]:
    """:func:`judge` of rows that follow each other: those in their right form by columns, the others by themselves."""
    texts = [joined or BETWEEN.join(cells) for _, _, _, cells, _, joined in rows]
    right = plan.together(texts)
    judged = list[Judged]()
    if right.places:
        numbers, places, raws, *_ = zip(*[rows[at] for at in right.places], strict=True)
        loaded = (
            numbers,
            places,
            raws,
            [texts[at] for at in right.places],
            *map(repeat, ("loaded", "", "")),
            keys_of(target, right.named),
            [blake2b(said, digest_size=RECORD_BYTES).digest() for said in map(str.encode, right.said)],
            right.said,
            repeat(None),
        )
        judged += map(_JUDGED, zip(*loaded, strict=False))
    for at in sorted(set(range(len(rows))).difference(right.places)):
        judged.insert(at, judge(plan, target, rows[at]))
    return judged


def _loaded(number: int, place: int, raw: bytes, values: str, key: bytes, said: str) -> Judged:
    digest = blake2b(said.encode(), digest_size=RECORD_BYTES).digest()
    return Judged(number, place, raw, values, "loaded", "", "", key, digest, said)


def _plain(values: Sequence[str]) -> str:
    """A control character is shown where it would part a value."""
    return BETWEEN.join([value.replace(BETWEEN, "\\x1f") for value in values])


def settle(judged: Iterable[Judged], import_id: str, known: Mapping[bytes, Named]) -> list[Judged]:
    """With the rows beside it, and those before (``known``, by key): the first that says something is loaded, one that
    says the same again is its duplicate, one that says something else is rejected."""
    seen = dict[bytes, Judged]()
    settled = []
    for one in judged:
        if one.outcome == "loaded":
            first = seen.setdefault(one.key, one)
            if one.key in known or first is not one:
                other = known.get(one.key) or Named(import_id, first.number, first.digest)
                again = other.digest == one.digest
                one = one._replace(
                    outcome="duplicate" if again else "rejected", reason="" if again else CONFLICT, other=other
                )
        settled.append(one)
    return settled


def said(judged: Sequence[Judged]) -> list[Said]:
    """The rows to be loaded, as the batch's file has them. A record's id is the same whenever and in whatever file it
    comes."""
    return [(one.number, f"leg-{one.key.hex()}", one.said) for one in judged if one.outcome == "loaded"]


def originals(judged: Sequence[Judged], secrets: Sequence[int] = ()) -> bytes:
    """The bytes of every row as the source had them, and the values of those that were rejected, compressed.
    ``secrets``: columns that are kept blank."""
    rejected = {one.number: one.values.split(BETWEEN) for one in judged if one.outcome == "rejected" and one.values}
    raws = [one.raw for one in judged]
    if secrets:
        raws = [blanked(one.raw, one.values.split(BETWEEN) if one.values else [], secrets) for one in judged]
        rejected = {number: without(values, secrets) for number, values in rejected.items()}
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
