"""实名认证: the applicant's images, and the reviewers' queue and decision."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from contracts.base import ACCOUNT, SIGNED_IN, Empty, staff
from contracts.identity import (
    DECIDE_VERIFICATION,
    GET_VERIFICATION,
    LIST_ID_PHOTOS,
    LIST_MY_VERIFICATIONS,
    LIST_VERIFICATION_QUEUE,
    OPEN_ID_PHOTO,
    OPEN_VERIFICATION_IMAGE,
    PLACE_ID_PHOTO,
    SUBMIT_VERIFICATION,
    DecideVerification,
    IdDocument,
    IdPhotoView,
    ListVerifications,
    OpenIdPhoto,
    OpenVerificationImage,
    PlaceIdPhoto,
    SubmitVerification,
    VerificationList,
    VerificationRef,
    VerificationView,
)
from contracts.identity.reopening import REOPEN_VERIFICATION, ReopenVerification
from contracts.text import Name, Paragraphs
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import deliver_drawn, deliver_sealed
from gateway.web.photo_words import shown_finding

routes = ApiGroup("verifications", _l("实名认证"))
REVIEWER = staff("reviewer")
UploadId = str | None


class NewVerification(BaseModel):
    """Upload ids. A person: ``id_front``, ``id_back``, ``handheld``; an organisation: the next three. What is left out
    is taken from the photos that were placed before. ``new_name`` with ``name_proof``: of an account that is verified,
    another name in place of the verified one, which holds until this is approved."""

    model_config = ConfigDict(extra="forbid")

    id_front: UploadId = Field(default=None, max_length=64)
    id_back: UploadId = Field(default=None, max_length=64)
    handheld: UploadId = Field(default=None, max_length=64)
    business_licence: UploadId = Field(default=None, max_length=64)
    authorisation_letter: UploadId = Field(default=None, max_length=64)
    legal_representative_id: UploadId = Field(default=None, max_length=64)
    name_proof: UploadId = Field(default=None, max_length=64)
    new_name: Annotated[str, Name(200)] | None = None


class FindingWords(BaseModel):
    """What the automatic check saw in an image, in the caller's language."""

    document: str
    code: str
    severity: Literal["info", "warning", "error"]
    message: str
    remedy: str


class VerificationReply(VerificationView):
    """With the findings in words."""

    notes: list[FindingWords] = []


class VerificationPage(BaseModel):
    items: list[VerificationReply]
    next_cursor: str | None


class VerificationDecision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "refuse"]
    reasons: list[Annotated[str, Paragraphs(500)]] = Field(default=[], max_length=20)


class ReopeningStep(BaseModel):
    """``reason``: needed to propose; told to whose it is once a second reviewer confirms."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["propose", "confirm", "dismiss"]
    reason: Annotated[str, Paragraphs(500)] = ""


class NewIdPhoto(BaseModel):
    """One photo of a verification: it takes the place of the one of its role."""

    model_config = ConfigDict(extra="forbid")

    document: IdDocument
    upload_id: str = Field(max_length=64)
    rename: bool = Field(default=False, description="to a verification of another name")


class IdPhotoReply(IdPhotoView):
    """With the findings in words."""

    notes: list[FindingWords] = []


class IdPhotos(BaseModel):
    """``needed``: what a verification of this account consists of. ``taken``: its number is another verified one's."""

    items: list[IdPhotoReply]
    needed: list[IdDocument]
    taken: bool = False


def _photo(view: IdPhotoView) -> IdPhotoReply:
    notes = [{"code": finding.code, **shown_finding(finding)} for finding in view.findings]
    return IdPhotoReply.model_validate(view.model_dump() | {"notes": notes})


def shown(view: VerificationView) -> VerificationReply:
    """With the findings in words."""
    notes = [{"code": finding.code, **shown_finding(finding)} for finding in view.findings]
    return VerificationReply.model_validate(view.model_dump() | {"notes": notes})


def _page(found: VerificationList) -> VerificationPage:
    return VerificationPage(items=[shown(view) for view in found.items], next_cursor=found.next_cursor)


@routes.post(
    "/verification-photos",
    _l("上传一张认证照片"),
    access=ACCOUNT,
    body=NewIdPhoto,
    reply=IdPhotoReply,
    status=201,
    problems=(
        "face_consent_required",
        "verification_image_unreadable",
        "verification_pending",
        "verification_already_approved",
        "rename_unverified",
    ),
)
def place_id_photo(body: NewIdPhoto) -> IdPhotoReply:
    """Has it checked at once; `GET` the photos until ``check`` is *done*. Handed in with all others by
    `POST /verifications`."""
    receipt = receipt_for(body.upload_id, sealed=True).token
    return _photo(call(PLACE_ID_PHOTO, PlaceIdPhoto(document=body.document, receipt=receipt, rename=body.rename)))


@routes.get("/verification-photos", _l("还没有提交的认证照片"), access=ACCOUNT, reply=IdPhotos)
def list_id_photos() -> IdPhotos:
    """The caller's own; those of a refused verification that may serve again are among them."""
    found = call(LIST_ID_PHOTOS, Empty())
    return IdPhotos(items=[_photo(view) for view in found.items], needed=found.needed, taken=found.taken)


@routes.get(
    "/verification-photos/<document>",
    _l("一张认证照片的缩略图"),
    access=ACCOUNT,
    raw=True,
    content_type="image/jpeg",
    problems=("id_photo_unknown",),
)
def open_id_photo(document: IdDocument) -> Response:
    """Small, of one's own photo. It must not be kept."""
    picture = call(OPEN_ID_PHOTO, OpenIdPhoto(document=document))
    return deliver_drawn(base64.b64decode(picture.data))


@routes.post(
    "/verifications",
    _l("提交认证材料"),
    access=ACCOUNT,
    body=NewVerification,
    reply=VerificationReply,
    status=201,
    problems=(
        "face_consent_required",
        "verification_documents_missing",
        "verification_pending",
        "verification_already_approved",
        "name_invalid",
        "rename_unchanged",
        "rename_unverified",
    ),
)
def submit_verification(body: NewVerification) -> VerificationReply:
    """The images are checked at once (``check``: running, done) and judged by a reviewer until ``due_on``.

    Who sends ``handheld`` states that the person has read `GET /notices/face` and consents to its use; the consent is
    kept with version and time, and can be withdrawn.
    """
    sent = body.model_dump(exclude_none=True, exclude={"new_name"})
    documents = {role: receipt_for(upload_id, sealed=True).token for role, upload_id in sent.items()}
    return shown(
        call(
            SUBMIT_VERIFICATION,
            SubmitVerification.model_validate(
                {"documents": documents, "face_consented": "handheld" in sent, "new_name": body.new_name}
            ),
        )
    )


@routes.get("/verifications", _l("我的认证记录"), access=ACCOUNT, query=ListVerifications, reply=VerificationPage)
def list_my_verifications(query: ListVerifications) -> VerificationPage:
    """The caller's submissions, newest first, with the reasons of refusals."""
    return _page(call(LIST_MY_VERIFICATIONS, query))


@routes.get(
    "/verifications/<verification_id>",
    _l("认证进度与结果"),
    access=SIGNED_IN,
    reply=VerificationReply,
    problems=("verification_unknown",),
)
def get_verification(verification_id: str) -> VerificationReply:
    """One submission: its owner's, or any for a reviewer."""
    return shown(call(GET_VERIFICATION, VerificationRef(verification_id=verification_id)))


@routes.get(
    "/staff/verifications",
    _l("待审核的认证"),
    access=REVIEWER,
    query=ListVerifications,
    reply=VerificationPage,
)
def list_verification_queue(query: ListVerifications) -> VerificationPage:
    """The most urgent first."""
    return _page(call(LIST_VERIFICATION_QUEUE, query))


@routes.get(
    "/staff/verifications/<verification_id>/images/<document>",
    _l("打开一张认证照片"),
    access=REVIEWER,
    raw=True,
    content_type="image/*",
    problems=("verification_unknown", "verification_image_gone"),
)
def open_verification_image(verification_id: str, document: str) -> Response:
    """Each look is recorded. The bytes must not be kept."""
    asked = OpenVerificationImage(verification_id=verification_id, document=document)
    return deliver_sealed(call(OPEN_VERIFICATION_IMAGE, asked))


@routes.post(
    "/staff/verifications/<verification_id>/decision",
    _l("作出认证决定"),
    access=REVIEWER,
    body=VerificationDecision,
    reply=VerificationReply,
    problems=(
        "verification_unknown",
        "verification_decided",
        "verification_check_running",
        "verification_image_unreadable",
        "verification_reasons_required",
    ),
)
def decide_verification(verification_id: str, body: VerificationDecision) -> VerificationReply:
    """A refusal needs reasons that the applicant can understand."""
    return shown(call(DECIDE_VERIFICATION, DecideVerification(verification_id=verification_id, **body.model_dump())))


@routes.post(
    "/staff/verifications/<verification_id>/reopening",
    _l("撤回通过有误的认证"),
    access=REVIEWER,
    body=ReopeningStep,
    reply=VerificationReply,
    problems=(
        "verification_unknown",
        "verification_not_approved",
        "verification_reasons_required",
        "reopening_pending",
        "reopening_unknown",
        "second_reviewer_required",
    ),
)
def reopen_verification(verification_id: str, body: ReopeningStep) -> VerificationReply:
    """One reviewer proposes, another confirms: then the account is as if never verified, and can submit again."""
    asked = ReopenVerification(verification_id=verification_id, **body.model_dump())
    return shown(call(REOPEN_VERIFICATION, asked))
