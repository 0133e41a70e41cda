"""Rows of ``import_rows`` as COPY's binary form has them: half of what writing and reading their text costs. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from contracts.legacy import RECORD_BYTES

from legacy_bridge.imports.model import Judged

COLUMNS = (
    "import_id", "number", "place", "outcome", "reason", "field", "key", "digest", "space", "other_import", "other_row",
)  # fmt: skip
_NUMBER = struct.Struct(">q")


def packed(import_id: str, space: str, judged: Iterable[Judged]) -> Iterator[bytes]:
    """A row each, in this order of columns. Loaded rows differ in four values of known lengths: one step packs them."""
    before = struct.pack(">h", len(COLUMNS)) + _texts(import_id) + struct.pack(">i", _NUMBER.size)
    between = _texts("loaded", "", "") + struct.pack(">i", RECORD_BYTES)
    behind = _texts(space) + _NONE * 2
    size = RECORD_BYTES
    loaded = struct.Struct(f">{len(before)}sqiq{len(between)}s{size}si{size}s{len(behind)}s").pack
    for one in judged:
        if one.outcome == "loaded":
            yield loaded(before, one.number, 8, one.place, between, one.key, size, one.digest, behind)
        else:
            yield _one(import_id, space, one)


def _one(import_id: str, space: str, one: Judged) -> bytes:
    other = one.other
    values = (
        import_id.encode(),
        _NUMBER.pack(one.number),
        _NUMBER.pack(one.place),
        one.outcome.encode(),
        one.reason.encode(),
        one.field.encode(),
        one.key or None,
        one.digest if one.key else None,
        space.encode(),
        other.import_id.encode() if other else None,
        _NUMBER.pack(other.number) if other else None,
    )
    return struct.pack(">h", len(values)) + b"".join(map(_value, values))


def _value(value: bytes | None) -> bytes:
    return _NONE if value is None else struct.pack(">i", len(value)) + value


def _texts(*texts: str) -> bytes:
    return b"".join(_value(text.encode()) for text in texts)


_NONE = struct.pack(">i", -1)
