"""鉴别材料 from within the wizard: asked for as the form names the software, then put among the case's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationView, AttachDeposit, BuildDeposit
from contracts.objects import ObjectRef, UploadReceipt
from contracts.tools import CreateDeposit, JobView

from filing.case_deposits.model import made_of
from filing.cases.access import own_case
from filing.cases.store import Case
from filing.deposits.handlers import create_deposit
from filing.forms.model import Need, merge
from filing.forms.pinned import policy_of
from filing.jobs.store import JobRow, find_job
from filing.materials.handlers import keep_made, require_open, unchanged
from filing.prechecks.model import is_theirs
from filing.submission.checks import as_errors
from filing.types import TYPES
from filing.views.application import view_application

_PARTS = ("program", "document")


def build_deposit(request: BuildDeposit, uow: UnitOfWork) -> JobView:
    """Queues the making of the deposit that the form asks for; name, version and mode come from it.

    Errors: ``application_unknown``, ``application_frozen``, ``material_role_invalid`` for what has no deposit,
    ``form_invalid`` while name or version are missing, ``deposit_empty``, ``receipt_invalid``, ``work_too_many``.
    """
    case = own_case(uow, request.application_id)
    require_open(case)
    said = _needs(uow, case, request.form)[_PARTS[0]].context
    title_field = TYPES[case.type].fields.title_field
    missing = [field for field, name in ((title_field, "title"), ("version", "version")) if not said[name]]
    if missing:
        raise Problem("form_invalid", errors=[FieldError(field, "required") for field in missing])
    mode = said["deposit_mode"]
    document_mode = "general" if mode == "general" else request.options.document_mode
    return create_deposit(
        CreateDeposit(
            title=said["title"],
            short_name=said["short_name"],
            version=said["version"],
            source=request.source,
            document=request.document,
            object_code=request.object_code,
            options=request.options.model_copy(update={"mode": mode, "document_mode": document_mode}),
            language=request.language,
            network=request.network,
        ),
        uow,
    )


def attach_deposit(request: AttachDeposit, uow: UnitOfWork) -> ApplicationView:
    """Puts what a job made among the case's files: in the place of an earlier program or of the one document, beside
    others where several are deposited. The same job twice changes nothing.

    Errors: ``application_unknown``, ``application_frozen``, ``material_role_invalid``, ``job_unknown``,
    ``deposit_not_made``, ``material_too_many``; ``material_unchanged`` for a correction that it leaves as it is.
    """
    case = own_case(uow, request.application_id)
    require_open(case)
    needs = _needs(uow, case, {})
    job = _made(uow, request.job_id, request.client)
    files = (job.result or {})["files"]
    new = [file for file in files if not unchanged(uow, case, file["name"], file["sha256"])]
    for file in new or files:
        receipt = UploadReceipt(
            upload_id=job.id,
            account=case.account_id,
            object=ObjectRef(sha256=file["sha256"], size=file["size"]),
            file_name=file["file_name"],
            expires=uow.now(),
        )
        facts = made_of(job.id, job.params, job.result or {}, file["name"])
        keep_made(uow, case, _checked_by(needs[file["name"]], job, case), receipt, facts)
    uow.audit("material.deposit.attach", subject=case.id, job=job.id)
    return view_application(uow, case, request.language)


def _needs(uow: UnitOfWork, case: Case, changed: Mapping[str, Any]) -> dict[str, Need]:
    """What the form needs with some fields changed, of a type that has deposits."""
    filing_type = TYPES[case.type]
    reading = filing_type.read(merge(case.form, changed), None)
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    needs = {need.role: need for need in filing_type.materials(reading.form, policy_of(case, uow.today()))}
    if any(part not in needs for part in _PARTS):
        raise Problem("material_role_invalid", role=_PARTS[0])
    return needs


def _checked_by(need: Need, job: JobRow, case: Case) -> Need:
    """An answer to a correction may change the name, and its deposit bears the new one already."""
    if case.state == "draft":
        return need
    built = {name: job.params[name] for name in ("title", "short_name", "version")}
    if "deposit_mode" in need.context:
        built["deposit_mode"] = job.params["options"]["mode"]
    return replace(need, context={**need.context, **built})


def _made(uow: UnitOfWork, job_id: str, client: str) -> JobRow:
    """A deposit that is ready: the actor's own, or one that the same browser built before anybody signed in."""
    job = find_job(uow.session, job_id)
    if job is None or job.kind != "deposit" or not is_theirs(uow.actor, client, job.account_id, job.visitor, "file"):
        raise Problem("job_unknown")
    if job.state != "done":
        raise Problem("deposit_not_made", state=job.state)
    return job
