"""Drafts: opening and saving them, checking a form, and what a form asks for."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, Identifier, Model, RpcMethod, Version
from contracts.filing.cases import ApplicationView, FieldProblem
from contracts.forms import FormData, Kind

_S = "filing"


class CreateApplication(Model, personal=("form",)):
    kind: Kind
    form: FormData = {}


class SaveApplication(Model, personal=("form",)):
    """Merges ``form`` (top-level fields) into the draft; ``version`` as last read, else 409 ``version_conflict``.

    What the draft says already is no conflict: a save whose answer was lost can be sent again.
    """

    application_id: Identifier
    version: Version
    form: FormData


class CheckForm(Model, personal=("form",)):
    """The same rules as submission, without changing anything: for the wizard's step and the batch file."""

    kind: Kind
    form: FormData


class FormReport(Model):
    problems: list[FieldProblem]


class DescribeForm(Model):
    kind: Kind
    language: Literal["zh", "en"] = "zh"


class CategoryOption(Model):
    """``profile`` is the pre-check profile of its sample; ``word_count`` says whether the form asks for one."""

    code: str
    title: str
    open: bool
    profile: str | None
    word_count: bool


class FormDescription(Model):
    """What pages and guides say about a form today, from the policy in force."""

    kind: Kind
    form_code: str
    on: date
    categories: list[CategoryOption]
    ownership: dict[str, list[str]] = Field(description="applicant kind → possible ownership")
    filing_modes: list[str]
    paper_required: bool
    office: dict[str, str] = Field(description="name, address, postcode, phone: where paper goes")
    acceptance_working_days: int
    examination_days: int
    correction_days: int
    paper_days: int
    max_materials: int
    legal_basis: dict[str, str] = Field(description="deadline kind → text")


CREATE_APPLICATION = RpcMethod(_S, "create_application", CreateApplication, ApplicationView, ACCOUNT, "command")


SAVE_APPLICATION = RpcMethod(
    _S, "save_application", SaveApplication, ApplicationView, ACCOUNT, "command", keep_reply=False
)


CHECK_FORM = RpcMethod(_S, "check_form", CheckForm, FormReport, ANONYMOUS)


DESCRIBE_FORM = RpcMethod(_S, "describe_form", DescribeForm, FormDescription, ANONYMOUS)
