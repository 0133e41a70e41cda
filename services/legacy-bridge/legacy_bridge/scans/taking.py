"""Scans are taken over from folders beside the command, after the rows that name them: one that cannot be taken is
told, and its row stays.

So many are one transaction with what becomes of each: whoever dies in it leaves nothing, and who comes next goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from chassis.failpoints import failpoint
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.legacy import CASES
from contracts.legacy.scans import ScansTaken, TakenScan
from contracts.legacy_bridge import LEGACY_SCANS_TAKEN
from contracts.objects import ObjectRef
from materials.precheck.malware import configured_address, scan

from legacy_bridge.cases import papers
from legacy_bridge.scans import store
from legacy_bridge.scans.folder import read_scan
from legacy_bridge.scans.model import ScanRefused

AT_ONCE = 20


def take_over(
    runtime: Runtime, import_id: str, target: str, folders: Sequence[Path], tell: Callable[[int], None]
) -> tuple[int, int]:
    """Looks for every scan of an import that is not there yet: how many came now, how many could not.

    Called again it looks again for those that could not be taken. ``tell`` hears how many it has looked for.
    """
    taken, looked, after = 0, 0, (0, -1)
    while True:
        with runtime.unit_of_work() as uow:
            waiting = store.next_ones(uow.session, import_id, after, AT_ONCE)
            found = [scan for scan in (_take(uow, import_id, one, folders) for one in waiting) if scan]
            if found:
                _hand_over(uow, import_id, target, found)
                uow.audit("legacy.take_scans", subject=import_id, taken=len(found))
        failpoint("scans.taken")
        taken, looked = taken + len(found), looked + len(waiting)
        tell(looked)
        if len(waiting) < AT_ONCE:
            return taken, looked - taken
        after = (waiting[-1].row_number, waiting[-1].place)


def _take(uow: UnitOfWork, import_id: str, one: store.Waiting, folders: Sequence[Path]) -> TakenScan | None:
    try:
        name, data = read_scan(folders, one.path)
        ref = uow.objects.put_bytes(data)
        _check(uow, ref)
    except ScanRefused as refused:
        store.refuse(uow.session, import_id, one, refused.code)
        return None
    at = uow.legal_now()
    store.take(uow.session, import_id, one, name, ref, at)
    return TakenScan(
        file_id=file_id_of(one.record_id, one.path),
        record_id=one.record_id,
        file_name=name,
        object=ref,
        taken_at=at,
    )


def file_id_of(record_id: str, path: str) -> str:
    """The same for the same scan of a record, whenever and in whatever import it comes."""
    return f"lgs-{hashlib.blake2b(f'{record_id}{chr(31)}{path}'.encode(), digest_size=16).hexdigest()}"


def _check(uow: UnitOfWork, ref: ObjectRef) -> None:
    address = configured_address()
    if address:
        with uow.objects.local_path(ref.sha256) as path:
            seen = scan(path, address)
        if seen.state == "infected":
            raise ScanRefused("scan_infected")
        if seen.state != "clean":
            raise ScanRefused("scan_not_checked")


def _hand_over(uow: UnitOfWork, import_id: str, target: str, found: Sequence[TakenScan]) -> None:
    """To whoever owns the records: cases are the bridge's own."""
    if target == CASES.name:
        papers.add(uow.session, import_id, found, checked=bool(configured_address()))
    else:
        uow.emit(LEGACY_SCANS_TAKEN, ScansTaken(import_id=import_id, scans=list(found)))
