"""What the office holds of an organisation, and another seal or operator in place of the one it holds (I-06, I-08)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, Empty, Model, RpcMethod, Token
from contracts.identity.accounts import IdType
from contracts.identity.verification import VerificationRef, VerificationView
from contracts.text import Compact, Name, Paragraphs

_S = "identity"

ReplacementDocument = Literal["new_seal", "seal_statement", "authorisation_letter"]
"""*new_seal*: its picture; *seal_statement*: a paper that says why, with the new seal on it. *authorisation_letter*: of
another operator."""


class NewOperator(Model, personal=("name", "id_number")):
    """As at sign-up."""

    name: Annotated[str, Name(100)]
    id_type: IdType
    id_number: Annotated[str, Compact(40)]


class AskReplacement(Model):
    """Upload receipts by role: of the seal *new_seal* and *seal_statement*, of the operator *authorisation_letter*.
    ``why`` is for the reviewer."""

    part: Literal["seal", "operator"]
    documents: dict[ReplacementDocument, Token] = {}
    operator: NewOperator | None = None
    why: Annotated[str, Paragraphs(500)] = ""


class SealHeld(Model, personal=("file_name",)):
    """``held_since``: it was deposited then, or took the place of another. ``verification_id``: by what it came, None
    for the one of the sign-up. ``picture``: there is one to look at."""

    file_name: str
    sha256: str
    held_since: datetime
    version: int
    verification_id: str | None = None
    picture: bool = False


class FormerSeal(Model, personal=("file_name",)):
    """One that was held before. ``held_since``: None for the first. ``verification_id``: by which another took its
    place. ``picture``: it is kept, and there is one to look at."""

    version: int
    file_name: str
    held_since: datetime | None = None
    held_until: datetime
    verification_id: str
    picture: bool = False


class Holding(Model, personal=("organisation_name", "uscc", "operator_name", "operator_id_number")):
    """What the office holds of the caller's organisation. ``asked``: what waits for a reviewer, or was decided last."""

    organisation_name: str
    uscc: str | None = None
    operator_name: str
    operator_id_type: str | None = None
    operator_id_number: str | None = Field(default=None, description="masked")
    operator_since: datetime | None = None
    operator_verification_id: str | None = Field(default=None, description="by which the operator came")
    verified_at: datetime | None = None
    verification_id: str | None = Field(default=None, description="by which the organisation is verified")
    seal: SealHeld | None = None
    former_seals: list[FormerSeal] = Field(default=[], description="the latest first")
    asked: VerificationView | None = None


class OpenSeal(Model):
    """*asked*: the one that waits for a reviewer; *former*: one that was held before, by its ``version``."""

    which: Literal["held", "asked", "former"] = "held"
    version: int = Field(default=0, ge=0, le=100_000)


class SealPicture(Model, personal=("data",)):
    """``data``: base64 of a PNG that the registry itself has drawn."""

    data: str


ASK_REPLACEMENT = RpcMethod(_S, "ask_replacement", AskReplacement, VerificationView, ACCOUNT, "command")
WITHDRAW_REPLACEMENT = RpcMethod(_S, "withdraw_replacement", VerificationRef, VerificationView, ACCOUNT, "command")
GET_HOLDING = RpcMethod(_S, "get_holding", Empty, Holding, ACCOUNT)
OPEN_OWN_SEAL = RpcMethod(_S, "open_own_seal", OpenSeal, SealPicture, ACCOUNT, "command", keep_reply=False)
"""Each look is recorded."""
