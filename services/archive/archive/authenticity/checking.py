"""The worker's side: checks one file after the other in disposable processes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool, Limits
from chassis.objects import ObjectMissing
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.work import ALONE, Lane

from archive.authenticity import store
from archive.authenticity.model import MAX_BYTES, NOT_CHECKED

_log = logger("archive.authenticity")
_MODULE = "archive.authenticity.verification"
_LIMITS = Limits(memory_bytes=256 << 20, cpu_seconds=5, wall_seconds=7.0, output_bytes=0, reply_bytes=1 << 16)
_DAMAGED: dict[str, Any] = {"problems": ["damaged"], "registration_number": None}
_NOT_CHECKED: dict[str, Any] = {"problems": [NOT_CHECKED], "registration_number": None}
HANDS = 2

_pool: ConfinedPool | None = None
_starting = threading.Lock()


def _confined() -> ConfinedPool:
    global _pool
    with _starting:
        if _pool is None:
            _pool = ConfinedPool([_MODULE], workers=HANDS)
        return _pool


def close_confined() -> None:
    """Ends the confined processes."""
    global _pool
    with _starting:
        if _pool is not None:
            _pool.close()
            _pool = None


def check_next(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Checks the next file that somebody waits for; False when there is none."""
    with lane.piece(runtime, store.FileCheck) as check:
        if check is None:
            return False
        if check.attempts > store.FileCheck.TERMS.attempts:
            _log.error("file_not_checked", sha256=check.sha256, attempts=check.attempts - 1)
            found = _NOT_CHECKED
        else:
            found = _findings(runtime, check.sha256)
    with runtime.unit_of_work() as uow:
        store.store_findings(uow.session, check.sha256, found)
    return True


def _findings(runtime: Runtime, sha256: str) -> dict[str, Any]:
    try:
        if runtime.objects.size(sha256) > MAX_BYTES:
            return {"problems": ["too_large"], "registration_number": None}
        with runtime.objects.local_path(sha256) as path:
            outcome = _confined().run(
                f"{_MODULE}:verify", path=path, args=_trust(runtime.settings.pki_dir), limits=_LIMITS
            )
    except ObjectMissing:
        return _NOT_CHECKED
    if not outcome.ok:
        _log.warning("file_check_failed", sha256=sha256, kind=outcome.kind, detail=outcome.detail)
        return _DAMAGED
    found: dict[str, Any] = outcome.value
    return found


def _trust(pki_dir: Path) -> dict[str, Any]:
    """Roots and the newest revocation lists of the office's seal."""
    roots = [path.read_text("ascii") for name in ("root.pem", "trusted.pem") if (path := pki_dir / name).is_file()]
    return {"roots": roots, "crls": [path.read_bytes().hex() for path in sorted(pki_dir.glob("*.crl"))]}
