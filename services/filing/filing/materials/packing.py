"""The files of a case for the package that its party takes away."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.filing import CaseFile, CaseFiles, ListCaseFiles

from filing.cases.access import readable_case
from filing.materials.handlers import material_document
from filing.materials.store import materials_of
from filing.prechecks.model import quarantined
from filing.seals.handlers import sealed_roles


def list_case_files(request: ListCaseFiles, uow: UnitOfWork) -> CaseFiles:
    """Every file that was handed in, in order, also what a later one took the place of. A sealed deposit is named and
    stays where it is: its party opens it by itself, and may unseal it first. Problem ``application_unknown``."""
    case = readable_case(uow, request.application_id)
    sealed = sealed_roles(uow, case)
    items = []
    for row in materials_of(uow.session, case.id):
        file = CaseFile(material_id=row.id, role=row.role, file_name=row.file_name)
        if row.role in sealed:
            items.append(file.model_copy(update={"why": "sealed"}))
        elif quarantined(row.precheck.findings):
            items.append(file.model_copy(update={"why": "quarantined"}))
        else:
            items.append(file.model_copy(update={"document": material_document(row)}))
    return CaseFiles(items=items)
