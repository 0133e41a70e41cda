"""Jobs as their owner sees them, and the worker's step that does them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from chassis.catalogues import joined
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.objects import ObjectMissing
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane, Sender, drop_unwanted, enter, progress_of, wanted
from contracts.tools import GetJob, JobView, Words
from materials.precheck import Finding, describe
from materials.repair.model import Change
from materials.repair.words import describe_change, describe_refusal

from filing.forms.words import Language
from filing.jobs.model import FILE_GONE, NOBODY_ASKED, NOT_DONE, OURS, JobResult, Kind, Progress, asked_of
from filing.jobs.store import JobRow, end_jobs, find_job
from filing.prechecks.handlers import view_findings, view_precheck
from filing.prechecks.model import is_theirs
from filing.prechecks.store import find_precheck

Perform = Callable[[Runtime, JobRow, Progress], JobResult]
"""Does what one kind of job asks for. Whoever runs the jobs says which kind is done by what."""


def queue_job(
    uow: UnitOfWork, kind: Kind, account_id: str, sender: Sender, params: dict[str, Any], *, visitor: str = ""
) -> JobRow:
    """Writes the job and wakes the workers at commit. Problem ``work_too_many``."""
    row = JobRow(
        id=new_id("job"),
        kind=kind,
        account_id=account_id,
        visitor=visitor,
        params=params,
        state="running",
    )
    enter(uow, row, sender)
    return row


def get_job(request: GetJob, uow: UnitOfWork) -> JobView:
    """A job by its unguessable id. Jobs of an account or of a browser are not for others: ``job_unknown``."""
    row = find_job(uow.session, request.job_id)
    if row is None or not is_theirs(uow.actor, request.client, row.account_id, row.visitor):
        raise Problem("job_unknown")
    wanted(uow.ask, row)
    return view_job(uow, row, request.language)


def view_job(uow: UnitOfWork, row: JobRow, language: Language) -> JobView:
    """With the words of changes and of a refusal in the language."""
    result = row.result or {}
    files = result.get("files", [])
    check = find_precheck(uow.session, files[0]["precheck_id"]) if files and files[0]["precheck_id"] else None
    return JobView.model_validate(
        {
            "job_id": row.id,
            "kind": row.kind,
            "state": "waiting" if row.state == "running" and not row.attempts else row.state,
            "progress": 1.0 if row.kind == "deposit" else row.progress,
            "changes": [_change(change, language) for change in result.get("changes", [])],
            "refusal": _refusal(row, language),
            "files": [
                {
                    "name": made["name"],
                    "object": {"sha256": made["sha256"], "size": made["size"]},
                    "file_name": made["file_name"],
                    "content_type": made["content_type"],
                    "precheck_id": made["precheck_id"],
                }
                for made in files
            ],
            "previews": result.get("previews", []),
            "precheck": check and view_precheck(check, language),
            "precheck_id": row.params.get("precheck_id"),
            "report": result.get("report", {}) | ({"asked": asked_of(row.params)} if row.kind == "deposit" else {}),
            "findings": view_findings(result.get("findings", []), language),
            "created_at": row.queued_at,
            "finished_at": row.finished_at,
        }
    )


def _change(data: Mapping[str, Any], language: Language) -> Words:
    change = Change(data["code"], dict(data["params"]))
    return Words(code=change.code, message=describe_change(change, language), params=change.params)


def _refusal(row: JobRow, language: Language) -> Words | None:
    result = row.result or {}
    code, params = result.get("refusal"), result.get("refusal_params", {})
    if not code:
        return None
    if row.kind == "repair" and code not in OURS:
        return Words(code=code, message=describe_refusal(code, language, params), params=params)
    told = describe(Finding(code, "error", params=params), language)
    return Words(code=code, message=joined(told, language), params=params)


def work_off(runtime: Runtime, kinds: Mapping[Kind, Perform], lane: Lane = ALONE) -> bool:
    """One step of the materials worker: takes a job, does it outside any transaction, stores what came of it.

    ``kinds``: by what each kind of job is done.
    """
    with lane.piece(runtime, JobRow) as job:
        if job is None:
            return False
        result = JobResult(refusal=NOT_DONE) if job.attempts > JobRow.TERMS.attempts else _done(runtime, job, kinds)
    with runtime.unit_of_work() as uow:
        for row in end_jobs(uow.session, [job.id], result, uow.now()):
            uow.audit(f"material.{row.kind}", subject=row.id, state=row.state, refusal=result.refusal)
    return True


def _done(runtime: Runtime, job: JobRow, kinds: Mapping[Kind, Perform]) -> JobResult:
    try:
        return kinds[cast(Kind, job.kind)](runtime, job, progress_of(runtime, job))
    except ObjectMissing:
        return JobResult(refusal=FILE_GONE)


def drop_unwanted_jobs(uow: UnitOfWork) -> int:
    """Sweeper: ends visitors' jobs that nobody has asked for any more before they were begun."""
    return drop_unwanted(
        uow.session, JobRow, lambda ids: end_jobs(uow.session, ids, JobResult(refusal=NOBODY_ASKED), uow.now())
    )
