"""Some rows of an import are kept to be looked at: which ones, their record ids decide, so that they are the same
whoever reads the source, and as if drawn by lot (the ids end with a hash)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from heapq import nsmallest

from chassis.sealing import Sealing
from contracts.legacy import BETWEEN, CASES, TARGETS
from contracts.legacy.batches import Said
from contracts.legacy.imports import SAMPLED, SampledRow, masked
from sqlalchemy.orm import Session

from legacy_bridge.cases import bulk as cases
from legacy_bridge.imports import lists
from legacy_bridge.imports.store import Import

_PURPOSE = "legacy-sample"
_HASH = 16


def sealed_sample(sealing: Sealing, import_id: str, batch: int, rows: Sequence[Said]) -> bytes:
    """Of a batch: those rows that may be among the sample of the whole import."""
    kept = nsmallest(SAMPLED, rows, key=_lot)
    return sealing.seal(_PURPOSE, json.dumps(kept, ensure_ascii=False).encode(), f"{import_id}:{batch}")


def sample_of(session: Session, sealing: Sealing, row: Import) -> list[SampledRow]:
    """What the source said, by its rows; with what the bridge holds of unfinished cases now."""
    found = [
        kept
        for batch, sealed in lists.samples(session, row.import_id)
        for kept in json.loads(sealing.open(_PURPOSE, sealed, f"{row.import_id}:{batch}"))
    ]
    chosen = sorted(nsmallest(SAMPLED, found, key=_lot))
    fields, name = TARGETS[row.target].fields, TARGETS[row.target].name
    held = _held(session, row.import_id, [record_id for _, record_id, _ in chosen]) if name == CASES.name else {}
    return [
        SampledRow(
            row_number=number,
            record_id=record_id,
            said=masked(name, dict(zip(fields, said.split(BETWEEN), strict=True))),
            held=held.get(record_id),
        )
        for number, record_id, said in chosen
    ]


def _lot(row: Said) -> str:
    return row[1][-_HASH:]


def _held(session: Session, import_id: str, record_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    found = cases.records(session, import_id, record_ids)
    each = {row.record_id: {name: getattr(row, name) for name in CASES.fields} for row in found}
    return {
        record_id: masked("cases", {name: "" if value is None else str(value) for name, value in values.items()})
        for record_id, values in each.items()
    }
