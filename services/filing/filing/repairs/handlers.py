"""Asking for a repair of what a check found."""

from __future__ import annotations

import base64
from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.tools import CreateRepair, JobView, RepairOptions

from filing.applicants.handlers import sender_in_filing
from filing.jobs.handlers import queue_job, view_job
from filing.prechecks.handlers import own_precheck
from filing.prechecks.model import quarantined
from filing.repairs import model


def create_repair(request: CreateRepair, uow: UnitOfWork) -> JobView:
    """Queues a repair of the checked file; the original stays as it is.

    Errors: ``precheck_unknown``, ``precheck_running``, ``fix_unknown`` (not a repairable finding of this check),
    ``material_quarantined``, ``work_too_many``.
    """
    check = own_precheck(uow, request.precheck_id, request.client)
    if check.state != "done":
        raise Problem("precheck_running")
    if quarantined(check.findings):
        raise Problem("material_quarantined")
    unknown = model.unknown_fixes(request.fix, check.findings)
    if unknown:
        raise Problem("fix_unknown", codes=", ".join(unknown))
    row = queue_job(
        uow,
        "repair",
        check.account_id,
        sender_in_filing(uow, request.network),
        {
            "precheck_id": check.id,
            "profile": check.profile,
            "sha256": check.sha256,
            "file_name": check.file_name,
            "language": request.language,
            "context": check.context,
            "fix": list(dict.fromkeys(request.fix)),
            "options": _kept(uow, request.options, check.id),
            "pages": model.pages_to_show(request.fix, check.findings),
        },
        visitor=check.visitor,
    )
    uow.audit("material.repair.request", subject=check.case_id or check.id, job=row.id, fix=", ".join(request.fix))
    return view_job(uow, row, request.language)


def _kept(uow: UnitOfWork, options: RepairOptions, check_id: str) -> dict[str, Any]:
    """Options as JSON; the person's password is sealed until the worker needs it, and forgotten with the job."""
    kept = options.model_dump(exclude_defaults=True)
    if options.password:
        sealed = uow.sealing.seal(model.PASSWORD, options.password.encode(), check_id)
        kept["password"] = base64.b64encode(sealed).decode()
    return kept
