"""公章与经办人: what the office holds of an organisation, and another seal or operator in its place."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

from contracts.base import ACCOUNT, Empty
from contracts.identity import VerificationRef
from contracts.identity.replacements import (
    ASK_REPLACEMENT,
    GET_HOLDING,
    OPEN_OWN_SEAL,
    WITHDRAW_REPLACEMENT,
    AskReplacement,
    Holding,
    NewOperator,
    OpenSeal,
)
from contracts.text import Paragraphs
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.verifications import UploadId, VerificationReply, shown
from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import deliver_drawn

routes = ApiGroup("holdings", _l("公章与经办人"))


class NewReplacement(BaseModel):
    """Upload ids. Of the seal ``new_seal`` and ``seal_statement``; of the operator ``operator`` and
    ``authorisation_letter``. ``why`` is for the reviewer."""

    model_config = ConfigDict(extra="forbid")

    part: Literal["seal", "operator"]
    new_seal: UploadId = Field(default=None, max_length=64)
    seal_statement: UploadId = Field(default=None, max_length=64)
    authorisation_letter: UploadId = Field(default=None, max_length=64)
    operator: NewOperator | None = None
    why: Annotated[str, Paragraphs(500)] = ""


@routes.get("/organisation", _l("登记机构保存的单位资料"), access=ACCOUNT, reply=Holding, problems=("forbidden",))
def get_holding() -> Holding:
    """Of the caller's organisation: its seal, its operator, since when, and the latest request to replace either."""
    return call(GET_HOLDING, Empty())


@routes.get(
    "/organisation/seal",
    _l("单位现在的公章"),
    access=ACCOUNT,
    raw=True,
    content_type="image/png",
    problems=("forbidden", "verification_image_gone"),
)
def open_own_seal() -> Response:
    """As the registry draws it on what the organisation signs. Each look is recorded; it must not be kept."""
    return deliver_drawn(base64.b64decode(call(OPEN_OWN_SEAL, OpenSeal()).data), "image/png")


@routes.post(
    "/organisation/replacements",
    _l("更换公章、变更经办人"),
    access=ACCOUNT,
    body=NewReplacement,
    reply=VerificationReply,
    status=201,
    problems=(
        "forbidden",
        "not_verified",
        "verification_pending",
        "verification_documents_missing",
        "verification_image_unreadable",
        "seal_required",
        "seal_unchanged",
        "operator_unchanged",
        "id_number_invalid",
    ),
)
def ask_replacement(body: NewReplacement) -> VerificationReply:
    """Decided by a reviewer until ``due_on``; what is held stays in force until then. One at a time."""
    sent = body.model_dump(exclude_none=True, include={"new_seal", "seal_statement", "authorisation_letter"})
    documents = {role: receipt_for(upload_id, sealed=True).token for role, upload_id in sent.items()}
    asked = {"part": body.part, "documents": documents, "operator": body.operator, "why": body.why}
    return shown(call(ASK_REPLACEMENT, AskReplacement.model_validate(asked)))


@routes.post(
    "/organisation/replacements/<verification_id>/withdrawal",
    _l("撤回更换公章、变更经办人"),
    access=ACCOUNT,
    reply=VerificationReply,
    problems=("forbidden", "verification_unknown", "verification_decided"),
)
def withdraw_replacement(verification_id: str) -> VerificationReply:
    """What is held stays as it is."""
    return shown(call(WITHDRAW_REPLACEMENT, VerificationRef(verification_id=verification_id)))
