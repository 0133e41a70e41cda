"""Looking cases up and opening one. Nothing here changes any of it; who did it, and why, is written down."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.lookups import shown_name, sought, write_down
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.filing import ApplicationView, OpenMaterial
from contracts.lookups import (
    MOST_LOOKED_UP,
    CaseFound,
    CasesFound,
    LookUp,
    OpenCaseDocument,
    OpenCaseFile,
    OpenCaseMaterial,
)
from contracts.objects import DocumentRef

from filing.cases.access import readable_case
from filing.cases.facts import applicant_name, waiting
from filing.cases.store import Case
from filing.lookups import model, store
from filing.materials.handlers import open_material
from filing.types import TYPES
from filing.views.application import view_application


def look_up_cases(request: LookUp, uow: UnitOfWork) -> CasesFound:
    """Filed cases of all applicants, the newest first."""
    rows = store.looked_up(uow.session, sought(request.text), MOST_LOOKED_UP + 1)
    write_down(uow, "case.look_up", request, len(rows))
    return CasesFound(items=[_found(case, uow) for case in rows[:MOST_LOOKED_UP]], more=len(rows) > MOST_LOOKED_UP)


def _found(case: Case, uow: UnitOfWork) -> CaseFound:
    return CaseFound(
        application_id=case.id,
        account_id=case.account_id,
        kind=TYPES[case.type].kind,
        type=case.type,
        title=case.title,
        state=case.status,
        waiting_for=waiting(case),
        serial_number=case.serial_number or "",
        acceptance_number=case.acceptance_number,
        registration_number=case.registration_number,
        applicant_name=_name(case, uow),
        submitted_at=case.submitted_at,
    )


def _name(case: Case, uow: UnitOfWork) -> str:
    organisation = (case.applicant or {}).get("kind") == "organisation"
    return shown_name(uow.actor, applicant_name(case), organisation=organisation)


def open_case_file(request: OpenCaseFile, uow: UnitOfWork) -> ApplicationView:
    """A filed case as its applicant sees it, to be read only; where the office's own work is looked into, with who took
    each step. Problem ``application_unknown``."""
    case = readable_case(uow, request.application_id)
    named = model.names_colleagues(uow.actor.roles, request.purpose)
    uow.audit("case.open_file", subject=case.id, purpose=request.purpose, **({"named": True} if named else {}))
    view = view_application(uow, case, request.language, as_applicant=True, named=named)
    return model.fitting(view, uow.actor.roles, _name(case, uow))


def open_case_document(request: OpenCaseDocument, uow: UnitOfWork) -> Empty:
    """Writes down who opens which document of a filed case, and why. Problem ``application_unknown``."""
    case = readable_case(uow, request.application_id)
    uow.audit("case.open_document", subject=case.id, document=request.document_id, purpose=request.purpose)
    return Empty()


def open_case_material(request: OpenCaseMaterial, uow: UnitOfWork) -> DocumentRef:
    """Where the bytes of a file of a registered case are, for the archive; who opens it, and why, is written down.

    Problems: ``application_unknown``; ``case_not_registered``; ``material_unknown``; ``deposit_sealed`` but for the two
    who opened the seal; ``material_quarantined``, ``material_unscanned``.
    """
    case = readable_case(uow, request.application_id)
    if case.state != "registered":
        raise Problem("case_not_registered")
    found = open_material(OpenMaterial(application_id=case.id, material_id=request.material_id), uow)
    uow.audit("case.open_material", subject=case.id, material=request.material_id, purpose=request.purpose)
    return found
