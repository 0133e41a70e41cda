"""收件与审查: what intake clerks and examiners do. The service decides who may."""

from __future__ import annotations

from typing import Annotated, Literal

from chassis.errors import Problem
from contracts.base import staff
from contracts.examination import (
    CLAIM_EXAMINATION,
    CORRECT_PAPER_RECEIPT,
    DECIDE_EXAMINATION,
    HAND_OVER_EXAMINATION,
    LIST_EXAMINATIONS,
    NOTE_PAPER_DEFICIENT,
    RECEIVE_PAPER,
    RELEASE_EXAMINATION,
    UNSTATED,
    WITHDRAW_REFUSAL,
    ClaimExamination,
    CorrectedReceipt,
    CorrectPaperReceipt,
    DecideExamination,
    Defect,
    DeficientPaper,
    ExaminationList,
    ExaminationRef,
    HandOverExamination,
    ListExaminations,
    NotePaperDeficient,
    PaperReceipt,
    ReceivePaper,
)
from contracts.filing import ApplicationView
from contracts.text import Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.applications import fetch, with_version
from gateway.forms.about import token_for
from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call

routes = ApiGroup("examinations", _l("收件与审查"))
EXAMINERS = staff("examiner", "senior_examiner")
SENIORS = staff("senior_examiner")
PROBLEMS = ("application_unknown", "examination_not_yours", "action_not_allowed")


class Claim(BaseModel):
    """``reason``: why this case and not one of its type that is due earlier; recorded only then, and counted in public
    whether it was stated or not. Pages ask for it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Paragraphs(500)] = UNSTATED


class HandOver(BaseModel):
    """``reason``: why somebody else takes the case; recorded, and for staff alone."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Paragraphs(500)] = ""


class ExaminationDecision(BaseModel):
    """``correct`` needs defects, ``refuse`` a reason, and may name the rule that it rests on."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "correct", "refuse"]
    defects: list[Defect] = Field(default=[], max_length=200)
    reason: Annotated[str, Paragraphs(3000)] = ""
    basis: str = Field(default="", max_length=100)


@routes.post(
    "/staff/paper-receipts",
    _l("登记收到的纸质材料"),
    access=staff("intake"),
    body=ReceivePaper,
    reply=PaperReceipt,
    status=201,
    problems=("serial_number_unknown", "paper_not_required", "action_not_allowed"),
)
def receive_paper(body: ReceivePaper) -> PaperReceipt:
    """By any of our barcodes. A second scan says ``already`` and changes nothing."""
    return call(RECEIVE_PAPER, body)


@routes.post(
    "/staff/paper-deficiencies",
    _l("登记不齐的纸质材料"),
    access=staff("intake"),
    body=NotePaperDeficient,
    reply=DeficientPaper,
    status=201,
    problems=("serial_number_unknown", "paper_not_required", "paper_received_already", "action_not_allowed"),
)
def note_paper_deficient(body: NotePaperDeficient) -> DeficientPaper:
    """What is missing of a parcel; the applicant is told, and the rest is still awaited."""
    return call(NOTE_PAPER_DEFICIENT, body)


@routes.post(
    "/staff/paper-receipt-corrections",
    _l("收回或更正收到纸质材料的登记"),
    access=staff("intake"),
    body=CorrectPaperReceipt,
    reply=CorrectedReceipt,
    status=201,
    problems=("serial_number_unknown", "paper_not_required", "paper_not_received", "paper_built_on"),
)
def correct_paper_receipt(body: CorrectPaperReceipt) -> CorrectedReceipt:
    """While nobody examines the case: the receipt is taken back, or has the day on which the paper came."""
    return call(CORRECT_PAPER_RECEIPT, body)


@routes.get(
    "/staff/examinations",
    _l("审查队列"),
    access=staff("examiner", "senior_examiner", "intake"),
    query=ListExaminations,
    reply=ExaminationList,
)
def list_examinations(query: ListExaminations) -> ExaminationList:
    """By due date. Intake clerks see the cases that wait for paper."""
    return call(LIST_EXAMINATIONS, query)


@routes.get(
    "/staff/examinations/<application_id>",
    _l("一件待审查的申请"),
    access=EXAMINERS,
    reply=ApplicationView,
    problems=("application_unknown",),
)
def get_examination(application_id: str) -> Reply:
    """The whole case as examiners see it, with what applicants are not told yet."""
    return with_version(fetch(application_id))


@routes.post(
    "/staff/examinations/<application_id>/claim",
    _l("领取案件"),
    access=EXAMINERS,
    body=Claim,
    needs_body=False,
    reply=ApplicationView,
    problems=(*PROBLEMS, "examination_taken", "paper_missing", "claim_reason_required"),
)
def claim_examination(application_id: str, body: Claim) -> Reply:
    """From now on nobody else decides it; claiming one's own again changes nothing."""
    return with_version(call(CLAIM_EXAMINATION, ClaimExamination(application_id=application_id, reason=body.reason)))


@routes.post(
    "/staff/examinations/<application_id>/release",
    _l("退回案件"),
    access=EXAMINERS,
    reply=ApplicationView,
    problems=PROBLEMS,
)
def release_examination(application_id: str) -> Reply:
    """Back to the queue, for somebody else."""
    return with_version(call(RELEASE_EXAMINATION, ExaminationRef(application_id=application_id)))


@routes.post(
    "/staff/examinations/<application_id>/hand-over",
    _l("换人承办"),
    access=SENIORS,
    body=HandOver,
    reply=ApplicationView,
    problems=("application_unknown", "reason_required", "action_not_allowed"),
)
def hand_over_examination(application_id: str, body: HandOver) -> Reply:
    """From a colleague who has it back to its queue, with a reason that is recorded."""
    asked = HandOverExamination(application_id=application_id, reason=body.reason)
    return with_version(call(HAND_OVER_EXAMINATION, asked))


@routes.post(
    "/staff/examinations/<application_id>/refusal-withdrawal",
    _l("收回不予登记的建议"),
    access=EXAMINERS,
    reply=ApplicationView,
    problems=(*PROBLEMS, "second_examiner_required"),
)
def withdraw_refusal(application_id: str) -> Reply:
    """By who proposed it, while nobody has decided about it."""
    return with_version(call(WITHDRAW_REFUSAL, ExaminationRef(application_id=application_id)))


@routes.post(
    "/staff/examinations/<application_id>/decision",
    _l("作出审查决定"),
    access=EXAMINERS,
    body=ExaminationDecision,
    reply=ApplicationView,
    problems=(
        "fee_owed",
        *PROBLEMS,
        "second_examiner_required",
        "reason_required",
        "defects_required",
        "defect_target_unknown",
        "register_conflict",
        "registration_assigned",
        "registration_party_only",
        "old_registration_incomplete",
        "registration_not_yours",
        "registration_number_unknown",
    ),
)
def decide_examination(application_id: str, body: ExaminationDecision) -> Reply:
    """A refusal takes effect when a second examiner decides the same. What the register leaves no room for by now is
    not approved."""
    decision = DecideExamination(
        application_id=application_id,
        decision=body.decision,
        defects=body.defects,
        reason=body.reason,
        basis=body.basis,
        extract=_register_says(application_id) if body.decision == "approve" else None,
    )
    return with_version(call(DECIDE_EXAMINATION, decision))


def _register_says(application_id: str) -> str | None:
    """For an approval. Of a case that the caller may not see nothing: the decision itself answers them."""
    try:
        case = fetch(application_id)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return None
    return token_for(case)
