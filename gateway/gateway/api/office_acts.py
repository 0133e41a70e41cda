"""登记机构的撤销和更正: reporting an error, being heard, proposing, and confirming as a second person."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, SIGNED_IN, Identifier, staff
from contracts.office_acts import (
    BE_HEARD,
    DECIDE_ACT,
    GET_OFFICE_ACT,
    LIST_HELD_ACTS,
    LIST_OFFICE_ACTS,
    MOST_FILES,
    OPEN_OFFICE_ACT_FILE,
    PROPOSE_ACT,
    RAISE_OBJECTION,
    REGISTRATION_STATED,
    REPORT_ERROR,
    AskStated,
    BeHeard,
    Corrected,
    DecideAct,
    ListOfficeActs,
    OfficeActFileRef,
    OfficeActList,
    OfficeActRef,
    OfficeActView,
    OfficeGround,
    ProposeAct,
    RaiseObjection,
    RegistrationStated,
    ReportError,
)
from contracts.paging import Page
from contracts.text import Paragraphs
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads.receipt import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import deliver

routes = ApiGroup("office_acts", _l("登记机构的撤销和更正"))
OFFICE = staff("archivist", "senior_examiner")


class NewOfficeAct(BaseModel):
    """``corrected`` of a clerical error alone; ``evidence``: finished uploads; ``act_id``: the report it answers."""

    model_config = ConfigDict(extra="forbid")

    registration_number: str = Field(max_length=60)
    ground: OfficeGround
    corrected: Corrected | None = None
    statement: Annotated[str, Paragraphs(2000)]
    evidence: list[Identifier] = Field(default=[], max_length=MOST_FILES)
    act_id: Identifier | None = None


class Objection(BaseModel):
    """``evidence``: finished uploads."""

    model_config = ConfigDict(extra="forbid")

    registration_number: str = Field(max_length=60)
    statement: Annotated[str, Paragraphs(2000)]
    evidence: list[Identifier] = Field(default=[], max_length=MOST_FILES)


class Confirmation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Paragraphs(1000)] = ""


class Statement(BaseModel):
    """``evidence``: finished uploads."""

    model_config = ConfigDict(extra="forbid")

    statement: Annotated[str, Paragraphs(2000)]
    evidence: list[Identifier] = Field(default=[], max_length=MOST_FILES)


@routes.post(
    "/error-reports",
    _l("报告证书上的错误"),
    access=ACCOUNT,
    body=ReportError,
    reply=OfficeActView,
    status=201,
    problems=("registration_number_unknown", "certificate_of_another", "registration_ended", "office_act_open"),
)
def report_error(body: ReportError) -> OfficeActView:
    """What the office wrote wrong on a certificate of one's own. Free of charge; one report at a time."""
    return call(REPORT_ERROR, body)


@routes.post(
    "/objections",
    _l("对别人的登记提出异议"),
    access=ACCOUNT,
    body=Objection,
    reply=OfficeActView,
    status=201,
    problems=(
        "registration_number_unknown",
        "registration_ended",
        "objection_to_own",
        "objection_open",
        "objections_too_many",
        "objection_old_system",
        "receipt_invalid",
        "upload_unknown",
    ),
)
def raise_objection(body: Objection) -> OfficeActView:
    """Why a registration that is somebody else's should not be there, with what shows it. The answer is a message, and
    stands among one's office acts."""
    tokens = [receipt_for(upload_id).token for upload_id in body.evidence]
    return call(RAISE_OBJECTION, RaiseObjection(**body.model_dump(exclude={"evidence"}), evidence=tokens))


@routes.get("/office-acts", _l("登记机构对我的登记的处理"), access=ACCOUNT, query=Page, reply=OfficeActList)
def list_held_acts(query: Page) -> OfficeActList:
    """Reports and objections of one's own, and what the office proposed or did; the newest first."""
    return call(LIST_HELD_ACTS, query)


@routes.get(
    "/office-acts/<act_id>", _l("一件处理"), access=SIGNED_IN, reply=OfficeActView, problems=("office_act_unknown",)
)
def get_office_act(act_id: str) -> OfficeActView:
    """With its evidence, for whoever holds the registration and for the office; who objected is told what has become of
    it."""
    return call(GET_OFFICE_ACT, OfficeActRef(act_id=act_id))


@routes.get(
    "/office-acts/<act_id>/files/<act_file_id>",
    _l("处理的依据文件"),
    access=SIGNED_IN,
    raw=True,
    content_type="application/octet-stream",
    problems=("office_act_unknown", "office_act_file_unknown"),
)
def open_office_act_file(act_id: str, act_file_id: str) -> Response:
    """The file itself."""
    return deliver(call(OPEN_OFFICE_ACT_FILE, OfficeActFileRef(act_id=act_id, file_id=act_file_id)))


@routes.post(
    "/office-acts/<act_id>/statement",
    _l("陈述意见"),
    access=ACCOUNT,
    body=Statement,
    reply=OfficeActView,
    problems=("office_act_unknown", "office_act_closed", "upload_unknown", "receipt_invalid"),
)
def be_heard(act_id: str, body: Statement) -> OfficeActView:
    """Once, until ``hear_until``, with files that show it."""
    tokens = [receipt_for(upload_id).token for upload_id in body.evidence]
    return call(BE_HEARD, BeHeard(act_id=act_id, statement=body.statement, evidence=tokens))


@routes.get("/staff/office-acts", _l("撤销和更正的队列"), access=OFFICE, query=ListOfficeActs, reply=OfficeActList)
def list_office_acts(query: ListOfficeActs) -> OfficeActList:
    """The newest first."""
    return call(LIST_OFFICE_ACTS, query)


@routes.get(
    "/staff/registrations/<registration_number>",
    _l("登记簿中的登记事项"),
    access=OFFICE,
    reply=RegistrationStated,
    problems=("registration_number_unknown",),
)
def registration_stated(registration_number: str) -> RegistrationStated:
    """Not masked, and on which grounds something can be proposed."""
    return call(REGISTRATION_STATED, AskStated(registration_number=registration_number[:60]))


@routes.post(
    "/staff/office-acts",
    _l("提出撤销或更正"),
    access=OFFICE,
    body=NewOfficeAct,
    reply=OfficeActView,
    status=201,
    problems=(
        "registration_number_unknown",
        "registration_ended",
        "ground_not_applicable",
        "office_act_open",
        "office_act_unknown",
        "office_act_closed",
        "correction_changes_nothing",
        "receipt_invalid",
        "upload_unknown",
    ),
)
def propose_act(body: NewOfficeAct) -> OfficeActView:
    """Nothing is recorded until somebody else confirms it."""
    tokens = [receipt_for(upload_id).token for upload_id in body.evidence]
    return call(PROPOSE_ACT, ProposeAct(**body.model_dump(exclude={"evidence"}), evidence=tokens))


@routes.post(
    "/staff/office-acts/<act_id>/confirmation",
    _l("复核确认"),
    access=OFFICE,
    body=Confirmation,
    reply=OfficeActView,
    problems=(
        "office_act_unknown",
        "office_act_closed",
        "action_not_allowed",
        "second_person_required",
        "hearing_open",
        "registration_ended",
        "office_act_outdated",
    ),
)
def confirm_act(act_id: str, body: Confirmation) -> OfficeActView:
    """By another person than proposed it: recorded in the register in the same moment."""
    return call(DECIDE_ACT, DecideAct(act_id=act_id, step="confirm", reason=body.reason))


@routes.post(
    "/staff/office-acts/<act_id>/dismissal",
    _l("不予撤销或更正"),
    access=OFFICE,
    body=Confirmation,
    reply=OfficeActView,
    problems=("office_act_unknown", "office_act_closed", "action_not_allowed"),
)
def dismiss_act(act_id: str, body: Confirmation) -> OfficeActView:
    """With a reason, which the holder reads."""
    return call(DECIDE_ACT, DecideAct(act_id=act_id, step="dismiss", reason=body.reason))


@routes.post(
    "/staff/office-acts/<act_id>/withdrawal",
    _l("收回自己提出的撤销或更正"),
    access=OFFICE,
    body=Confirmation,
    reply=OfficeActView,
    problems=("office_act_unknown", "office_act_closed", "action_not_allowed"),
)
def withdraw_act(act_id: str, body: Confirmation) -> OfficeActView:
    """By who proposed it, with a reason; a holder who was told of it reads that."""
    return call(DECIDE_ACT, DecideAct(act_id=act_id, step="withdraw", reason=body.reason))
