"""人员管理: staff accounts, for administrators. Codes that lead in are shown once, and used on a page alone."""

from __future__ import annotations

from typing import Annotated, Literal

from contracts.base import StaffRole, staff
from contracts.personnel import (
    CHANGE_STAFF,
    DECIDE_STAFF_CHANGE,
    END_STAFF_SESSIONS,
    INVITE_STAFF,
    ISSUE_STAFF_CODE,
    LIST_STAFF,
    OPEN_STAFF,
    ChangeStaff,
    DecideStaffChange,
    EndStaffSessions,
    InviteStaff,
    ListStaff,
    StaffCode,
    StaffFile,
    StaffList,
    StaffRef,
    StaffStep,
)
from contracts.text import Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call

routes = ApiGroup("personnel", _l("人员管理"))
ADMINISTRATORS = staff("administrator")


class StaffChangeAsked(BaseModel):
    """``role`` for *grant* and *remove*."""

    model_config = ConfigDict(extra="forbid")

    step: StaffStep
    role: StaffRole | None = None
    reason: Annotated[str, Paragraphs(500), Field(min_length=1)]


class StaffChangeDecision(BaseModel):
    """*decline* by whoever asked for it takes it back."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["confirm", "decline"]


@routes.get("/staff/members", _l("工作人员账号"), access=ADMINISTRATORS, query=ListStaff, reply=StaffList)
def list_staff(query: ListStaff) -> StaffList:
    """Everybody who works here or did, the newest first."""
    return call(LIST_STAFF, query)


@routes.get(
    "/staff/members/<account_id>",
    _l("一个工作人员账号"),
    access=ADMINISTRATORS,
    reply=StaffFile,
    problems=("staff_unknown",),
)
def open_staff(account_id: str) -> StaffFile:
    """Roles, what waits for a second administrator, sign-ins and history. It is written down who opened it."""
    return call(OPEN_STAFF, StaffRef(account_id=account_id))


@routes.post(
    "/staff/members",
    _l("邀请工作人员"),
    access=ADMINISTRATORS,
    body=InviteStaff,
    reply=StaffRef,
    status=201,
    problems=("account_name_invalid", "name_invalid", "staff_login_taken"),
)
def invite_staff(body: InviteStaff) -> StaffRef:
    """Makes the account. Roles that decide or move money wait for another administrator."""
    return call(INVITE_STAFF, body)


@routes.post(
    "/staff/members/<account_id>/changes",
    _l("变更工作人员账号"),
    access=ADMINISTRATORS,
    body=StaffChangeAsked,
    status=204,
    problems=(
        "staff_unknown",
        "staff_own_account",
        "staff_step_unfit",
        "staff_change_waits",
        "staff_role_required",
        "staff_last_role",
    ),
)
def change_staff(account_id: str, body: StaffChangeAsked) -> Reply:
    """Done at once, or waits for another administrator; the account says which."""
    call(CHANGE_STAFF, ChangeStaff(account_id=account_id, **body.model_dump()))
    return Reply(None)


@routes.post(
    "/staff/member-changes/<change_id>/decision",
    _l("确认或不同意人员变更"),
    access=ADMINISTRATORS,
    body=StaffChangeDecision,
    reply=StaffRef,
    problems=("staff_change_unknown", "staff_change_decided", "staff_second_person", "staff_step_unfit"),
)
def decide_staff_change(change_id: str, body: StaffChangeDecision) -> StaffRef:
    """By another administrator than the one who asked for it."""
    return call(DECIDE_STAFF_CHANGE, DecideStaffChange(change_id=change_id, decision=body.decision))


@routes.delete(
    "/staff/members/<account_id>/sessions",
    _l("退出工作人员的全部登录"),
    access=ADMINISTRATORS,
    status=204,
    problems=("staff_unknown",),
)
def end_staff_sessions(account_id: str) -> Reply:
    """Ends every sign-in of the account."""
    call(END_STAFF_SESSIONS, EndStaffSessions(account_id=account_id))
    return Reply(None)


@routes.post(
    "/staff/members/<account_id>/code",
    _l("制作一次性设置码"),
    access=ADMINISTRATORS,
    reply=StaffCode,
    status=201,
    problems=("staff_unknown", "staff_own_account", "staff_step_unfit"),
)
def issue_staff_code(account_id: str) -> StaffCode:
    """Shown once; another one puts it out of force."""
    return call(ISSUE_STAFF_CODE, StaffRef(account_id=account_id))
