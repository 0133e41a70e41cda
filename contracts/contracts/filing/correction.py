"""Answering a notice of correction (补正)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.base import ACCOUNT, Identifier, Model, RpcMethod, Token
from contracts.filing.cases import ApplicationView
from contracts.filing.submission import Declaration
from contracts.forms import FormData
from contracts.text import Paragraphs

_S = "filing"


class AnswerDefect(Model):
    defect_id: Identifier
    text: Annotated[str, Paragraphs(3000)] = ""


class PrepareCorrection(Model, personal=("form",)):
    """An answer to every defect, which may change form fields; new files are attached before.

    Checked as it would be when it is sent; renders the declaration and the application form that are to be signed.
    """

    application_id: Identifier
    answers: list[AnswerDefect] = Field(max_length=200)
    form: FormData = {}


class AnswerCorrection(PrepareCorrection, personal=("evidence",)):
    """The same answer, signed. An answer without evidence (of a caller from before it was asked for) is refused."""

    evidence: Token | None = Field(default=None, description="signature evidence token of identity")


PREPARE_CORRECTION = RpcMethod(_S, "prepare_correction", PrepareCorrection, Declaration, ACCOUNT, "command")


ANSWER_CORRECTION = RpcMethod(_S, "answer_correction", AnswerCorrection, ApplicationView, ACCOUNT, "command")
