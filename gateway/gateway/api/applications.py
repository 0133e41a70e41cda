"""著作权登记: drafts and cases of one's own, by the same rules as the pages."""

from __future__ import annotations

from typing import Annotated

from chassis.errors import FieldError, Problem
from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN
from contracts.filing import (
    ANSWER_CORRECTION,
    CHECK_FORM,
    CREATE_APPLICATION,
    DESCRIBE_FORM,
    GET_APPLICATION,
    LIST_APPLICATIONS,
    SAVE_APPLICATION,
    WITHDRAW_APPLICATION,
    AnswerCorrection,
    AnswerDefect,
    ApplicationList,
    ApplicationRef,
    ApplicationView,
    CheckForm,
    CreateApplication,
    DescribeForm,
    ListApplications,
    SaveApplication,
    WithdrawApplication,
)
from contracts.forms import REGISTRATIONS, FormData, FormDescription, Kind
from contracts.text import Paragraphs
from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.prechecks import tongue
from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.problems import HttpProblem, field_message
from gateway.web.rates import rate

routes = ApiGroup("applications", _l("著作权登记"))
OF_A_CASE = ("application_unknown", "not_verified", "action_not_allowed")


class FormChange(BaseModel):
    """Top-level fields of the form that change."""

    model_config = ConfigDict(extra="forbid")

    form: FormData


class FormToCheck(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    form: FormData


class NewApplication(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    form: FormData = {}


class FormNote(BaseModel):
    field: str
    code: str
    severity: str
    message: str


class FormNotes(BaseModel):
    problems: list[FormNote]


class CorrectionAnswer(BaseModel):
    """An answer to every defect; changed fields in ``form``. New files are attached before, with role *correction*."""

    model_config = ConfigDict(extra="forbid")

    answers: list[AnswerDefect] = Field(max_length=200)
    form: FormData = {}


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Paragraphs(500)] = ""


def fetch(application_id: str) -> ApplicationView:
    """A case of the caller (or one that staff may see). Problem ``application_unknown``."""
    return call(GET_APPLICATION, ApplicationRef(application_id=application_id, language=tongue()))


def with_version(view: ApplicationView, status: int | None = None) -> Reply:
    """A case with its version as ``ETag``."""
    return Reply(view, status, {"ETag": f'"{view.version}"'})


@routes.get(
    "/forms/<kind>",
    _l("表单说明：类别、权属、时限与纸质要求"),
    access=ANONYMOUS,
    reply=FormDescription,
    problems=("kind_not_open",),
)
def describe_form(kind: str) -> FormDescription:
    return call(DESCRIBE_FORM, DescribeForm(type=REGISTRATIONS[_kind(kind)], language=tongue()))


@routes.post("/form-checks", _l("检查一份表单"), access=ANONYMOUS, body=FormToCheck, reply=FormNotes)
def check_form(body: FormToCheck) -> FormNotes:
    """The rules of submission, without changing anything."""
    found = call(CHECK_FORM, CheckForm(type=REGISTRATIONS[body.kind], form=body.form, language=tongue())).problems
    return FormNotes(
        problems=[
            FormNote(
                field=item.field,
                code=item.code,
                severity=item.severity,
                message=field_message(FieldError(item.field, item.code, item.params), language()),
            )
            for item in found
        ]
    )


@routes.post(
    "/applications",
    _l("新建申请"),
    access=ACCOUNT,
    body=NewApplication,
    reply=ApplicationView,
    status=201,
    problems=("not_verified", "kind_not_open", "form_invalid"),
)
@rate(60)
def create_application(body: NewApplication) -> Reply:
    """A draft may leave out whatever is not known yet. ``ETag`` is its version."""
    return with_version(call(CREATE_APPLICATION, CreateApplication(type=REGISTRATIONS[body.kind], form=body.form)))


@routes.get("/applications", _l("我的登记"), access=ACCOUNT, query=ListApplications, reply=ApplicationList)
def list_applications(query: ListApplications) -> ApplicationList:
    return call(LIST_APPLICATIONS, query)


@routes.get(
    "/applications/<application_id>",
    _l("一份申请的全部内容与进度"),
    access=SIGNED_IN,
    reply=ApplicationView,
    problems=("application_unknown",),
)
def get_application(application_id: str) -> Reply:
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
    """Merges the given fields into the draft, if nobody changed it since ``If-Match``."""
    asked = SaveApplication(application_id=application_id, version=expected_version(), form=body.form)
    return with_version(call(SAVE_APPLICATION, asked))


@routes.post(
    "/applications/<application_id>/corrections",
    _l("答复补正"),
    access=ACCOUNT,
    body=CorrectionAnswer,
    reply=ApplicationView,
    problems=(*OF_A_CASE, "answers_missing", "correction_overdue", "form_invalid"),
)
def answer_correction(application_id: str, body: CorrectionAnswer) -> Reply:
    answer = AnswerCorrection(application_id=application_id, answers=body.answers, form=body.form)
    return with_version(call(ANSWER_CORRECTION, answer))


@routes.post(
    "/applications/<application_id>/withdrawal",
    _l("撤回申请"),
    access=ACCOUNT,
    body=Withdrawal,
    reply=ApplicationView,
    problems=OF_A_CASE,
)
def withdraw_application(application_id: str, body: Withdrawal) -> Reply:
    asked = WithdrawApplication(application_id=application_id, reason=body.reason)
    return with_version(call(WITHDRAW_APPLICATION, asked))


def expected_version() -> int:
    """The version named by ``If-Match``: ``"3"``, ``W/"3"`` or ``3``. Problem ``version_required``."""
    value = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise HttpProblem("version_required")
    return int(value)


def _kind(kind: str) -> Kind:
    if kind not in ("work", "software"):
        raise Problem("not_found")
    return "work" if kind == "work" else "software"
