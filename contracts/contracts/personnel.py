"""Contracts of the office's staff accounts (人员管理): who works here, in which roles, and how they get in.

Nobody changes their own account. What gives somebody the right to decide, to move money or to get in again takes a
second administrator (``ROLES_OF_TWO``, ``StaffStep``). No administrator sees a password or a TOTP secret: they hand
over a code that is good once, and whoever it is for sets up both.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import (
    ANONYMOUS,
    STAFF_ROLES,
    Client,
    Empty,
    EventType,
    Identifier,
    Model,
    RpcMethod,
    StaffRole,
    staff,
)
from contracts.paging import Page, QueueTotals
from contracts.text import Compact, Line, Login, Name, OneTimeCode, Paragraphs, Password

_S = "identity"
_OFFICE = staff("administrator")

ROLES_OF_TWO: frozenset[StaffRole] = frozenset(
    {"reviewer", "examiner", "senior_examiner", "cashier", "customer_service", "administrator"}
)
"""Roles that decide or move money: given by one administrator and confirmed by another."""

StaffState = Literal["to_set_up", "active", "deactivated"]
"""*to_set_up*: new, or reset; a code leads in."""
StaffStep = Literal["grant", "remove", "deactivate", "reactivate", "reset_totp", "reset_access"]
"""*reset_totp*: a new authenticator; *reset_access*: and a new password. Both take two people, as do *grant* of a role
of two and *reactivate* of whoever has one."""


class InviteStaff(Model, personal=("login", "name")):
    """``login``: the name to sign in with."""

    login: Annotated[str, Login(100)]
    name: Annotated[str, Name(100)]
    roles: list[StaffRole] = Field(min_length=1, max_length=8)
    reason: Annotated[str, Paragraphs(500), Field(min_length=1)]


class StaffRef(Model):
    account_id: Identifier


class ListStaff(Page, personal=("text",)):
    """``text``: how a login or a name begins. ``waiting``: only accounts with a change that waits for a second
    administrator."""

    text: Annotated[str, Line(60)] = ""
    waiting: bool = False


class StaffMember(Model, personal=("login", "name")):
    """``waiting``: how many changes wait for a second administrator."""

    account_id: str
    login: str
    name: str
    roles: list[str]
    state: StaffState
    waiting: int = 0
    mine: bool = Field(default=False, description="the caller's own account, which they do not change")
    last_seen_at: datetime | None = None
    created_at: datetime


class StaffList(Model):
    items: list[StaffMember] = []
    next_cursor: str | None = None


class StaffChange(Model, personal=("asked_by_name",)):
    """A change that waits for a second administrator. ``mine``: the caller asked for it, and may take it back."""

    change_id: str
    account_id: str
    step: StaffStep
    role: str = ""
    reason: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    mine: bool


class StaffSession(Model, personal=("client", "user_agent")):
    session_id: str
    created_at: datetime
    last_used_at: datetime
    client: str
    user_agent: str


class StaffActed(Model, personal=("actor_name", "text")):
    """An entry of the audit log about an account. ``action``: as the log names it, ``role`` and ``reason`` where it has
    them; of a search what was looked for (``text``), for which ``purpose``, and how much there was (``found``)."""

    action: str
    at: datetime
    actor: str
    actor_name: str = ""
    step: str = ""
    role: str = ""
    reason: str = ""
    text: str = ""
    purpose: str = ""
    found: str = ""


class StaffFile(Model, personal=("changes",)):
    """``steps``: what the caller may do with the account now. ``code_until``: an unused code is good until then."""

    member: StaffMember
    steps: list[StaffStep] = []
    grantable: list[StaffRole] = []
    changes: list[StaffChange] = []
    sessions: list[StaffSession] = []
    history: list[StaffActed] = Field(default=[], description="newest first, at most a hundred")
    code_until: datetime | None = None


class ChangeStaff(Model):
    """``role`` for *grant* and *remove*."""

    account_id: Identifier
    step: StaffStep
    role: StaffRole | None = None
    reason: Annotated[str, Paragraphs(500), Field(min_length=1)]


class StaffChangeTaken(Model):
    waits: bool = Field(default=False, description="for a second administrator; else it is in effect")


class DecideStaffChange(Model):
    """*decline* by whoever asked for it takes it back."""

    change_id: Identifier
    decision: Literal["confirm", "decline"]


class EndStaffSessions(Model):
    """One session, or all of the account."""

    account_id: Identifier
    session_id: Identifier | None = None


class StaffCode(Model, secret=("code",)):
    """The one-time code, shown once: the next one made puts it out of force."""

    account_id: str
    code: str
    until: datetime


class BeginStaffSetUp(Model, secret=("code",)):
    code: Annotated[str, Compact(60)]


class StaffSetUp(Model, secret=("totp_secret", "totp_uri"), personal=("login", "name")):
    """What an authenticator is to be given. ``new_password``: one is to be chosen; else the one in force is asked
    for."""

    login: str
    name: str
    new_password: bool
    totp_secret: str
    totp_uri: str


class CompleteStaffSetUp(Model, secret=("code", "password", "totp", "device"), added=("client", "device")):
    code: Annotated[str, Compact(60)]
    password: Annotated[str, Password(256)]
    totp: Annotated[str, OneTimeCode(20)]
    client: Client = ""
    device: Client = ""


class StaffChanged(Model):
    """What a member of staff may do from now on: nothing while not ``active``. What somebody without the role for it
    has claimed goes back to its queue."""

    account_id: str
    roles: list[str]
    active: bool
    changed_at: datetime


INCOMPATIBLE: tuple[tuple[frozenset[StaffRole], frozenset[StaffRole]], ...] = (
    (frozenset({"examiner", "senior_examiner"}), frozenset({"cashier", "reviewer"})),
)
"""不相容岗位: roles that one person had better not hold together, as one checks the other or handles its money."""


def incompatible(roles: Collection[str]) -> list[StaffRole]:
    """Those of somebody's roles that do not go together, in the usual order; none where all do."""
    held = frozenset(roles)
    clashing = {role for some, others in INCOMPATIBLE if some & held and others & held for role in (some | others)}
    return [role for role in STAFF_ROLES if role in clashing & held]


EVENTS = (STAFF_CHANGED := EventType(_S, "staff_changed", StaffChanged, "account_id", ("filing",)),)

LIST_STAFF = RpcMethod(_S, "list_staff", ListStaff, StaffList, _OFFICE)
TOTAL_STAFF_CHANGES = RpcMethod(_S, "total_staff_changes", Empty, QueueTotals, _OFFICE)
"""Of those that wait for the caller: what other administrators asked for, about others."""
# A command, since it is written down who opened it.
OPEN_STAFF = RpcMethod(_S, "open_staff", StaffRef, StaffFile, _OFFICE, "command", keep_reply=False)
INVITE_STAFF = RpcMethod(_S, "invite_staff", InviteStaff, StaffRef, _OFFICE, "command")
CHANGE_STAFF = RpcMethod(_S, "change_staff", ChangeStaff, StaffChangeTaken, _OFFICE, "command")
DECIDE_STAFF_CHANGE = RpcMethod(_S, "decide_staff_change", DecideStaffChange, StaffRef, _OFFICE, "command")
END_STAFF_SESSIONS = RpcMethod(_S, "end_staff_sessions", EndStaffSessions, Empty, _OFFICE, "command")
# Repeated, it makes another code, and the one before opens nothing.
ISSUE_STAFF_CODE = RpcMethod(_S, "issue_staff_code", StaffRef, StaffCode, _OFFICE, "command", keep_reply=False)
# Repeated, it answers with the same secret as long as the code is good.
BEGIN_STAFF_SET_UP = RpcMethod(
    _S, "begin_staff_set_up", BeginStaffSetUp, StaffSetUp, ANONYMOUS, "command", keep_reply=False
)
COMPLETE_STAFF_SET_UP = RpcMethod(_S, "complete_staff_set_up", CompleteStaffSetUp, Empty, ANONYMOUS, "command")
