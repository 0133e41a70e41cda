"""Attaching, removing, ordering and opening the files of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.filing import (
    AttachMaterial,
    MaterialView,
    OpenMaterial,
    OrderMaterials,
    RemoveMaterial,
    ReplaceMaterial,
)
from contracts.objects import DocumentRef, ObjectRef, UploadReceipt

from filing.cases.access import own_case, readable_case
from filing.cases.store import Case
from filing.forms.model import Need
from filing.forms.pinned import policy_of
from filing.forms.words import Language
from filing.materials import model
from filing.materials.model import ReadMaterial
from filing.materials.store import MaterialRow, materials_of
from filing.prechecks.handlers import drop_check, queue_precheck, view_precheck, without_findings
from filing.prechecks.model import quarantined, scan_missing
from filing.rounds.store import open_correction
from filing.seals import handlers as seals
from filing.types import TYPES


def attach_material(request: AttachMaterial, uow: UnitOfWork) -> MaterialView:
    """Adds an uploaded file and queues its check. The same bytes in the same role stay one material of a draft, or of
    one round of correction.

    Errors: ``receipt_invalid``, ``application_unknown``, ``application_frozen``, ``material_role_invalid``,
    ``material_too_many``; ``material_unchanged`` for a correction that would bring what is there.
    """
    case = own_case(uow, request.application_id)
    require_open(case)
    if not model.attachable(request.role, TYPES[case.type].fields.roles(), case.status):
        raise Problem("material_role_invalid", role=request.role)
    receipt = uow.receipt(request.receipt)
    present = materials_of(uow.session, case.id)
    if (same := _there(uow, case, request.role, receipt)) is not None:
        return view_material(same)
    limit = policy_of(case, uow.today()).max_materials
    if len(present) >= limit:
        raise Problem("material_too_many", limit=limit)
    position = max((material.position for material in present), default=0) + 1
    row = add_material(uow, case, request.role, receipt, position)
    uow.audit("material.attach", subject=case.id, material=row.id, role=row.role, sha256=row.sha256)
    return view_material(row)


def keep_made(
    uow: UnitOfWork, case: Case, need: Need, receipt: UploadReceipt, made_of: Mapping[str, Any]
) -> MaterialRow:
    """Puts a file that was built here among those of a locked case: the only one of its role takes the place of the
    former, unless that belongs to an earlier round; the same bytes stay one material. ``need.context`` is what it is
    checked by.

    Errors: ``material_too_many``, ``material_unchanged``.
    """
    same = _there(uow, case, need.role, receipt)
    if same is not None:
        same.made_of = dict(made_of)
        return same
    present = materials_of(uow.session, case.id)
    of_role = [row for row in present if row.role == need.role]
    former = [row for row in of_role if need.least == 1 and _may_go(uow, case, row)]
    position = min((row.position for row in former), default=max((row.position for row in present), default=0) + 1)
    for row in former:
        _take_out(uow, case, row)
    limit = policy_of(case, uow.today()).max_materials
    if len(present) - len(former) >= limit:
        raise Problem("material_too_many", limit=limit)
    added = add_material(uow, case, need.role, receipt, position, need)
    added.made_of = dict(made_of)
    uow.audit("material.attach", subject=case.id, material=added.id, role=added.role, sha256=added.sha256)
    return added


def replace_material(request: ReplaceMaterial, uow: UnitOfWork) -> MaterialView:
    """Puts another file, such as a repaired one, in the place of a material that may still be taken out.

    Errors: ``receipt_invalid``, ``application_unknown``, ``application_frozen``, ``material_unknown``,
    ``material_unchanged``.
    """
    case = own_case(uow, request.application_id)
    old = _removable(uow, case, request.material_id)
    receipt = uow.receipt(request.receipt)
    if old.sha256 == receipt.object.sha256:
        return view_material(old)
    if (same := _there(uow, case, old.role, receipt)) is not None:
        _take_out(uow, case, old)
        return view_material(same)
    _take_out(uow, case, old)
    row = add_material(uow, case, old.role, receipt, old.position)
    uow.audit("material.replace", subject=case.id, material=row.id, replaced=old.id, sha256=row.sha256)
    return view_material(row)


def unchanged(uow: UnitOfWork, case: Case, role: str, sha256: str) -> bool:
    """Whether a correction would bring what counts already from before it."""
    correction = open_correction(uow.session, case.id)
    same = [row for row in _counting(uow, case, role) if row.sha256 == sha256]
    return bool(same) and correction is not None and all(row.correction_id != correction.id for row in same)


def _counting(uow: UnitOfWork, case: Case, role: str) -> list[MaterialRow]:
    return [row for row in materials_of(uow.session, case.id) if row.role == role and row.superseded_by is None]


def _there(uow: UnitOfWork, case: Case, role: str, receipt: UploadReceipt) -> MaterialRow | None:
    """The file of a draft, or of the answer that is being made, with these bytes.

    Problem ``material_unchanged`` for those that count from before it: they answer nothing. Only of several copies of
    the work, which new ones replace together, may some come again as they were.
    """
    if not unchanged(uow, case, role, receipt.object.sha256):
        return next((row for row in _counting(uow, case, role) if row.sha256 == receipt.object.sha256), None)
    correction = open_correction(uow.session, case.id)
    before = [row for row in _counting(uow, case, role) if correction and row.correction_id != correction.id]
    if role not in TYPES[case.type].fields.samples() or len(before) < 2:
        raise Problem("material_unchanged", file_name=receipt.file_name)
    return None


def add_material(
    uow: UnitOfWork, case: Case, role: str, receipt: UploadReceipt, position: int, need: Need | None = None
) -> MaterialRow:
    """A new file of a locked case, whose check is queued."""
    correction = open_correction(uow.session, case.id)
    row = MaterialRow(
        id=new_id("mat"),
        case_id=case.id,
        role=role,
        file_name=receipt.file_name,
        sha256=receipt.object.sha256,
        size=receipt.object.size,
        position=position,
        correction_id=correction and correction.id,
        attached_at=uow.legal_now(),
    )
    need = need or _needs_of_case(uow, case).get(role)
    profile, context = model.check_of(need, role, receipt.file_name)
    row.precheck = queue_precheck(uow, receipt, profile, context, account_id=case.account_id, case_id=case.id)
    uow.session.add(row)
    uow.session.flush()
    return row


def remove_material(request: RemoveMaterial, uow: UnitOfWork) -> Case:
    """Takes a file out of a draft, or out of an answer that is not sent yet.

    Errors: ``application_unknown``, ``application_frozen``, ``material_unknown``.
    """
    case = own_case(uow, request.application_id)
    _take_out(uow, case, _removable(uow, case, request.material_id))
    return case


def _removable(uow: UnitOfWork, case: Case, material_id: str) -> MaterialRow:
    require_open(case)
    row = _material(uow, case, material_id)
    if not _may_go(uow, case, row):
        raise Problem("application_frozen", state=case.state)
    return row


def _may_go(uow: UnitOfWork, case: Case, row: MaterialRow) -> bool:
    """A file of a draft, or of an answer that is not sent yet."""
    correction = open_correction(uow.session, case.id)
    return case.state == "draft" or (correction is not None and row.correction_id == correction.id)


def _take_out(uow: UnitOfWork, case: Case, row: MaterialRow) -> None:
    row.removed_at = uow.legal_now()
    drop_check(uow, row.precheck)
    uow.session.flush()
    uow.audit("material.remove", subject=case.id, material=row.id)


def order_materials(request: OrderMaterials, uow: UnitOfWork) -> Case:
    """Puts the files of a draft into the given order.

    Errors: ``application_unknown``, ``application_frozen``, ``material_order_invalid`` unless each is named once.
    """
    case = own_case(uow, request.application_id)
    require_open(case)
    rows = {row.id: row for row in materials_of(uow.session, case.id)}
    if sorted(request.material_ids) != sorted(rows):
        raise Problem("material_order_invalid")
    for position, material_id in enumerate(request.material_ids, start=1):
        rows[material_id].position = position
    uow.session.flush()
    return case


def open_material(request: OpenMaterial, uow: UnitOfWork) -> DocumentRef:
    """Where the bytes of a file are, for its owner and for staff who work on the case.

    Errors: ``application_unknown``, ``forbidden``, ``material_unknown``, ``material_quarantined``,
    ``material_unscanned`` (staff only), ``deposit_sealed``.
    """
    case = readable_case(uow, request.application_id)
    row = _material(uow, case, request.material_id)
    seals.require_open(uow, case, row.role)
    if quarantined(row.precheck.findings):
        raise Problem("material_quarantined")
    if uow.actor.is_staff and scan_missing(row.precheck.findings):
        raise Problem("material_unscanned")
    if uow.actor.is_staff:
        uow.audit("material.open", subject=case.id, material=row.id)
    return material_document(row)


def view_materials(
    uow: UnitOfWork, case: Case, rows: Iterable[ReadMaterial], language: Language, *, sealed: bool
) -> list[MaterialView]:
    """The files of a case. ``sealed``: its deposit is; then what was found in it is told to whom it would be opened."""
    withheld = seals.withheld_roles(uow, case) if sealed else ()
    return [view_material(row, language, sealed=row.role in withheld) for row in rows]


def view_material(row: MaterialRow | ReadMaterial, language: Language = "zh", *, sealed: bool = False) -> MaterialView:
    """A file with what its check found, in words of ``language``; of a ``sealed`` one, that it was checked."""
    check = view_precheck(row.precheck, language)
    return MaterialView.model_validate(
        {
            "material_id": row.id,
            "role": row.role,
            "file_name": row.file_name,
            "object": ObjectRef(sha256=row.sha256, size=row.size),
            "content_type": model.content_type(row.precheck.facts),
            "attached_at": row.attached_at,
            "precheck": without_findings(check) if sealed else check,
            "sealed": sealed,
            "correction_id": row.correction_id,
            "superseded": row.superseded_by is not None,
            "superseded_by": row.superseded_by,
        }
    )


def material_document(row: MaterialRow) -> DocumentRef:
    """A material as the dossier and the examiner's page refer to it."""
    return DocumentRef(
        document_id=row.id,
        kind=row.role,
        title=row.file_name,
        file_name=row.file_name,
        content_type=model.content_type(row.precheck.facts),
        object=ObjectRef(sha256=row.sha256, size=row.size),
        issued_at=row.attached_at,
    )


def recheck(uow: UnitOfWork, case: Case, needs: Iterable[Need]) -> None:
    """Checks files again when the form has changed what they have to be (a work's category) or what they are searched
    for (its title)."""
    current = [row for row in materials_of(uow.session, case.id) if row.superseded_by is None]
    for row, need in model.outdated(needs, current):
        receipt = UploadReceipt(
            upload_id=row.id,
            account=case.account_id,
            object=ObjectRef(sha256=row.sha256, size=row.size),
            file_name=row.file_name,
            expires=uow.now(),
        )
        drop_check(uow, row.precheck)
        row.precheck = queue_precheck(
            uow, receipt, need.profile, dict(need.context), account_id=case.account_id, case_id=case.id
        )


def _needs_of_case(uow: UnitOfWork, case: Case) -> dict[str, Need]:
    """What the form, as it is stored, needs; by role."""
    filing_type = TYPES[case.type]
    form = filing_type.form.model_validate(case.form)
    return {need.role: need for need in filing_type.materials(form, policy_of(case, uow.today()))}


def _material(uow: UnitOfWork, case: Case, material_id: str) -> MaterialRow:
    for row in materials_of(uow.session, case.id):
        if row.id == material_id:
            return row
    raise Problem("material_unknown")


def require_open(case: Case) -> None:
    """Problem ``application_frozen``: files come and go in drafts and while a correction is awaited."""
    if case.state not in ("draft", "awaiting_correction"):
        raise Problem("application_frozen", state=case.state)
