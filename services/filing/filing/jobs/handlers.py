"""Jobs as their owner sees them, and the worker's step that does them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.tools import GetJob, JobView, Words
from sqlalchemy import select

from filing.deposits.work import perform_deposit
from filing.forms.policy import Language
from filing.jobs.model import JobResult, Kind, Progress, forgotten
from filing.jobs.queue import CHANNEL, MAX_ATTEMPTS, held, progress_of, take_next
from filing.jobs.store import JobRow, find_job
from filing.precheck import Finding, describe
from filing.prechecks.handlers import view_findings, view_precheck
from filing.prechecks.store import find_precheck
from filing.repair.model import Change
from filing.repair.words import describe_change, describe_refusal
from filing.repairs.work import perform_repair

Perform = Callable[[Runtime, JobRow, Progress], JobResult]
PERFORM: Mapping[Kind, Perform] = {"repair": perform_repair, "deposit": perform_deposit}


def queue_job(uow: UnitOfWork, kind: Kind, account_id: str, params: dict[str, Any]) -> JobRow:
    """Writes the job and wakes the workers at commit."""
    row = JobRow(
        id=new_id("job"),
        kind=kind,
        account_id=account_id,
        params=params,
        state="running",
        attempts=0,
        created_at=uow.now(),
    )
    uow.session.add(row)
    uow.session.flush()
    uow.notify(CHANNEL)
    return row


def get_job(request: GetJob, uow: UnitOfWork) -> JobView:
    """A job by its unguessable id. Jobs of an account are not for others: ``job_unknown``."""
    row = find_job(uow.session, request.job_id)
    if row is None or (row.account_id and row.account_id != uow.actor.subject):
        raise Problem("job_unknown")
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
            "progress": 1.0 if row.state == "done" else row.progress,
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
            "report": result.get("report", {}),
            "findings": view_findings(result.get("findings", []), language),
            "created_at": row.created_at,
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
    if row.kind == "repair":
        return Words(code=code, message=describe_refusal(code, language, params), params=params)
    message, remedy = describe(Finding(code, "error", params=params), language)
    return Words(code=code, message=f"{message}{'' if language == 'zh' else ' '}{remedy}", params=params)


def work_off(runtime: Runtime) -> bool:
    """One step of the materials worker: leases a job, does it outside any transaction, stores what came of it."""
    job = take_next(runtime, JobRow)
    if job is None:
        return False
    if job.attempts > MAX_ATTEMPTS:
        result = JobResult(refusal=f"{job.kind}_failed")
    else:
        kind: Kind = "repair" if job.kind == "repair" else "deposit"
        with held(runtime, JobRow, job.id):
            result = PERFORM[kind](runtime, job, progress_of(runtime, JobRow, job.id))
    with runtime.unit_of_work() as uow:
        row = uow.session.scalars(select(JobRow).where(JobRow.id == job.id).with_for_update()).one()
        if row.state == "running":
            row.state, row.result, row.progress = result.state, result.to_json(), 1.0
            row.params, row.finished_at, row.leased_until = forgotten(row.params), uow.now(), None
            uow.audit(f"material.{row.kind}", subject=row.id, state=row.state, refusal=result.refusal)
    return True
