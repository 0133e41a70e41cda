"""著作权登记: drafts and cases of one's own, by the same rules as the pages."""

from __future__ import annotations

from typing import Annotated

from chassis.errors import FieldError, Problem
from contracts.base import ACCOUNT, SIGNED_IN
from contracts.filing import (
    ANSWER_CORRECTION,
    CREATE_APPLICATION,
    DISCARD_APPLICATION,
    GET_APPLICATION,
    LIST_APPLICATIONS,
    PREPARE_CORRECTION,
    SAVE_APPLICATION,
    WITHDRAW_APPLICATION,
    AnswerCorrection,
    AnswerDefect,
    ApplicationList,
    ApplicationRef,
    ApplicationView,
    CreateApplication,
    Declaration,
    DiscardApplication,
    ListApplications,
    PrepareCorrection,
    SaveApplication,
    WithdrawApplication,
)
from contracts.forms import REGISTRATIONS, FilingType, FormData, Kind
from contracts.identity import SIGN_DOCUMENT, SignDocument
from contracts.text import OneTimeCode, Paragraphs
from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.forms.about import AT_THE_START, begin_again, extract_of
from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.problems import HttpProblem
from gateway.web.rates import rate

routes = ApiGroup("applications", _l("著作权登记"))
FORM = "fields of the form of its type: components.schemas.form_<type> of this document, /forms/<type>"
OF_A_CASE = ("application_unknown", "not_verified", "action_not_allowed")


class FormChange(BaseModel):
    """Top-level fields of the form that change."""

    model_config = ConfigDict(extra="forbid")

    form: FormData = Field(description=FORM)


class NewApplication(BaseModel):
    """``form``: as ``/forms/{type}`` describes it; whatever is not known yet may be left out. By ``kind``, what is
    registered first, or by ``type``; a type that is about a registration (``on_registration`` of its form) needs its
    ``registration_number``."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    type: FilingType | None = None
    registration_number: str | None = Field(default=None, max_length=60)
    form: FormData = Field(default={}, description=FORM)


class CorrectionAnswer(BaseModel):
    """An answer to every defect; changed fields in ``form``. New files are attached before, with role *correction*."""

    model_config = ConfigDict(extra="forbid")

    answers: list[AnswerDefect] = Field(max_length=200)
    form: FormData = Field(default={}, description=FORM)


class SignedAnswer(CorrectionAnswer):
    """``otp``: a code sent for purpose *sign*. ``sha256`` pins what is signed to the declaration that was read."""

    otp: Annotated[str, OneTimeCode(20)]
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Paragraphs(500)] = ""


def fetch(application_id: str) -> ApplicationView:
    """A case of the caller (or one that staff may see). Problem ``application_unknown``."""
    return call(GET_APPLICATION, ApplicationRef(application_id=application_id, language=language()))


def with_version(view: ApplicationView, status: int | None = None) -> Reply:
    """A case with its version as ``ETag``."""
    return Reply(view, status, {"ETag": f'"{view.version}"'})


_ABOUT_A_REGISTRATION = ("extract_required", "extract_invalid", *AT_THE_START)
"""Problems of beginning a draft whose type is about a registration."""


@routes.post(
    "/applications",
    _l("新建申请"),
    access=ACCOUNT,
    body=NewApplication,
    reply=ApplicationView,
    status=201,
    problems=(
        "not_verified",
        "kind_not_open",
        "form_invalid",
        *_ABOUT_A_REGISTRATION,
    ),
)
@rate(60)
def create_application(body: NewApplication) -> Reply:
    """A draft may leave out whatever is not known yet. ``ETag`` is its version."""
    if (body.kind is None) == (body.type is None):
        raise Problem("request_invalid", errors=[FieldError("kind", "required")])
    filing_type = body.type or REGISTRATIONS[body.kind or "work"]
    extract = extract_of(body.registration_number) if body.registration_number else None
    return with_version(call(CREATE_APPLICATION, CreateApplication(type=filing_type, form=body.form, extract=extract)))


@routes.post(
    "/applications/<application_id>/new-draft",
    _l("用已结束的申请重新申请"),
    access=ACCOUNT,
    reply=ApplicationView,
    status=201,
    problems=(
        "not_verified",
        "application_unknown",
        "application_not_ended",
        "kind_not_open",
        "form_invalid",
        *_ABOUT_A_REGISTRATION,
    ),
)
@rate(60)
def begin_application_again(application_id: str) -> Reply:
    """Of a case that was refused, withdrawn or lapsed: a draft with its values and files, which are checked again;
    ``begun_from`` names the case. Asked again, the draft that came of it is answered until it is changed."""
    return with_version(begin_again(fetch(application_id)), 201)


@routes.get("/applications", _l("我的登记"), access=ACCOUNT, query=ListApplications, reply=ApplicationList)
def list_applications(query: ListApplications) -> ApplicationList:
    """The caller's own, newest first; ``counts`` on request, of all that fit and not of one page."""
    return call(LIST_APPLICATIONS, query)


@routes.get(
    "/applications/<application_id>",
    _l("一份申请的全部内容与进度"),
    access=SIGNED_IN,
    reply=ApplicationView,
    problems=("application_unknown",),
)
def get_application(application_id: str) -> Reply:
    """Its ``ETag`` is the version that a change has to name."""
    return with_version(fetch(application_id))


@routes.patch(
    "/applications/<application_id>",
    _l("保存草稿"),
    access=ACCOUNT,
    body=FormChange,
    reply=ApplicationView,
    versioned=True,
    problems=("version_required", "version_conflict", "form_invalid", "application_frozen", "application_unknown"),
)
@rate(120)
def save_application(application_id: str, body: FormChange) -> Reply:
    """Merges the given fields into the draft, if nobody changed it since ``If-Match``. ``report`` of the answer says
    everything that still keeps it from being filed."""
    asked = SaveApplication(
        application_id=application_id, version=expected_version(), form=body.form, language=language()
    )
    return with_version(call(SAVE_APPLICATION, asked))


@routes.delete(
    "/applications/<application_id>",
    _l("删除草稿"),
    access=ACCOUNT,
    status=204,
    problems=("application_unknown", "application_discarded", "application_frozen", "application_in_batch"),
)
@rate(60)
def delete_application(application_id: str) -> Reply:
    """For good, with its files. What was filed can be withdrawn, not deleted."""
    call(DISCARD_APPLICATION, DiscardApplication(application_id=application_id))
    return Reply(None)


@routes.post(
    "/applications/<application_id>/corrections/declaration",
    _l("核对补正并生成声明"),
    access=ACCOUNT,
    body=CorrectionAnswer,
    reply=Declaration,
    problems=(*OF_A_CASE, "answers_missing", "correction_overdue", "form_invalid", "application_incomplete"),
)
def prepare_correction(application_id: str, body: CorrectionAnswer) -> Declaration:
    """What is to be signed for this answer, or every problem at once in ``errors``."""
    asked = PrepareCorrection(application_id=application_id, answers=body.answers, form=body.form)
    return call(PREPARE_CORRECTION, asked)


@routes.post(
    "/applications/<application_id>/corrections",
    _l("签名并答复补正"),
    access=ACCOUNT,
    body=SignedAnswer,
    reply=ApplicationView,
    problems=(
        *OF_A_CASE,
        "answers_missing",
        "correction_overdue",
        "form_invalid",
        "application_incomplete",
        "otp_wrong",
        "otp_expired",
        "declaration_outdated",
    ),
)
def answer_correction(application_id: str, body: SignedAnswer) -> Reply:
    """Signs the declaration of what the answer makes of the case, and sends the answer. What was prepared for the same
    answer is what is signed; the code is used for nothing that would be refused."""
    answer = PrepareCorrection(application_id=application_id, answers=body.answers, form=body.form)
    declaration = call(PREPARE_CORRECTION, answer)
    if body.sha256 not in (None, declaration.sha256):
        raise Problem("declaration_outdated")
    signature = SignDocument(document_id=declaration.document_id, sha256=declaration.sha256, otp=body.otp)
    evidence = call(SIGN_DOCUMENT, signature)
    signed = AnswerCorrection(
        application_id=application_id, answers=body.answers, form=body.form, evidence=evidence.token
    )
    return with_version(call(ANSWER_CORRECTION, signed))


@routes.post(
    "/applications/<application_id>/withdrawal",
    _l("撤回申请"),
    access=ACCOUNT,
    body=Withdrawal,
    reply=ApplicationView,
    problems=OF_A_CASE,
)
def withdraw_application(application_id: str, body: Withdrawal) -> Reply:
    """By the applicant, for a reason that the history keeps. It cannot be taken back."""
    asked = WithdrawApplication(application_id=application_id, reason=body.reason)
    return with_version(call(WITHDRAW_APPLICATION, asked))


def expected_version() -> int:
    """The version named by ``If-Match``: ``"3"``, ``W/"3"`` or ``3``. Problem ``version_required``."""
    value = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise HttpProblem("version_required")
    return int(value)
