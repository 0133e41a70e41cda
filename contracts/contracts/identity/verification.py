"""Real-name verification (实名认证)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, SIGNED_IN, Empty, Identifier, Model, RpcMethod, Token, staff
from contracts.identity.accounts import AccountKind
from contracts.objects import SealedObject
from contracts.paging import Page, QueueTotals
from contracts.text import Line, Name, Paragraphs

_S = "identity"


IdDocument = Literal[
    "id_front",
    "id_back",
    "handheld",
    "business_licence",
    "authorisation_letter",
    "legal_representative_id",
    "name_proof",
]
"""*name_proof*: with another name in place of the one that is verified, the paper that shows how it changed."""


class SubmitVerification(Model, personal=("new_name",)):
    """Upload receipts by role: person id_front, id_back, handheld; organisation business_licence, … A role that is left
    out is taken from the photos that were placed before (``place_id_photo``). ``face_consented``: who sends the
    photograph of the face states that the person consented to it, which is kept. ``new_name``: of an account that is
    verified, the name (of an organisation: its name) that is to take the place of the verified one; the same photos
    come again, and *name_proof*."""

    documents: dict[IdDocument, Token] = {}
    face_consented: bool = False
    new_name: Annotated[str, Name(200)] | None = None


class PlaceIdPhoto(Model):
    """One photo, on its way to a verification: it takes the place of the one of its role. ``rename``: to a verification
    of another name."""

    document: IdDocument
    receipt: Token
    rename: bool = False


class ImageFinding(Model):
    """What the automatic check saw in one image. ``message`` and ``remedy`` are in the asked language (zh, en)."""

    document: str
    code: str
    severity: Literal["info", "warning", "error"]
    params: dict[str, str | int | float] = {}


class IdPhotoView(Model, personal=("file_name",)):
    """A photo that is not handed in yet. ``thumbnail``: there is one to look at."""

    document: IdDocument
    file_name: str
    check: Literal["running", "done"]
    findings: list[ImageFinding] = []
    thumbnail: bool = False
    placed_at: datetime
    kept: bool = Field(default=False, description="left of a submission that was refused or could not be read")


class IdPhotoList(Model):
    """``needed``: the roles that a verification of this account consists of. ``taken``: another account is verified
    by its ID number or credit code, so that no photo helps."""

    items: list[IdPhotoView]
    needed: list[IdDocument]
    taken: bool = False


class OpenIdPhoto(Model):
    document: IdDocument


class IdPhotoPicture(Model, personal=("data",)):
    """``data``: base64 of a JPEG that the registry itself has drawn."""

    data: str


class IdentityHolder(Model, personal=("name",)):
    """The account for which the same ID number or credit code has been verified."""

    account_id: str
    name: str
    verified_at: datetime | None = None


class EarlierRefusal(Model):
    """A submission of the same account that was refused before; ``part`` and ``renames``: what it was about, which may
    be something else than what is looked at now. ``verification_id``: empty where an earlier release says it."""

    verification_id: str = ""
    part: Literal["identity", "seal", "operator"] = "identity"
    renames: bool = False
    submitted_at: datetime
    decided_at: datetime | None = None
    reasons: list[str] = []


class Reopening(Model):
    """That an approval is found wrong, until a second reviewer says so. ``mine``: the caller proposed it."""

    reason: str
    proposed_by: str | None = None
    proposed_at: datetime
    mine: bool = False


class VerificationStep(Model, personal=("actor_name",)):
    """What was done with a submission. ``actor_name``: empty where nobody of the office did it by hand."""

    action: str
    at: datetime
    actor_name: str = ""
    note: str = ""


class OperatorAsked(Model, personal=("name", "id_number", "earlier_name", "earlier_id_number")):
    """Another operator of an organisation. Numbers are masked, the new one's for reviewers only while it waits for
    them."""

    name: str
    id_type: str
    id_number: str
    earlier_name: str
    earlier_id_number: str


class VerificationView(
    Model, personal=("name", "organisation_name", "id_number", "uscc", "earlier_name", "new_name", "decided_by")
):
    verification_id: str
    account_id: str
    kind: AccountKind
    name: str
    organisation_name: str | None = None
    id_type: str | None = None
    id_number: str | None = Field(default=None, description="masked for the applicant, full for reviewers")
    uscc: str | None = None
    state: Literal["pending", "approved", "refused", "replaced"]
    documents: list[str] = Field(description="roles of the images that are still kept")
    check: Literal["running", "done"]
    findings: list[ImageFinding] = []
    reasons: list[str] = []
    submitted_at: datetime
    due_on: date
    overdue: bool = False
    reopening: Reopening | None = Field(default=None, description="for reviewers: the approval is found wrong")
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, description="for reviewers: what the colleague who decided is called")
    holder: IdentityHolder | None = Field(
        default=None, description="for reviewers: who else holds this identity; it cannot be approved here then"
    )
    pictures: list[str] = Field(default=[], description="those of the documents that are pictures, not PDF")
    seal: bool = Field(
        default=False, description="for reviewers: the organisation's seal can be opened, as the document *seal*"
    )
    earlier_name: str | None = Field(default=None, description="verified when *new_name* was asked for in its place")
    new_name: str | None = None
    part: Literal["identity", "seal", "operator"] = Field(
        default="identity", description="*seal*, *operator*: in place of what is held of an organisation"
    )
    why: str = Field(default="", description="of the organisation's words: why another takes its place")
    operator: OperatorAsked | None = None
    taken: bool = Field(
        default=False,
        description="another account is verified by this ID number or credit code, so that no photo helps",
    )
    refusals: list[EarlierRefusal] = Field(default=[], description="for reviewers: earlier ones, newest first")
    history: list[VerificationStep] = Field(default=[], description="for reviewers: of this submission, oldest first")


class VerificationRef(Model):
    verification_id: Identifier


class ListVerifications(Page, personal=("text",)):
    """``checked``: only those that the automatic check is through with, so that somebody can decide. *reopening*: of
    the office's, approvals that are found wrong and wait for a second reviewer."""

    state: Literal["pending", "approved", "refused", "reopening"] | None = None
    checked: bool = False
    text: Annotated[str, Line(100)] = Field(default="", description="of the office's: how a name begins, or a number")
    replacements: bool = Field(default=False, description="of one's own: those of the seal and the operator instead")


class VerificationList(Model):
    items: list[VerificationView]
    next_cursor: str | None = None
    counts: dict[str, int] = Field(default={}, description="of the office's queue: *pending* and *reopening*")


class OpenVerificationImage(Model):
    verification_id: Identifier
    document: Identifier


class DecideVerification(Model):
    verification_id: Identifier
    decision: Literal["approve", "refuse"]
    reasons: list[Annotated[str, Paragraphs(500)]] = Field(default=[], max_length=20)


SUBMIT_VERIFICATION = RpcMethod(_S, "submit_verification", SubmitVerification, VerificationView, ACCOUNT, "command")


PLACE_ID_PHOTO = RpcMethod(_S, "place_id_photo", PlaceIdPhoto, IdPhotoView, ACCOUNT, "command")
"""Has it checked at once."""


LIST_ID_PHOTOS = RpcMethod(_S, "list_id_photos", Empty, IdPhotoList, ACCOUNT)


OPEN_ID_PHOTO = RpcMethod(_S, "open_id_photo", OpenIdPhoto, IdPhotoPicture, ACCOUNT)


GET_VERIFICATION = RpcMethod(_S, "get_verification", VerificationRef, VerificationView, SIGNED_IN)


LIST_MY_VERIFICATIONS = RpcMethod(_S, "list_my_verifications", ListVerifications, VerificationList, ACCOUNT)


LIST_VERIFICATION_QUEUE = RpcMethod(
    _S, "list_verification_queue", ListVerifications, VerificationList, staff("reviewer")
)


TOTAL_VERIFICATIONS = RpcMethod(_S, "total_verifications", Empty, QueueTotals, staff("reviewer"))
"""Of the pending ones."""


OPEN_VERIFICATION_IMAGE = RpcMethod(
    _S, "open_verification_image", OpenVerificationImage, SealedObject, staff("reviewer"), "command", keep_reply=False
)


DECIDE_VERIFICATION = RpcMethod(
    _S, "decide_verification", DecideVerification, VerificationView, staff("reviewer"), "command"
)
