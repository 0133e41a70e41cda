"""Runs a profile's checks in confinement and turns whatever happens there into findings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from chassis.confinement import ConfinedOutcome, ConfinedPool, Limits

from materials.precheck import malware
from materials.precheck.model import Context, Depth, Finding, PrecheckResult, verdict_of
from materials.precheck.profiles import PROFILES, profile_named

MIB = 1 << 20
CONFINED_MODULES = (
    "materials.precheck.inspect",
    "materials.repair.run",
    "materials.deposit.run",
    "materials.bundle.run",
    "chassis.workbooks.run",
    "chassis.documents.apart",
)
SIDE_BY_SIDE = 4
"""Confined processes of a process at a time; a worker has as many hands."""
_INSPECT = "materials.precheck.inspect:inspect_file"
_LIMITS: dict[str, Limits] = {
    "full": Limits(memory_bytes=512 * MIB, cpu_seconds=30, wall_seconds=45),
    "first": Limits(memory_bytes=400 * MIB, cpu_seconds=5, wall_seconds=8),
    "least": Limits(memory_bytes=400 * MIB, cpu_seconds=5, wall_seconds=8),
}
_DEATHS = {
    "timed_out": "check_timed_out",
    "out_of_memory": "unpacks_too_large",
    "crashed": "reader_crashed",
    "refused": "file_unreadable",
}

_shared: list[ConfinedPool] = []
_shared_lock = threading.Lock()


def new_pool(workers: int = SIDE_BY_SIDE) -> ConfinedPool:
    """A pool that can run every confined function of the engines."""
    return ConfinedPool(CONFINED_MODULES, workers)


def shared_pool() -> ConfinedPool:
    """The pool of this process, started on first use."""
    with _shared_lock:
        if not _shared:
            _shared.append(new_pool())
        return _shared[0]


def run_precheck(
    profile: str,
    path: Path | str,
    context: Context | None = None,
    *,
    depth: Depth = "full",
    pool: ConfinedPool | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> PrecheckResult:
    """Checks the file at ``path`` against ``profile`` (a key of ``PROFILES``; KeyError if unknown).

    ``first`` reads only what is quick to know (type, opens, encrypted, pages, resolution: 0.5 s for 200 MB);
    ``full`` reads every page and pixel. Hostile and damaged files give findings, never exceptions.
    """
    profile_named(profile)
    pool = pool or shared_pool()
    started = time.monotonic()
    scanned = _scan(path) if depth == "full" else []
    if any(finding.severity == "error" for finding in scanned):
        return _result(profile, {"size": _size(path)}, scanned, True, started)
    stages = ["full" if depth == "full" else "first", "least"]
    death: ConfinedOutcome | None = None
    for stage in stages:
        outcome = pool.run(
            _INSPECT,
            path=path,
            args={"profile": profile, "context": dict(context or {}), "stage": stage},
            limits=_LIMITS[stage],
            on_progress=on_progress,
        )
        if outcome.ok:
            findings = scanned + [Finding.from_json(item) for item in outcome.value["findings"]]
            complete = bool(outcome.value["complete"]) and death is None
            if not complete and depth == "full":
                findings.append(Finding("check_incomplete", "warning", uncertain=True))
            return _result(profile, outcome.value["facts"], findings, complete, started)
        death = death or outcome
        if outcome.kind == "refused":
            break
    assert death is not None
    findings = [*scanned, Finding(_DEATHS[death.kind], "error")]
    return _result(profile, {"size": _size(path)}, findings, False, started)


def _result(
    profile: str, facts: dict[str, object], findings: list[Finding], complete: bool, started: float
) -> PrecheckResult:
    return PrecheckResult(
        profile=profile,
        verdict=verdict_of(findings),
        facts=facts,
        findings=tuple(findings),
        complete=complete,
        seconds=time.monotonic() - started,
    )


def _scan(path: Path | str) -> list[Finding]:
    """What the malware scanner says, where one is configured. An infected file is not opened at all."""
    address = malware.configured_address()
    if not address:
        return []
    found = malware.finding_of(malware.scan(path, address))
    return [found] if found else []


def _size(path: Path | str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


__all__ = ["PROFILES", "new_pool", "run_precheck", "shared_pool"]
