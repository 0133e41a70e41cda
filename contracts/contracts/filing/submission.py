"""Preparing what is signed, submitting it, and withdrawing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.base import ACCOUNT, Identifier, Model, RpcMethod, Token
from contracts.extracts import ExtractToken
from contracts.filing.cases import ApplicationView, FieldProblem, State
from contracts.objects import DocumentRef
from contracts.text import Paragraphs

_S = "filing"


class PrepareSubmission(Model, personal=("extract",), added=("extract",)):
    """All rules at once; every problem in one answer. Renders the declaration and form that are to be signed.

    ``extract``: what the register says now, of a case that is about a registration.
    """

    application_id: Identifier
    extract: ExtractToken | None = None


class Declaration(Model):
    """What is signed: the declaration's SHA-256, which binds that of the application form and of every material."""

    document_id: str
    sha256: str
    document: DocumentRef
    application_form: DocumentRef | None = Field(default=None, description="signed together with the declaration")
    fee_basis: dict[str, str | int | bool] = Field(
        default={}, description="before submission: what the fee is reckoned from"
    )
    warnings: list[FieldProblem] = Field(
        default=[], description="of an answer to a correction: what is worth knowing of it and keeps nothing from it"
    )


class SubmitApplication(Model, personal=("evidence", "extract"), added=("extract",)):
    """``extract``: as in PrepareSubmission."""

    application_id: Identifier
    evidence: Token = Field(description="signature evidence token of identity")
    extract: ExtractToken | None = None


class Submitted(Model):
    application_id: str
    serial_number: str
    state: State


class WithdrawApplication(Model):
    application_id: Identifier
    reason: Annotated[str, Paragraphs(500)] = ""


PREPARE_SUBMISSION = RpcMethod(_S, "prepare_submission", PrepareSubmission, Declaration, ACCOUNT, "command")


SUBMIT_APPLICATION = RpcMethod(_S, "submit_application", SubmitApplication, Submitted, ACCOUNT, "command")


WITHDRAW_APPLICATION = RpcMethod(_S, "withdraw_application", WithdrawApplication, ApplicationView, ACCOUNT, "command")
