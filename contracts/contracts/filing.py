"""Contracts of filing: drafts and their materials, submission, progress, corrections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, EventType, Identifier, Model, RpcMethod, Token, Version
from contracts.forms import FormData, Kind
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments, ObjectRef
from contracts.paging import Page
from contracts.text import Paragraphs
from contracts.tools import PrecheckView

State = Literal[
    "draft",
    "submitted",
    "accepted",
    "under_examination",
    "awaiting_correction",
    "refusal_proposed",
    "approved",
    "registered",
    "refused",
    "withdrawn",
    "lapsed",
]
MaterialRole = Literal["sample", "ownership_proof", "identity_proof", "other", "correction"]


class ReplaceMaterial(Model):
    """Puts another file (a repaired one) in the place of a material: same role, same position."""

    application_id: Identifier
    material_id: Identifier
    receipt: Token


class MaterialView(Model):
    material_id: str
    role: MaterialRole
    file_name: str
    object: ObjectRef
    content_type: str
    attached_at: datetime
    precheck: PrecheckView
    correction_id: str | None = Field(default=None, description="the correction it was attached for")
    superseded: bool = Field(default=False, description="a later sample of the same case took its place")


class Deadline(Model):
    """A legal date with its basis. ``paused`` while the applicant has to answer."""

    kind: Literal["acceptance", "examination", "correction", "payment", "paper"]
    due_on: date
    state: Literal["running", "paused", "met", "missed"]
    legal_basis: str
    days_left: int | None = Field(default=None, description="calendar days, negative when overdue")


class Node(Model):
    name: Literal["受理", "审查", "补正", "制证"]
    state: Literal["done", "current", "pending", "skipped"]
    at: datetime | None = None


class ActionView(Model):
    """One line of the case's history."""

    action: str
    at: datetime
    by: Literal["applicant", "staff", "system"]
    from_state: State
    to_state: State
    note: str = ""


class DefectView(Model):
    defect_id: str
    target: str = Field(description="form field or material id")
    page: int | None = None
    message: str
    answer: str | None = None


class CorrectionView(Model):
    correction_id: str
    requested_at: datetime
    due_on: date
    answered_at: datetime | None = None
    defects: list[DefectView]
    changes: list[dict[str, Any]] = Field(default=[], description="[{field, before, after}] of the answer")


class OrderSummary(Model):
    order_id: str
    amount: int = Field(description="fen")
    state: Literal["pending", "paid", "cancelled", "refunded"]


class FieldProblem(Model):
    field: str
    code: str
    severity: Literal["error", "warning"] = "error"
    params: dict[str, str | int] = {}


class ApplicationView(Model):
    """A case as its owner or staff sees it."""

    application_id: str
    account_id: str
    kind: Kind
    state: State
    version: int
    form: dict[str, Any]
    title: str
    materials: list[MaterialView] = []
    serial_number: str | None = None
    acceptance_number: str | None = None
    registration_number: str | None = None
    certificate_document_id: str | None = None
    order: OrderSummary | None = None
    paper_required: bool
    paper_received_at: datetime | None = None
    nodes: list[Node] = []
    deadlines: list[Deadline] = []
    corrections: list[CorrectionView] = []
    actions: list[ActionView] = []
    allowed_actions: list[str] = []
    declaration: DocumentRef | None = None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None
    examiner_id: str | None = None
    second_examiner_id: str | None = Field(default=None, description="examines a proposed refusal")
    reason: str = Field(default="", description="of a refusal, withdrawal or lapse")
    proposed_reason: str = Field(default="", description="of a proposed refusal; staff only")
    applicant_name: str = Field(default="", description="verified name")
    waiting_for: str = Field(default="", description="as in ApplicationSummary")
    warnings: list[FieldProblem] = Field(default=[], description="of the form; nothing that keeps it from being filed")


class ApplicationRef(Model):
    application_id: Identifier
    language: Literal["zh", "en"] = "zh"


class CreateApplication(Model):
    kind: Kind
    form: FormData = {}


class SaveApplication(Model):
    """Merges ``form`` (top-level fields) into the draft; ``version`` as last read, else 409 ``version_conflict``.

    What the draft says already is no conflict: a save whose answer was lost can be sent again.
    """

    application_id: Identifier
    version: Version
    form: FormData


class ApplicationSummary(Model):
    application_id: str
    kind: Kind
    state: State
    title: str
    serial_number: str | None
    acceptance_number: str | None
    registration_number: str | None
    updated_at: datetime
    waiting_for: str = Field(
        description="who must act next: applicant_form, order, applicant_payment, paper, examiner, second_examiner, "
        "applicant_correction, certificate, refund (paid too late), nobody"
    )


class ListApplications(Page):
    state: State | None = None


class ApplicationList(Model):
    items: list[ApplicationSummary]
    next_cursor: str | None = None


class AttachMaterial(Model):
    application_id: Identifier
    role: MaterialRole
    receipt: Token


class RemoveMaterial(Model):
    application_id: Identifier
    material_id: Identifier


class OrderMaterials(Model):
    """The order in which materials are shown and printed: every material of the case, once."""

    application_id: Identifier
    material_ids: list[Identifier] = Field(max_length=1000)


class OpenMaterial(Model):
    """Owner or staff working on the case asks for the bytes of a material."""

    application_id: Identifier
    material_id: Identifier


class PrepareSubmission(Model):
    """All rules at once; every problem in one answer. Renders the declaration that is to be signed."""

    application_id: Identifier


class Declaration(Model):
    document_id: str
    sha256: str
    document: DocumentRef


class SubmitApplication(Model):
    application_id: Identifier
    evidence: Token = Field(description="signature evidence token of identity")


class Submitted(Model):
    application_id: str
    serial_number: str
    state: State


class AnswerDefect(Model):
    defect_id: Identifier
    text: Annotated[str, Paragraphs(3000)] = ""


class AnswerCorrection(Model):
    """Answers every defect; may change form fields; new files are attached before with role *correction*."""

    application_id: Identifier
    answers: list[AnswerDefect] = Field(max_length=200)
    form: FormData = {}


class WithdrawApplication(Model):
    application_id: Identifier
    reason: Annotated[str, Paragraphs(500)] = ""


class GetProgress(Model):
    """By 受理号 or 流水号. ``number_unknown`` carries ``hints`` (comma-separated codes) and perhaps ``suggestion``."""

    number: str = Field(max_length=60)
    language: Literal["zh", "en"] = "zh"


class Progress(Model):
    """Public: no names, no title beyond a mask."""

    number: str
    kind: Kind
    state: State
    title: str = Field(description="masked")
    nodes: list[Node]
    deadlines: list[Deadline]
    updated_at: datetime


MANY_QUERIES = 64


class GetManyProgress(Model):
    """Queries that came at the same time."""

    queries: list[GetProgress] = Field(min_length=1, max_length=MANY_QUERIES)


class ManyProgress(Model):
    """``answers`` in the order of the queries: a :class:`Progress` as JSON text, to be passed on unread; None where the
    number is unknown (``progress`` says why)."""

    answers: list[str | None]


class CheckForm(Model):
    """The same rules as submission, without changing anything: for the wizard's step and the batch file."""

    kind: Kind
    form: FormData


class FormReport(Model):
    problems: list[FieldProblem]


class DescribeForm(Model):
    kind: Kind
    language: Literal["zh", "en"] = "zh"


class CategoryOption(Model):
    """``profile`` is the pre-check profile of its sample; ``word_count`` says whether the form asks for one."""

    code: str
    title: str
    open: bool
    profile: str | None
    word_count: bool


class FormDescription(Model):
    """What pages and guides say about a form today, from the policy in force."""

    kind: Kind
    form_code: str
    on: date
    categories: list[CategoryOption]
    ownership: dict[str, list[str]] = Field(description="applicant kind → possible ownership")
    filing_modes: list[str]
    paper_required: bool
    office: dict[str, str] = Field(description="name, address, postcode, phone: where paper goes")
    acceptance_working_days: int
    examination_days: int
    correction_days: int
    paper_days: int
    max_materials: int
    legal_basis: dict[str, str] = Field(description="deadline kind → text")


_S = "filing"
CREATE_APPLICATION = RpcMethod(_S, "create_application", CreateApplication, ApplicationView, ACCOUNT, "command")
SAVE_APPLICATION = RpcMethod(
    _S, "save_application", SaveApplication, ApplicationView, ACCOUNT, "command", keep_reply=False
)
GET_APPLICATION = RpcMethod(_S, "get_application", ApplicationRef, ApplicationView, SIGNED_IN)
LIST_APPLICATIONS = RpcMethod(_S, "list_applications", ListApplications, ApplicationList, ACCOUNT)
CHECK_FORM = RpcMethod(_S, "check_form", CheckForm, FormReport, ANONYMOUS)
DESCRIBE_FORM = RpcMethod(_S, "describe_form", DescribeForm, FormDescription, ANONYMOUS)
ATTACH_MATERIAL = RpcMethod(_S, "attach_material", AttachMaterial, MaterialView, ACCOUNT, "command")
REMOVE_MATERIAL = RpcMethod(_S, "remove_material", RemoveMaterial, ApplicationView, ACCOUNT, "command")
ORDER_MATERIALS = RpcMethod(
    _S, "order_materials", OrderMaterials, ApplicationView, ACCOUNT, "command", keep_reply=False
)
OPEN_MATERIAL = RpcMethod(_S, "open_material", OpenMaterial, DocumentRef, SIGNED_IN)
REPLACE_MATERIAL = RpcMethod(_S, "replace_material", ReplaceMaterial, MaterialView, ACCOUNT, "command")
PREPARE_SUBMISSION = RpcMethod(_S, "prepare_submission", PrepareSubmission, Declaration, ACCOUNT, "command")
SUBMIT_APPLICATION = RpcMethod(_S, "submit_application", SubmitApplication, Submitted, ACCOUNT, "command")
ANSWER_CORRECTION = RpcMethod(_S, "answer_correction", AnswerCorrection, ApplicationView, ACCOUNT, "command")
WITHDRAW_APPLICATION = RpcMethod(_S, "withdraw_application", WithdrawApplication, ApplicationView, ACCOUNT, "command")
PROGRESS = RpcMethod(_S, "progress", GetProgress, Progress, ANONYMOUS)
PROGRESS_OF_MANY = RpcMethod(_S, "progress_of_many", GetManyProgress, ManyProgress, ANONYMOUS)
LIST_DOCUMENTS = RpcMethod(_S, "list_documents", ListDocuments, DocumentList, SIGNED_IN)
GET_DOCUMENT = RpcMethod(_S, "get_document", GetDocument, DocumentRef, SIGNED_IN)


class CaseFacts(Model):
    """What every event of a case says, so that consumers need not ask back."""

    application_id: str
    account_id: str
    kind: Kind
    form_code: str = Field(description="Z11, R11")
    title: str
    serial_number: str
    acceptance_number: str | None = None
    documents: list[DocumentRef] = Field(default=[], description="documents issued with this event, for the dossier")


class ApplicationSubmitted(CaseFacts):
    """``fee_basis`` is what the tariff needs: kind, form_code, category, word_count (0 where the category has none),
    applicant_kind, parts (1 for a single work), expedite."""

    submitted_at: datetime
    applicant_name: str = Field(default="", description="verified name; the payer on the receipt")
    fee_basis: dict[str, str | int | bool]
    materials: list[DocumentRef]
    evidence: str


class ApplicationAccepted(CaseFacts):
    accepted_on: date
    examination_due_on: date
    paper_required: bool


class PaperReceived(CaseFacts):
    received_at: datetime
    received_by: str


class CorrectionRequested(CaseFacts):
    correction_id: str
    due_on: date
    defects: int


class CorrectionAnswered(CaseFacts):
    correction_id: str
    answered_at: datetime
    evidence: str | None = None


class ApplicationApproved(CaseFacts):
    """Everything the register entry and the certificate need."""

    approved_at: datetime
    approved_by: str
    form: dict[str, Any]
    owners: list[dict[str, str]]
    sample_sha256: list[str]


class ApplicationRefused(CaseFacts):
    refused_at: datetime
    reason: str
    decided_by: list[str] = Field(description="the two examiners")


class ApplicationWithdrawn(CaseFacts):
    withdrawn_at: datetime
    reason: str


class ApplicationLapsed(CaseFacts):
    lapsed_on: date
    reason: Literal["correction_not_answered", "fee_not_paid"]


EVENTS = (
    APPLICATION_SUBMITTED := EventType(
        _S, "application_submitted", ApplicationSubmitted, "application_id", ("payment", "archive", "identity")
    ),
    APPLICATION_ACCEPTED := EventType(
        _S, "application_accepted", ApplicationAccepted, "application_id", ("archive", "identity"), public=True
    ),
    PAPER_RECEIVED := EventType(_S, "paper_received", PaperReceived, "application_id", ("archive", "identity")),
    CORRECTION_REQUESTED := EventType(
        _S, "correction_requested", CorrectionRequested, "application_id", ("archive", "identity"), public=True
    ),
    CORRECTION_ANSWERED := EventType(
        _S, "correction_answered", CorrectionAnswered, "application_id", ("archive", "identity"), public=True
    ),
    APPLICATION_APPROVED := EventType(
        _S, "application_approved", ApplicationApproved, "application_id", ("archive", "identity")
    ),
    APPLICATION_REFUSED := EventType(
        _S, "application_refused", ApplicationRefused, "application_id", ("archive", "identity")
    ),
    APPLICATION_WITHDRAWN := EventType(
        _S, "application_withdrawn", ApplicationWithdrawn, "application_id", ("payment", "archive", "identity")
    ),
    APPLICATION_LAPSED := EventType(
        _S, "application_lapsed", ApplicationLapsed, "application_id", ("payment", "archive", "identity"), public=True
    ),
)

ERRORS = {
    "not_verified": 403,
    "application_unknown": 404,
    "application_incomplete": 422,
    "form_invalid": 422,
    "application_frozen": 409,
    "declaration_required": 409,
    "declaration_outdated": 409,
    "evidence_invalid": 422,
    "material_unknown": 404,
    "material_too_many": 422,
    "material_role_invalid": 422,
    "material_order_invalid": 422,
    "precheck_unknown": 404,
    "precheck_profile_unknown": 422,
    "precheck_running": 409,
    "fix_unknown": 422,
    "deposit_empty": 422,
    "job_unknown": 404,
    "material_quarantined": 409,
    "material_unscanned": 409,
    "number_unknown": 404,
    "document_unknown": 404,
    "serial_number_unknown": 404,
    "paper_not_required": 409,
    "paper_missing": 409,
    "examination_taken": 409,
    "examination_not_yours": 403,
    "second_examiner_required": 409,
    "reason_required": 422,
    "defects_required": 422,
    "defect_target_unknown": 422,
    "answers_missing": 422,
    "correction_overdue": 409,
    "kind_not_open": 422,
}
