"""签名与提交: the declaration, its signature with an SMS code, and the filing itself."""

from __future__ import annotations

from typing import Annotated

from chassis.errors import Problem
from contracts.base import ACCOUNT
from contracts.filing import Declaration, Submitted
from contracts.identity import SIGN_DOCUMENT, SignDocument
from contracts.payment import FeeEstimate
from contracts.text import OneTimeCode
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.applications import fetch
from gateway.forms import about
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.fees import fee_of

routes = ApiGroup("submission", _l("签名与提交"))


class PreparedDeclaration(Declaration):
    """``fee``: what it costs; null where that cannot be said just now. What is to be paid is the order's sum."""

    fee: FeeEstimate | None = None


class NewSubmission(BaseModel):
    """``otp``: a code sent for purpose *sign*. ``sha256`` pins what is signed to the declaration that was read."""

    model_config = ConfigDict(extra="forbid")

    otp: Annotated[str, OneTimeCode(20)]
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


@routes.post(
    "/applications/<application_id>/declaration",
    _l("核对并生成声明"),
    access=ACCOUNT,
    reply=PreparedDeclaration,
    problems=(
        "application_unknown",
        "application_incomplete",
        "form_invalid",
        "not_verified",
        "action_not_allowed",
        *about.PROBLEMS,
    ),
)
def prepare_submission(application_id: str) -> PreparedDeclaration:
    """What is to be signed and what it costs, or every problem at once in ``errors``."""
    declaration = about.prepare(fetch(application_id))
    return PreparedDeclaration(**dict(declaration), fee=fee_of(declaration.fee_basis))


@routes.post(
    "/applications/<application_id>/submission",
    _l("签名并提交"),
    access=ACCOUNT,
    body=NewSubmission,
    reply=Submitted,
    status=202,
    problems=(
        "application_unknown",
        "otp_wrong",
        "otp_expired",
        "declaration_required",
        "declaration_outdated",
        "action_not_allowed",
        "not_verified",
        *about.PROBLEMS,
    ),
)
def submit_application(application_id: str, body: NewSubmission) -> Submitted:
    """Signs the declaration and files the application under a serial number. Repeat it with the same
    ``Idempotency-Key`` when the answer was lost: it is signed and filed once."""
    case = fetch(application_id)
    declaration = case.declaration
    if declaration is None:
        raise Problem("declaration_required")
    if body.sha256 not in (None, declaration.object.sha256):
        raise Problem("declaration_outdated")
    signature = SignDocument(document_id=declaration.document_id, sha256=declaration.object.sha256, otp=body.otp)
    evidence = call(SIGN_DOCUMENT, signature)
    return about.submit(case, evidence.token)
