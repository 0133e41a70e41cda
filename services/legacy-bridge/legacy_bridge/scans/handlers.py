"""Scans are noted with the rows that name them, counted for whoever looks at an import, and go with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chassis.keeping.held import release
from chassis.uow import UnitOfWork
from contracts.legacy import BETWEEN, TARGETS
from contracts.legacy.batches import Said
from contracts.legacy.scans import RefusedScans, ScanTally

from legacy_bridge.cases import papers
from legacy_bridge.scans import store
from legacy_bridge.scans.model import named_in


def note_named(uow: UnitOfWork, import_id: str, target: str, rows: Sequence[Said]) -> None:
    """What the rows of a batch name, in its transaction."""
    fields = TARGETS[target].fields
    if "scans" in fields:
        store.note(uow.session, import_id, _named(rows, len(fields) - fields.index("scans")))


def _named(rows: Sequence[Said], behind: int) -> Iterator[store.Waiting]:
    """``behind``: the place of the field, counted from the end."""
    for number, record_id, said in rows:
        if value := said.rsplit(BETWEEN, behind)[-behind]:
            for place, path in enumerate(named_in(value)):
                yield store.Waiting(number, place, record_id, path)


def tally_of(uow: UnitOfWork, import_id: str) -> ScanTally:
    """How many scans the loaded rows of an import name, and what became of them."""
    found = store.tally(uow.session, import_id)
    counts = {state: sum(one.count for one in found if one.state == state) for state in ("taken", "waiting")}
    return ScanTally(
        named=sum(one.count for one in found),
        taken=counts["taken"],
        waiting=counts["waiting"],
        refused=[
            RefusedScans(reason=one.reason, count=one.count, row_number=one.row_number, path=one.path)
            for one in found
            if one.state == "refused"
        ],
    )


def forget(uow: UnitOfWork, import_id: str) -> None:
    """An import is undone: what came with it goes, too."""
    release(uow.session, papers.withdraw(uow.session, import_id))
    release(uow.session, store.forget(uow.session, import_id))
