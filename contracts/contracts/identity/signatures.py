"""Signing a document, and the evidence of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, Identifier, Model, RpcMethod
from contracts.identity.accounts import AccountKind
from contracts.text import OneTimeCode

_S = "identity"


class SignDocument(Model, secret=("otp",)):
    """Sign what has this SHA-256, with an SMS code sent for purpose *sign* (organisations: their electronic seal)."""

    document_id: Identifier
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    otp: Annotated[str, OneTimeCode(20)]


class SignatureEvidence(Model, personal=("signer_name", "masked_id_number", "token")):
    """Who signed what and when; ``token`` is the same facts signed by identity (JWT, ES256), which others verify."""

    evidence_id: str
    account_id: str
    signer_name: str
    signer_kind: AccountKind
    masked_id_number: str
    document_id: str
    sha256: str
    method: Literal["sms_code", "electronic_seal"]
    seal_sha256: str | None = Field(default=None, description="of the electronic seal that was applied")
    signed_at: datetime
    token: str


SIGN_DOCUMENT = RpcMethod(_S, "sign_document", SignDocument, SignatureEvidence, ACCOUNT, "command")
