"""A case as its owner and staff see it, and lists of cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from contracts.base import ACCOUNT, SIGNED_IN, Identifier, Model, RpcMethod
from contracts.expedite import ExpediteView
from contracts.forms import Filer, FilingType, Kind, MaterialNeed, Procedure
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments, ObjectRef
from contracts.paging import Page
from contracts.text import Line
from contracts.tools import PrecheckView

_S = "filing"


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


MaterialRole = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$", min_length=1, max_length=40)]
"""What a file is for. Which roles there are is the filing type's to say; ``correction`` is every type's."""


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
    superseded_by: str | None = Field(default=None, description="the correction whose answer put another in its place")
    sealed: bool = Field(
        default=False, description="its deposit is sealed: what was found in it is withheld from staff"
    )


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
    because: Literal["", "payment", "paper", "paused", "if_needed"] = Field(
        default="", description="of a current node, what it waits for; of one that may never come, *if_needed*"
    )


class ActionView(Model):
    """One line of the case's history."""

    action: str
    at: datetime
    by: Literal["applicant", "staff", "system"]
    from_state: State
    to_state: State
    note: str = ""
    actor: str | None = Field(default=None, description="account of the colleague who acted; staff only")


class DefectView(Model):
    defect_id: str
    target: str = Field(description="form field or material id")
    page: int | None = None
    message: str
    answer: str | None = None


class CorrectionView(Model, personal=("changes",)):
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


class FormReport(Model, personal=("suggestions",)):
    """Everything that submission would find, of the form and of the files (``materials.<role>``, or
    ``materials.<material_id>`` of one that is there); and the materials that the form as it stands needs."""

    problems: list[FieldProblem]
    needs: list[MaterialNeed] = []
    suggestions: dict[str, Any] = Field(
        default={},
        description="top-level fields of the form that are empty, as the files have them; none that is filled in",
    )
    fee_basis: dict[str, str | int | bool] = Field(
        default={}, description="of a draft: what the fee of the form as it stands is reckoned from"
    )


class SignatureView(Model, personal=("signer_name", "signer_number")):
    """One act of signing: who, how and when, and all that its one hash covers."""

    evidence_id: str
    signer_name: str
    signer_number: str = Field(description="of ID card or credit code, masked")
    method: Literal["sms_code", "electronic_seal"]
    signed_at: datetime
    sha256: str = Field(description="what was signed: the declaration's")
    declaration: DocumentRef
    application_form: DocumentRef
    correction_id: str | None = Field(default=None, description="the correction that was answered; none at submission")


class ApplicationView(Model, personal=("form", "applicant_name")):
    """A case as its owner or staff sees it."""

    application_id: str
    account_id: str
    kind: Kind
    type: FilingType
    policy_on: date | None = Field(default=None, description="the day whose policy it is judged by; None while a draft")
    state: State
    batch_id: str | None = Field(default=None, description="with which others it is filed (contracts.batches)")
    about: str | None = Field(
        default=None, description="the registration number that it is about, of a later procedure"
    )
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
    paper: list[str] = Field(
        default=[], description="what comes on paper, line by line; nothing where none is required"
    )
    paper_missing: list[str] = Field(default=[], description="lines of `paper` that a parcel lacked, by the last note")
    paper_remark: str = Field(default="", description="what else it lacked, in the words of who opened it")
    paper_received_at: datetime | None = None
    nodes: list[Node] = []
    deadlines: list[Deadline] = []
    corrections: list[CorrectionView] = []
    actions: list[ActionView] = []
    allowed_actions: list[str] = []
    declaration: DocumentRef | None = None
    application_form: DocumentRef | None = Field(default=None, description="the printed one, newest")
    signatures: list[SignatureView] = Field(default=[], description="in the order of signing")
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None
    examiner_id: str | None = None
    second_examiner_id: str | None = Field(default=None, description="examines a proposed refusal")
    reason: str = Field(default="", description="of a refusal, withdrawal or lapse")
    basis: str = Field(default="", description="of a refusal: the rules that it rests on, a line each")
    begun_from: str | None = Field(default=None, description="the ended case whose values and files it began with")
    remedies: list[str] = Field(default=[], description="of a refusal: what can be done now, with its time limits")
    proposed_reason: str = Field(default="", description="of a proposed refusal; staff only")
    proposed_basis: str = Field(default="", description="the rule that a proposed refusal rests on; staff only")
    opposed_by: str | None = Field(default=None, description="who would register instead; staff only")
    opposed_reason: str = Field(default="", description="why; staff only")
    applicant_name: str = Field(default="", description="verified name")
    applicant_kind: Filer | Literal[""] = Field(default="", description="as verified; of a draft, as verified by now")
    waiting_for: str = Field(default="", description="as in ApplicationSummary")
    expedite: ExpediteView | None = Field(default=None, description="the newest request to hurry it")
    warnings: list[FieldProblem] = Field(default=[], description="of the form; nothing that keeps it from being filed")
    report: FormReport | None = Field(
        default=None,
        description="while a draft is written or a correction is awaited; for staff, while it is examined too",
    )


class ApplicationRef(Model):
    application_id: Identifier
    language: Literal["zh", "en"] = "zh"


class ApplicationSummary(Model):
    application_id: str
    kind: Kind
    type: FilingType | None = None
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


CaseGroup = Literal["mine", "office", "ended", "filed"]
"""Who has to act next: the applicant (mine), the office, or nobody any more; and everything that is no draft."""


class ListApplications(Page):
    """``text``: part of a title or number. ``counts``: how many fit in each group, beside the page of one."""

    state: State | None = None
    group: CaseGroup | None = None
    kind: Kind | None = None
    procedure: Procedure | None = None
    text: Annotated[str, Line(100)] = ""
    counts: bool = False


class ApplicationList(Model):
    items: list[ApplicationSummary]
    next_cursor: str | None = None
    counts: dict[str, int] = Field(default={}, description="by group, and of all; whatever group was asked for")


GET_APPLICATION = RpcMethod(_S, "get_application", ApplicationRef, ApplicationView, SIGNED_IN)


LIST_APPLICATIONS = RpcMethod(_S, "list_applications", ListApplications, ApplicationList, ACCOUNT)


LIST_DOCUMENTS = RpcMethod(_S, "list_documents", ListDocuments, DocumentList, SIGNED_IN)


GET_DOCUMENT = RpcMethod(_S, "get_document", GetDocument, DocumentRef, SIGNED_IN)
