"""Builds deposits in confinement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedOutcome, ConfinedPool, Limits

from materials.deposit.model import DocumentMode, SourceOptions
from materials.precheck.engine import shared_pool
from materials.precheck.model import Finding

MIB = 1 << 20
_LIMITS = Limits(memory_bytes=1024 * MIB, cpu_seconds=60, wall_seconds=90, output_bytes=200 * MIB)


@dataclass(frozen=True)
class DepositResult:
    """``done``: the PDF exists and ``report`` says what it holds. Else ``refusal`` is a code of ``texts/``."""

    done: bool
    report: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    refusal: str = ""
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Of a deposit that was made."""
        return {"report": self.report, "findings": [finding.to_json() for finding in self.findings]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> DepositResult:
        """The same, read again."""
        return cls(True, dict(value["report"]), tuple(Finding.from_json(finding) for finding in value["findings"]))


def build_source_deposit(
    path: Path | str,
    output: Path | str,
    *,
    title: str,
    version: str,
    file_name: str = "",
    several: bool = False,
    options: SourceOptions | None = None,
    object_code: Path | str | None = None,
    pool: ConfinedPool | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> DepositResult:
    """Makes the deposit PDF ``output`` (must not exist) from an archive or file of source code; ``several``: from the
    uploads that the TAR at ``path`` holds, archives among them opened.

    Of the same source and options it is the same byte for byte, whenever it is made, so that a correction with nothing
    new in it is known by its hash.

    Refusals: ``source_empty``, ``archive_damaged``, ``archive_encrypted``, ``archive_too_many_files``,
    ``archive_too_large``, ``archive_overlapping``, ``archive_unsupported``, ``deposit_too_short``,
    ``deposit_start_too_early``, ``deposit_does_not_fit``, ``object_code_missing``, ``object_code_empty``,
    ``deposit_failed``.
    """
    outcome = (pool or shared_pool()).run(
        "materials.deposit.run:source_deposit",
        paths=[path] if object_code is None else [path, object_code],
        output=output,
        args={
            "title": title,
            "version": version,
            "file_name": file_name,
            "several": several,
            "options": (options or SourceOptions()).to_json(),
        },
        limits=_LIMITS,
        on_progress=on_progress,
    )
    return _result(outcome)


def build_document_deposit(
    path: Path | str,
    output: Path | str,
    *,
    title: str,
    version: str,
    file_name: str = "",
    mode: DocumentMode = "general",
    masked_share: float = 0.45,
    start_page: int = 11,
    pool: ConfinedPool | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> DepositResult:
    """Makes the deposit of one document (用户手册, 设计说明书 …) from a PDF or a text file.

    Refusals: ``document_unsupported``, ``document_unreadable``, ``deposit_too_short``,
    ``deposit_start_too_early``, ``deposit_failed``.
    """
    outcome = (pool or shared_pool()).run(
        "materials.deposit.run:document_deposit",
        path=path,
        output=output,
        args={
            "title": title,
            "version": version,
            "file_name": file_name,
            "mode": mode,
            "masked_share": masked_share,
            "start_page": start_page,
        },
        limits=_LIMITS,
        on_progress=on_progress,
    )
    return _result(outcome)


def cross_check(
    documents: Mapping[str, Path | str],
    *,
    title: str,
    short_name: str = "",
    version: str,
    pool: ConfinedPool | None = None,
) -> DepositResult:
    """Compares the form with the PDFs of ``code`` and ``document``: every difference with its page."""
    outcome = (pool or shared_pool()).run(
        "materials.deposit.run:cross_check",
        paths=list(documents.values()),
        args={"title": title, "short_name": short_name, "version": version, "roles": list(documents)},
        limits=_LIMITS,
    )
    return _result(outcome)


def _result(outcome: ConfinedOutcome) -> DepositResult:
    if outcome.kind == "refused":
        return DepositResult(False, refusal=outcome.detail, params=outcome.params)
    if not outcome.ok:
        return DepositResult(False, refusal="deposit_failed")
    report = dict(outcome.value)
    findings = tuple(Finding(**statement) for statement in report.pop("statements"))
    return DepositResult(True, report, findings)
