"""审查: queues, claims and decisions."""

from __future__ import annotations

from typing import Any

from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.examination import (
    CheckRegister,
    ClaimExamination,
    DecideExamination,
    ExaminationRef,
    HandOverExamination,
    RegisterChecked,
)
from contracts.filing import (
    APPLICATION_APPROVED,
    APPLICATION_REFUSED,
    CORRECTION_REQUESTED,
    ApplicationApproved,
    ApplicationRefused,
    ApplicationView,
    CorrectionRequested,
)

from filing.cases.access import readable_case
from filing.cases.facts import case_facts
from filing.cases.lifecycle import move
from filing.cases.model import paper_is_there, step
from filing.cases.store import Case, lock_case
from filing.clocks.store import latest
from filing.correction.model import beyond_the_end, unknown_targets
from filing.documents.issue import issue
from filing.documents.remedies import remedies
from filing.examination import model
from filing.examination.notices import correction_notice, letter
from filing.examination.standards import basis_of, in_words_of
from filing.examination.store import claimed_at, passed_over
from filing.extracts.handlers import against_register, still_registered
from filing.materials.store import materials_of, pages_of
from filing.rounds.store import CorrectionRow, DefectRow, corrections_of
from filing.types import TYPES
from filing.views.application import held_by_another, view_application


def claim_examination(request: ClaimExamination, uow: UnitOfWork) -> ApplicationView:
    """Takes a case from the queue, or a proposed refusal as second examiner. Claiming one's own case changes nothing.

    A case that is due on a later day than others of its type is taken with a reason, which is recorded.

    Errors: ``application_unknown``, ``claim_reason_required``, ``examination_taken``, ``second_examiner_required``,
    ``paper_missing``, ``action_not_allowed``.
    """
    case = lock_case(uow.session, request.application_id)
    examiner = uow.actor.signed_in_as
    holder = case.second_examiner_id if case.state == "refusal_proposed" else case.examiner_id
    if case.state in ("under_examination", "refusal_proposed") and is_self(uow.actor, holder):
        return view_application(uow, case)
    if case.state == "under_examination":
        raise _taken(uow, case)
    if case.state == "refusal_proposed":
        move(uow, case, "claim", second_examiner_id=examiner)
    else:
        _claim(uow, case, request.reason.strip())
    return view_application(uow, case)


def _taken(uow: UnitOfWork, case: Case) -> Problem:
    since = claimed_at(uow.session, case.id)
    return Problem(
        "examination_taken",
        title=case.title,
        examiner_id=case.examiner_id or "",
        since=since.isoformat() if since else "",
    )


def _claim(uow: UnitOfWork, case: Case, reason: str) -> None:
    step(case.status, "claim")
    paper_is_there(case, uow.actor.subject)
    ahead = passed_over(uow.session, case)
    if ahead and not reason:
        raise Problem("claim_reason_required", count=ahead)
    move(uow, case, "claim", note=reason if ahead else "", ahead=ahead, examiner_id=uow.actor.signed_in_as)


def release_examination(request: ExaminationRef, uow: UnitOfWork) -> ApplicationView:
    """Puts a claimed case back into its queue.

    Errors: ``application_unknown``, ``examination_not_yours``, ``action_not_allowed``.
    """
    case = lock_case(uow.session, request.application_id)
    if case.state == "refusal_proposed":
        move(uow, case, "release", second_examiner_id=None)
    else:
        move(uow, case, "release", examiner_id=None)
    return view_application(uow, case)


def hand_over_examination(request: HandOverExamination, uow: UnitOfWork) -> ApplicationView:
    """A senior examiner takes a case from a colleague who is away, with a reason that is recorded: it is back in its
    queue, for somebody else. Errors: ``application_unknown``, ``reason_required``, ``action_not_allowed``."""
    case = lock_case(uow.session, request.application_id)
    step(case.status, "hand_over")
    if not request.reason:
        raise Problem("reason_required")
    if not held_by_another(case, uow.actor):
        raise Problem("action_not_allowed", state=case.state, allowed="")
    freed: dict[str, Any] = {"second_examiner_id" if case.state == "refusal_proposed" else "examiner_id": None}
    move(uow, case, "hand_over", note=request.reason, **freed)
    return view_application(uow, case)


def withdraw_refusal(request: ExaminationRef, uow: UnitOfWork) -> ApplicationView:
    """Who proposed a refusal takes it back, while nobody has decided about it, and goes on examining.

    Errors: ``application_unknown``, ``examination_not_yours``, ``second_examiner_required`` (somebody has opposed it),
    ``action_not_allowed``.
    """
    case = lock_case(uow.session, request.application_id)
    move(uow, case, "withdraw_refusal", second_examiner_id=None, proposed_reason="", proposed_basis="")
    return view_application(uow, case)


def decide_examination(request: DecideExamination, uow: UnitOfWork) -> ApplicationView:
    """Approves, asks for correction or refuses. A refusal takes effect when another examiner decides the same. If the
    other one would register instead, a second one who would do so must agree, the first examiner or a third.

    Errors: ``application_unknown``, ``action_not_allowed``, ``examination_not_yours``, ``examination_taken``,
    ``second_examiner_required``, ``defects_required``, ``defect_target_unknown``, ``reason_required``,
    ``request_invalid`` (a page that a file does not have, a basis that is none), ``registration_ended``,
    ``register_conflict``, ``version_conflict``, ``fee_owed``.
    """
    case = lock_case(uow.session, request.application_id)
    if request.version not in (None, case.version):
        raise Problem("version_conflict", version=case.version)
    action = model.action_for(request, case.state, opposed=case.opposed_by is not None)
    basis = basis_of(case.type, request.basis) if request.decision == "refuse" else ""
    if action == "approve":
        _approve(uow, case, request)
    elif action == "request_correction":
        _request_correction(uow, case, request)
    elif action == "propose_refusal":
        move(uow, case, "propose_refusal", note=request.reason, proposed_reason=request.reason, proposed_basis=basis)
    elif action == "oppose_refusal":
        facts: dict[str, Any] = {"opposed_by": uow.actor.subject, "opposed_reason": request.reason}
        move(uow, case, "oppose_refusal", note=request.reason, second_examiner_id=None, **facts)
    else:
        _refuse(uow, case, request, basis)
    return view_application(uow, case)


def check_register(request: CheckRegister, uow: UnitOfWork) -> RegisterChecked:
    """What the register as it stands now has against a case, for its examiner: two that race are both examined, and
    one of them can be recorded. Errors: ``application_unknown``, ``extract_invalid``."""
    case = readable_case(uow, request.application_id)
    return RegisterChecked(problems=against_register(uow, case, request.extract))


def _second(case: Case, uow: UnitOfWork) -> dict[str, Any]:
    """A second examiner may decide without having claimed; who proposed the refusal is no second."""
    second = case.state == "refusal_proposed" and not is_self(uow.actor, case.examiner_id)
    return {"second_examiner_id": uow.actor.subject} if second else {}


def _approve(uow: UnitOfWork, case: Case, request: DecideExamination) -> None:
    still_registered(uow, case)
    if found := against_register(uow, case, request.extract):
        raise Problem("register_conflict", errors=[FieldError(one.field, one.code, one.params) for one in found])
    move(uow, case, "approve", note=request.reason, **_second(case, uow))
    filing_type, materials = TYPES[case.type], materials_of(uow.session, case.id)
    entry, samples = filing_type.entry(filing_type.form.model_validate(case.form)), filing_type.fields.samples()
    facts = case_facts(case) | {
        "approved_at": case.updated_at,
        "approved_by": uow.actor.subject,
        "act": entry.act,
        "registration_number": entry.registration_number,
        "ground": entry.ground,
        "before": entry.before,
        "states": entry.states,
        "dealing": entry.dealing,
        "form": entry.form,
        "delivery": entry.delivery,
        "owners": entry.owners,
        "sample_sha256": [
            material.sha256 for material in materials if material.role in samples and material.superseded_by is None
        ],
    }
    uow.emit(APPLICATION_APPROVED, ApplicationApproved.model_validate(facts))


def _request_correction(uow: UnitOfWork, case: Case, request: DecideExamination) -> None:
    """Opens a round; the examiner who asks for it goes on with the case afterwards."""
    files = {material.id: material.file_name for material in materials_of(uow.session, case.id)}
    unknown = unknown_targets(request.defects, TYPES[case.type].fields, files)
    if unknown:
        raise Problem("defect_target_unknown", errors=[FieldError("defects", "not_in_list", {"target": unknown[0]})])
    if beyond := beyond_the_end(request.defects, pages_of(uow.session, case.id)):
        raise Problem("request_invalid", errors=beyond)
    number = len(corrections_of(uow.session, case.id)) + 1
    takes_over: dict[str, Any] = {}
    if case.state == "refusal_proposed":
        takes_over = {"examiner_id": uow.actor.subject, "second_examiner_id": None, "proposed_reason": ""}
        takes_over |= {"proposed_basis": ""}
        takes_over |= {"opposed_by": None, "opposed_reason": ""}
    move(uow, case, "request_correction", note=str(len(request.defects)), **takes_over)
    deadline = latest(uow.session, case.id, "correction")
    if deadline is None:
        raise LookupError(f"case {case.id} awaits a correction without a period")
    correction = CorrectionRow(
        id=new_id("cor"),
        case_id=case.id,
        round=number,
        requested_at=case.updated_at,
        requested_by=uow.actor.subject,
        due_on=deadline.due_on,
        changes=[],
        defects=[
            DefectRow(
                id=new_id("def"), position=position, target=defect.target, page=defect.page, message=defect.message
            )
            for position, defect in enumerate(request.defects, start=1)
        ],
    )
    uow.session.add(correction)
    uow.session.flush()
    notice = issue(uow, case, "correction_notice", correction_notice(uow, case, correction, deadline, files))
    uow.emit(
        CORRECTION_REQUESTED,
        CorrectionRequested(
            **case_facts(case, notice),
            correction_id=correction.id,
            due_on=correction.due_on,
            defects=len(correction.defects),
        ),
    )


def _refuse(uow: UnitOfWork, case: Case, request: DecideExamination, basis: str) -> None:
    first, proposed = case.examiner_id or "", case.proposed_reason
    bases = (
        {proposed: basis or case.proposed_basis}
        if proposed == request.reason
        else {
            proposed: case.proposed_basis,
            request.reason: basis,
        }
    )
    reasons, rules = list(bases), "\n".join(dict.fromkeys(filter(None, bases.values())))
    move(uow, case, "refuse", note=request.reason, reason="\n".join(reasons), basis=rules, **_second(case, uow))
    data = {
        **letter(uow, case),
        "reasons": [{"reason": reason} | ({"basis": on} if on else {}) for reason, on in bases.items()],
        "remedies": remedies("zh"),
    }
    notice = issue(uow, case, "refusal_notice", data)
    uow.emit(
        APPLICATION_REFUSED,
        ApplicationRefused(
            **case_facts(case, notice),
            refused_at=case.updated_at,
            reason=case.reason,
            reason_en=in_words_of(case.reason, "en"),
            decided_by=[first, uow.actor.subject],
        ),
    )
