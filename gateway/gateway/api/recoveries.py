"""账号找回: asking for an account that one cannot sign in to any more."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, ANONYMOUS
from contracts.identity import (
    ASK_FOR_CASES,
    SUBMIT_RECOVERY,
    AskForCases,
    LostAccess,
    RecoveryReceipt,
    SubmitRecovery,
)
from contracts.text import Compact, Email, Mobile, OneTimeCode, Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.limits import limiter, per_minute
from gateway.web.visitor import whence

routes = ApiGroup("recoveries", _l("账号找回"))


class NewRecovery(BaseModel):
    """A certificate, acceptance or serial number, and ``mobile`` or ``email``, to which a code (purpose *recover*) was
    sent. ``lost``: what does not work any more. ``photo_upload_id``: a photograph of the ID card, or of the person with
    it, uploaded for the purpose *id_image*."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Compact(60)]
    mobile: Annotated[str, Mobile(30)] | None = None
    email: Annotated[str, Email(200)] | None = None
    otp: Annotated[str, OneTimeCode(20)]
    lost: list[LostAccess] = Field(default=[], max_length=4)
    note: Annotated[str, Paragraphs(1000)] = ""
    photo_upload_id: str | None = Field(default=None, max_length=64)


@routes.post(
    "/recoveries",
    _l("申请找回账号"),
    access=ANONYMOUS,
    body=NewRecovery,
    reply=RecoveryReceipt,
    status=202,
    problems=(
        "recovery_number_invalid",
        "recovery_contact_missing",
        "mobile_invalid",
        "email_invalid",
        "otp_wrong",
        "otp_expired",
        "otp_too_many",
        "upload_unknown",
        "upload_incomplete",
        "upload_expired",
        "receipt_invalid",
        "recovery_photo_unreadable",
        "recovery_photo_elsewhere",
        "recovery_photos_full",
    ),
)
@limiter.limit(per_minute(60))
def submit_recovery(body: NewRecovery) -> RecoveryReceipt:
    """The answer is the same for every number, whether an account has it or not."""
    here = whence()
    photo = receipt_for(body.photo_upload_id, sealed=True) if body.photo_upload_id else None
    facts = body.model_dump(exclude={"photo_upload_id"}) | {
        "photo": photo.token if photo else None,
        "uploaded_by": photo.owner if photo else "",
        "client": here["client"],
        "browser": here["browser"],
        "language": language(),
    }
    return call(SUBMIT_RECOVERY, SubmitRecovery.model_validate(facts))


class CasesOfTheOldAccount(BaseModel):
    """Receipt and transfer code of the advice to sign up anew."""

    model_config = ConfigDict(extra="forbid")

    receipt: Annotated[str, Compact(40)]
    code: Annotated[str, OneTimeCode(20)]


@routes.post(
    "/recoveries/cases",
    _l("取回原账号的案件"),
    access=ACCOUNT,
    body=CasesOfTheOldAccount,
    reply=RecoveryReceipt,
    status=202,
    problems=("recovery_cases_wrong", "recovery_cases_unverified", "recovery_account_busy"),
)
@limiter.limit(per_minute(10))
def ask_for_cases(body: CasesOfTheOldAccount) -> RecoveryReceipt:
    """By the account that was signed up anew and verified; the office decides, and the old account may object."""
    return call(ASK_FOR_CASES, AskForCases(receipt=body.receipt, code=body.code))
