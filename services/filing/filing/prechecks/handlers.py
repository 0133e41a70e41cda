"""The pre-check tool (材料预检), apart from a filing and within one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.objects import ObjectMissing
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane, drop_unwanted, enter, progress_of, wanted
from contracts.objects import UploadReceipt
from contracts.tools import CreatePrecheck, Finding, GetPrecheck, PrecheckView
from materials.precheck import PROFILES, PrecheckResult, describe, run_precheck
from materials.precheck import Finding as EngineFinding
from materials.precheck.malware import configured_address
from sqlalchemy import update

from filing.applicants.handlers import sender_in_filing
from filing.forms.words import Language
from filing.prechecks.model import (
    FILE_GONE,
    NOBODY_ASKED,
    NOT_CHECKED,
    RESULT_KEPT,
    ReadCheck,
    browser_of,
    is_theirs,
    without_check,
)
from filing.prechecks.store import PrecheckRow, end_check, find_precheck, known_result

_log = logger("filing.prechecks")
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

    Errors: ``precheck_profile_unknown``, ``receipt_invalid``, ``work_too_many``.
    """
    receipt = uow.receipt(request.receipt, sign_up=request.client)
    context = {key: request.context[key][:300] for key in _CONTEXT_KEYS if key in request.context}
    row = queue_precheck(uow, receipt, request.profile, context, account_id=uow.actor.party, network=request.network)
    row.visitor = "" if row.account_id else browser_of(request.client)
    return view_precheck(row, request.language)


def get_precheck(request: GetPrecheck, uow: UnitOfWork) -> PrecheckView:
    """A check by its unguessable id. Checks of an account, a case or a browser are not for others:
    ``precheck_unknown``."""
    row = own_precheck(uow, request.precheck_id, request.client)
    wanted(uow.ask, row)
    return view_precheck(row, request.language)


def own_precheck(uow: UnitOfWork, precheck_id: str, client: str) -> PrecheckRow:
    """A check that this actor, or the browser of this visitor, may see: Problem ``precheck_unknown``."""
    row = find_precheck(uow.session, precheck_id)
    if row is None or not is_theirs(uow.actor, client, row.account_id, row.visitor):
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
    network: str = "",
) -> PrecheckRow:
    """Writes the job and wakes the workers at commit. Problems ``precheck_profile_unknown``, ``work_too_many``.

    What the account had checked a moment ago (in the tool, or as the builder made it) has its result at once.
    """
    if profile not in PROFILES:
        raise Problem("precheck_profile_unknown", profile=profile)
    file = {"sha256": receipt.object.sha256, "profile": profile, "account_id": account_id}
    context = {**context, "file_name": receipt.file_name, "sha256": receipt.object.sha256}
    known = known_result(uow.session, file, context, uow.now() - RESULT_KEPT) if account_id else None
    row = PrecheckRow(
        **file,
        id=new_id("pre"),
        case_id=case_id,
        size=receipt.object.size,
        file_name=receipt.file_name,
        context=context,
        state="done" if known else "running",
        progress=1.0 if known else 0.0,
        verdict=known and known.verdict,
        facts=known.facts if known else {},
        findings=known.findings if known else [],
        finished_at=uow.now() if known else None,
    )
    if known is None:
        enter(uow, row, sender_in_filing(uow, network))
    else:
        uow.session.add(row)
        uow.session.flush()
        facts = {"verdict": known.verdict, "profile": profile, "of": known.id}
        uow.audit("material.precheck", subject=case_id or row.id, **facts)
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


def without_findings(check: PrecheckView) -> PrecheckView:
    """That a file was checked and how that ended, and nothing of what is in it."""
    return check.model_copy(update={"facts": {}, "findings": []})


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


def work_off(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """One step of the materials worker: takes a check, does it outside any transaction, stores the result.

    Whatever the file does to its checker becomes a finding. What keeps it from being checked is tried again, and then
    said as what it is: no fault of the file.
    """
    with lane.piece(runtime, PrecheckRow) as job:
        if job is None:
            return False
        if job.attempts > PrecheckRow.TERMS.attempts:
            _log.error("file_not_checked", precheck=job.id, profile=job.profile, attempts=job.attempts - 1)
            result = _without_check(job.profile, NOT_CHECKED)
        else:
            result = _check(runtime, job)
    with runtime.unit_of_work() as uow:
        if end_check(uow.session, [job.id], result, uow.now()):
            uow.audit("material.precheck", subject=job.case_id or job.id, verdict=result.verdict, profile=job.profile)
    return True


def _without_check(profile: str, code: str) -> PrecheckResult:
    return without_check(profile, code, scanner=bool(configured_address()))


def _check(runtime: Runtime, job: PrecheckRow) -> PrecheckResult:
    """Large files are looked at twice, so that what is quick to know is known at once."""
    try:
        with runtime.objects.local_path(job.sha256) as path:
            if job.size >= FIRST_LOOK_FROM:
                _keep_first_look(runtime, job.id, run_precheck(job.profile, path, job.context, depth="first"))
            return run_precheck(job.profile, path, job.context, on_progress=progress_of(runtime, job))
    except ObjectMissing:
        return _without_check(job.profile, FILE_GONE)


def _keep_first_look(runtime: Runtime, precheck_id: str, first: PrecheckResult) -> None:
    data = first.to_json()
    with runtime.unit_of_work() as uow:
        uow.session.execute(
            update(PrecheckRow)
            .where(PrecheckRow.id == precheck_id, PrecheckRow.state == "running")
            .values(first_verdict=first.verdict, facts=data["facts"], findings=data["findings"])
        )


def drop_check(uow: UnitOfWork, row: PrecheckRow) -> None:
    """Its file is no longer part of anything: what waits for a hand is not worth one."""
    if row.state == "running":
        end_check(uow.session, [row.id], _without_check(row.profile, NOBODY_ASKED), uow.now())


def drop_unwanted_checks(uow: UnitOfWork) -> int:
    """Sweeper: ends visitors' checks that nobody has asked for any more before they were begun."""
    unwanted = _without_check("", NOBODY_ASKED)
    return drop_unwanted(uow.session, PrecheckRow, lambda ids: end_check(uow.session, ids, unwanted, uow.now()))
