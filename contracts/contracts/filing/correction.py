"""Answering a notice of correction (补正)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.base import ACCOUNT, Identifier, Model, RpcMethod
from contracts.filing.cases import ApplicationView
from contracts.forms import FormData
from contracts.text import Paragraphs

_S = "filing"


class AnswerDefect(Model):
    defect_id: Identifier
    text: Annotated[str, Paragraphs(3000)] = ""


class AnswerCorrection(Model, personal=("form",)):
    """Answers every defect; may change form fields; new files are attached before with role *correction*."""

    application_id: Identifier
    answers: list[AnswerDefect] = Field(max_length=200)
    form: FormData = {}


ANSWER_CORRECTION = RpcMethod(_S, "answer_correction", AnswerCorrection, ApplicationView, ACCOUNT, "command")
