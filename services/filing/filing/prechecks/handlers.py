"""The pre-check tool (材料预检), apart from a filing and within one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.objects import UploadReceipt
from contracts.tools import CreatePrecheck, Finding, GetPrecheck, PrecheckView
from sqlalchemy import update

from filing.forms.policy import Language
from filing.jobs.queue import CHANNEL, MAX_ATTEMPTS, held, progress_of, take_next
from filing.precheck import PROFILES, PrecheckResult, describe, run_precheck
from filing.precheck import Finding as EngineFinding
from filing.prechecks.model import ReadCheck, scan_missing
from filing.prechecks.store import PrecheckRow, find_precheck

FIRST_LOOK_FROM = 1 << 20
"""Bytes: smaller files are checked nearly as quickly as looked at."""
_CONTEXT_KEYS = (
    "title",
    "short_name",
    "version",
    "print_width_mm",
    "print_height_mm",
    "duration_seconds",
    "languages",
    "source_lines",
)


def create_precheck(request: CreatePrecheck, uow: UnitOfWork) -> PrecheckView:
    """Queues a check of an uploaded file; anybody may, without an account too.

    Errors: ``precheck_profile_unknown``, ``receipt_invalid``.
    """
    receipt = uow.receipt(request.receipt, sign_up=request.client)
    account = "" if uow.actor.kind in ("anonymous", "service") else uow.actor.subject
    context = {key: request.context[key][:300] for key in _CONTEXT_KEYS if key in request.context}
    row = queue_precheck(uow, receipt, request.profile, context, account_id=account)
    return view_precheck(row, request.language)


def get_precheck(request: GetPrecheck, uow: UnitOfWork) -> PrecheckView:
    """A check by its unguessable id. Checks of an account or of a case are not for others: ``precheck_unknown``."""
    return view_precheck(own_precheck(uow, request.precheck_id), request.language)


def own_precheck(uow: UnitOfWork, precheck_id: str) -> PrecheckRow:
    """A check that this actor may see: Problem ``precheck_unknown``."""
    row = find_precheck(uow.session, precheck_id)
    if row is None or (row.account_id and row.account_id != uow.actor.subject):
        raise Problem("precheck_unknown")
    return row


def queue_precheck(
    uow: UnitOfWork,
    receipt: UploadReceipt,
    profile: str,
    context: dict[str, str],
    *,
    account_id: str,
    case_id: str | None = None,
) -> PrecheckRow:
    """Writes the job and wakes the workers at commit. Problem ``precheck_profile_unknown``."""
    if profile not in PROFILES:
        raise Problem("precheck_profile_unknown", profile=profile)
    row = PrecheckRow(
        id=new_id("pre"),
        account_id=account_id,
        case_id=case_id,
        profile=profile,
        sha256=receipt.object.sha256,
        size=receipt.object.size,
        file_name=receipt.file_name,
        context={**context, "file_name": receipt.file_name, "sha256": receipt.object.sha256},
        state="running",
        facts={},
        findings=[],
        attempts=0,
        created_at=uow.now(),
    )
    uow.session.add(row)
    uow.session.flush()
    uow.notify(CHANNEL)
    return row


def view_precheck(row: PrecheckRow | ReadCheck, language: Language) -> PrecheckView:
    """With the words of each finding in the language."""
    return PrecheckView.model_validate(
        {
            "precheck_id": row.id,
            "profile": row.profile,
            "state": row.state,
            "verdict": row.verdict,
            "first_verdict": row.first_verdict,
            "progress": row.progress,
            "facts": row.facts,
            "findings": view_findings(row.findings, language),
            "file_name": row.file_name,
            "size": row.size,
        }
    )


def view_findings(stored: Sequence[Mapping[str, Any]], language: Language) -> list[Finding]:
    """Findings of the engine with their words."""
    findings = []
    for data in stored:
        finding = EngineFinding.from_json(data)
        message, remedy = describe(finding, language)
        findings.append(
            Finding(
                code=finding.code,
                severity=finding.severity,
                message=message,
                remedy=remedy,
                page=finding.page,
                line=finding.line,
                repairable=finding.repairable,
                params=finding.params,
            )
        )
    return findings


def work_off(runtime: Runtime) -> bool:
    """One step of the materials worker: leases a job, checks the file outside any transaction, stores the result.

    Whatever the file does to its checker becomes a finding; only a store that cannot be read is tried again.
    """
    job = take_next(runtime, PrecheckRow)
    if job is None:
        return False
    if job.attempts > MAX_ATTEMPTS:
        result = PrecheckResult(job.profile, "fail", {"size": job.size}, (EngineFinding("reader_crashed", "error"),))
    else:
        with held(runtime, PrecheckRow, job.id):
            result = _check(runtime, job)
    _keep(runtime, job, result)
    return True


def _keep(runtime: Runtime, job: PrecheckRow, result: PrecheckResult) -> None:
    """Stores a result, unless another worker that took over an expired lease was quicker."""
    data = result.to_json()
    with runtime.unit_of_work() as uow:
        kept = uow.session.scalars(
            update(PrecheckRow)
            .where(PrecheckRow.id == job.id, PrecheckRow.state == "running")
            .values(
                state="done",
                verdict=result.verdict,
                facts=data["facts"],
                findings=data["findings"],
                progress=1.0,
                finished_at=uow.now(),
                leased_until=None,
                scan_due=uow.now() if scan_missing(data["findings"]) else None,
            )
            .returning(PrecheckRow.id)
        ).first()
        if kept:
            uow.audit("material.precheck", subject=job.case_id or job.id, verdict=result.verdict, profile=job.profile)


def _check(runtime: Runtime, job: PrecheckRow) -> PrecheckResult:
    """Large files are looked at twice, so that what is quick to know is known at once."""
    with runtime.objects.local_path(job.sha256) as path:
        if job.size >= FIRST_LOOK_FROM:
            _keep_first_look(runtime, job.id, run_precheck(job.profile, path, job.context, depth="first"))
        progress = progress_of(runtime, PrecheckRow, job.id)
        return run_precheck(job.profile, path, job.context, on_progress=progress)


def _keep_first_look(runtime: Runtime, precheck_id: str, first: PrecheckResult) -> None:
    data = first.to_json()
    with runtime.unit_of_work() as uow:
        uow.session.execute(
            update(PrecheckRow)
            .where(PrecheckRow.id == precheck_id, PrecheckRow.state == "running")
            .values(first_verdict=first.verdict, facts=data["facts"], findings=data["findings"])
        )
