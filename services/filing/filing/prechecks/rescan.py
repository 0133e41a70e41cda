"""Files that could not be scanned for malware when they were checked are scanned as soon as the scanner is back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from chassis.runtime import Runtime
from chassis.telemetry import logger
from materials.precheck import Finding, verdict_of
from materials.precheck.malware import Scan, configured_address, finding_of, scan
from sqlalchemy import select, update

from filing.prechecks.model import SCAN_MISSING
from filing.prechecks.store import PrecheckRow

AGAIN = timedelta(minutes=5)

_log = logger("filing.prechecks")


def scan_again(runtime: Runtime) -> bool:
    """One step of the materials worker: scans the file that has waited longest. False when there is none, or when the
    scanner is still away."""
    address = configured_address()
    waiting = _claim(runtime) if address else None
    if waiting is None:
        return False
    with runtime.objects.local_path(waiting.sha256) as path:
        seen = scan(path, address)
    if seen.state == "unavailable":
        _log.warning("malware_scanner_away", address=address, reason=seen.signature)
        return False
    _keep(runtime, waiting, seen)
    return True


def _claim(runtime: Runtime) -> PrecheckRow | None:
    """Whoever takes it keeps it from the others until it is due again."""
    with runtime.unit_of_work() as uow:
        waiting = (
            select(PrecheckRow.id)
            .where(PrecheckRow.scan_due < uow.now())
            .order_by(PrecheckRow.scan_due)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        claim = (
            update(PrecheckRow)
            .where(PrecheckRow.id == waiting)
            .values(scan_due=uow.now() + AGAIN)
            .returning(PrecheckRow)
            .execution_options(synchronize_session=False)
        )
        row = uow.session.scalars(claim).one_or_none()
        if row is not None:
            uow.session.expunge(row)
    return row


def _keep(runtime: Runtime, row: PrecheckRow, seen: Scan) -> None:
    findings = findings_after(row.findings, seen)
    verdict = verdict_of(Finding.from_json(finding) for finding in findings)
    with runtime.unit_of_work() as uow:
        uow.session.execute(
            update(PrecheckRow)
            .where(PrecheckRow.id == row.id)
            .values(findings=findings, verdict=verdict, scan_due=None)
        )
        uow.audit("material.scan", subject=row.case_id or row.id, result=seen.state, signature=seen.signature)


def findings_after(findings: Sequence[dict[str, Any]], seen: Scan) -> list[dict[str, Any]]:
    """What the check found, with what the scanner says in the place of its absence."""
    said = finding_of(seen)
    others = [finding for finding in findings if finding["code"] != SCAN_MISSING]
    return [*([said.to_json()] if said else []), *others]
