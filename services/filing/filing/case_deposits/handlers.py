"""鉴别材料 from within the wizard: asked for as the form names the software, then put among the case's files."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationView, AttachDeposit, BuildDeposit
from contracts.objects import ObjectRef, UploadReceipt
from contracts.tools import CreateDeposit, JobView

from filing.case_deposits.model import made_of
from filing.cases.access import own_case
from filing.cases.store import Case
from filing.cases.views import view_application
from filing.deposits.handlers import create_deposit
from filing.forms.model import Need
from filing.jobs.store import JobRow, find_job
from filing.materials.handlers import keep_made, needs_of_case, require_open
from filing.types import TYPES

_PARTS = ("program", "document")


def build_deposit(request: BuildDeposit, uow: UnitOfWork) -> JobView:
    """Queues the making of the deposit that the form asks for; name, version and mode come from it.

    Errors: ``application_unknown``, ``application_frozen``, ``material_role_invalid`` for what has no deposit,
    ``form_invalid`` while name or version are missing, ``deposit_empty``, ``receipt_invalid``, ``work_too_many``.
    """
    case = own_case(uow, request.application_id)
    require_open(case)
    said = _needs(uow, case)[_PARTS[0]].context
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
    ``deposit_not_made``, ``material_too_many``.
    """
    case = own_case(uow, request.application_id)
    require_open(case)
    needs = _needs(uow, case)
    job = _made(uow, request.job_id)
    for file in (job.result or {})["files"]:
        receipt = UploadReceipt(
            upload_id=job.id,
            account=case.account_id,
            object=ObjectRef(sha256=file["sha256"], size=file["size"]),
            file_name=file["file_name"],
            expires=uow.now(),
        )
        facts = made_of(job.id, job.params, job.result or {}, file["name"])
        keep_made(uow, case, needs[file["name"]], receipt, facts)
    uow.audit("material.deposit.attach", subject=case.id, job=job.id)
    return view_application(uow, case, request.language)


def _needs(uow: UnitOfWork, case: Case) -> dict[str, Need]:
    """What the form needs, of a type that has deposits."""
    needs = needs_of_case(uow, case)
    if any(part not in needs for part in _PARTS):
        raise Problem("material_role_invalid", role=_PARTS[0])
    return needs


def _made(uow: UnitOfWork, job_id: str) -> JobRow:
    """A deposit that is ready: the actor's own, or one that a visitor built, whose id nobody guesses."""
    job = find_job(uow.session, job_id)
    if job is None or job.kind != "deposit" or (job.account_id and job.account_id != uow.actor.subject):
        raise Problem("job_unknown")
    if job.state != "done":
        raise Problem("deposit_not_made", state=job.state)
    return job
