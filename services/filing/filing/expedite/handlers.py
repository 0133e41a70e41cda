"""What applicants do: see what is offered, ask for it with reason and evidence, take it back."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.expedite import (
    AskExpedite,
    EvidenceRef,
    ExpediteOffer,
    ExpediteRef,
    ExpediteView,
    Tier,
)
from contracts.objects import DocumentRef, ObjectRef

from filing.cases.access import own_case, readable_case
from filing.cases.store import Case, find_case
from filing.expedite import model
from filing.expedite.following import advance
from filing.expedite.store import EvidenceRow, ExpediteRow, find_expedite, open_expedite
from filing.expedite.tiers import TierPolicy, tiers
from filing.expedite.views import view_expedite
from filing.materials.model import check_of, content_type
from filing.prechecks.handlers import queue_precheck
from filing.prechecks.model import quarantined, scan_missing


def offer_expedite(request: Empty, uow: UnitOfWork) -> ExpediteOffer:
    """The tiers that can be asked for today; that their fee has an amount is for the tariff to say."""
    today = uow.today()
    return ExpediteOffer(on=today, items=[_tier(tier) for tier in _offered(uow)])


def _offered(uow: UnitOfWork) -> list[TierPolicy]:
    today = uow.today()
    return [tier for tier in tiers(sandbox=uow.settings.sandbox) if tier.offered(today)]


def _tier(tier: TierPolicy) -> Tier:
    return Tier(
        code=tier.code,
        title_zh=tier.title.zh,
        title_en=tier.title.en,
        working_days=tier.working_days,
        pay_working_days=tier.pay_working_days,
        tariff=tier.tariff,
        types=tier.types,
    )


def ask_expedite(request: AskExpedite, uow: UnitOfWork) -> ExpediteView:
    """The applicant of an accepted, undecided case asks for a tier. One request at a time.

    Errors: ``application_unknown``, ``action_not_allowed``, ``expedite_not_offered``, ``expedite_open``,
    ``receipt_invalid``, ``work_too_many``; ``request_invalid`` without a reason.
    """
    case = own_case(uow, request.application_id)
    if case.state not in model.CASE_OPEN:
        raise Problem("action_not_allowed", state=case.state, allowed="")
    if not request.reason.strip():
        raise Problem("request_invalid", errors=[FieldError("reason", "missing")])
    tier = next((one for one in _offered(uow) if one.code == request.tier and case.type in one.types), None)
    if tier is None:
        raise Problem("expedite_not_offered")
    if open_expedite(uow.session, case.id) is not None:
        raise Problem("expedite_open")
    row = ExpediteRow(
        id=new_id("exp"),
        case_id=case.id,
        state="requested",
        tier=tier.code,
        tier_zh=tier.title.zh,
        tier_en=tier.title.en,
        working_days=tier.working_days,
        pay_working_days=tier.pay_working_days,
        tariff=tier.tariff,
        because=request.because,
        reason=request.reason.strip(),
        answer="",
        asked_by=uow.actor.subject,
        asked_at=uow.legal_now(),
        files=[_keep(uow, case, token) for token in dict.fromkeys(request.evidence)],
    )
    uow.session.add(row)
    case.expedite_id = row.id
    uow.session.flush()
    advance(uow, case, row, "ask")
    return view_expedite(row, case, uow)


def _keep(uow: UnitOfWork, case: Case, token: str) -> EvidenceRow:
    receipt = uow.receipt(token)
    return EvidenceRow(
        id=new_id("evf"),
        file_name=receipt.file_name,
        sha256=receipt.object.sha256,
        size=receipt.object.size,
        precheck=queue_precheck(
            uow, receipt, *check_of(None, "evidence", receipt.file_name), account_id=case.account_id, case_id=case.id
        ),
        attached_at=uow.legal_now(),
    )


def withdraw_expedite(request: ExpediteRef, uow: UnitOfWork) -> ExpediteView:
    """Takes a request back before it is decided. Errors: ``expedite_unknown``, ``action_not_allowed``."""
    row = find_expedite(uow.session, request.expedite_id)
    if row is None:
        raise Problem("expedite_unknown")
    case = _own(uow, row.case_id)
    row = find_expedite(uow.session, row.id) or row
    advance(uow, case, row, "withdraw")
    return view_expedite(row, case, uow)


def _own(uow: UnitOfWork, case_id: str) -> Case:
    """As :func:`own_case`; somebody else's request is as good as none."""
    try:
        return own_case(uow, case_id)
    except Problem as problem:
        if problem.code == "application_unknown":
            raise Problem("expedite_unknown") from problem
        raise


def get_expedite(request: ExpediteRef, uow: UnitOfWork) -> ExpediteView:
    """One request, for its applicant and for staff who may read the case. Problem ``expedite_unknown``."""
    row, case = _readable(uow, request.expedite_id)
    return view_expedite(row, case, uow)


def open_evidence(request: EvidenceRef, uow: UnitOfWork) -> DocumentRef:
    """Where the bytes of a file of evidence are. Errors: ``expedite_unknown``, ``expedite_evidence_unknown``,
    ``material_quarantined``, ``material_unscanned`` (staff only)."""
    row, case = _readable(uow, request.expedite_id)
    file = next((one for one in row.files if one.id == request.file_id), None)
    if file is None:
        raise Problem("expedite_evidence_unknown")
    if quarantined(file.precheck.findings):
        raise Problem("material_quarantined")
    if uow.actor.is_staff:
        if file.precheck.state == "running" or scan_missing(file.precheck.findings):
            raise Problem("material_unscanned")
        uow.audit("expedite.open_evidence", subject=case.id, file=file.id)
    return DocumentRef(
        document_id=file.id,
        kind="expedite_evidence",
        title=file.file_name,
        file_name=file.file_name,
        content_type=content_type(file.precheck.facts),
        object=ObjectRef(sha256=file.sha256, size=file.size),
        issued_at=file.attached_at,
    )


def _readable(uow: UnitOfWork, expedite_id: str) -> tuple[ExpediteRow, Case]:
    row = find_expedite(uow.session, expedite_id)
    if row is None or find_case(uow.session, row.case_id) is None:
        raise Problem("expedite_unknown")
    try:
        return row, readable_case(uow, row.case_id)
    except Problem as problem:
        if problem.code == "application_unknown":
            raise Problem("expedite_unknown") from problem
        raise
