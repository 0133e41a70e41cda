"""查找: one search of the office's desks over cases, accounts and registrations, and what is found as it stands."""

from __future__ import annotations

from typing import TypeVar

from chassis.errors import Problem
from contracts.base import Model, RpcMethod, staff
from contracts.filing import ApplicationView
from contracts.lookups import (
    LOOK_UP_ACCOUNTS,
    LOOK_UP_CASES,
    LOOK_UP_OLD_CASES,
    LOOK_UP_REGISTRATIONS,
    OPEN_ACCOUNT_FILE,
    OPEN_CASE_FILE,
    AccountFile,
    AccountsFound,
    CasesFound,
    LookUp,
    LookupPurpose,
    OldCasesFound,
    OpenAccountFile,
    OpenCaseFile,
    RegistrationsFound,
)
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.languages import language

routes = ApiGroup("lookups", _l("查找"))
DESKS = staff("customer_service", "archivist", "administrator")
HELPERS = staff("customer_service", "administrator")
R = TypeVar("R", bound=Model)


class PurposeQuery(BaseModel):
    """``purpose``: why it is opened; it is written down."""

    model_config = ConfigDict(extra="forbid")

    purpose: LookupPurpose


class EverythingFound(Model):
    """A group is null while the service that owns it does not answer."""

    cases: CasesFound | None = None
    accounts: AccountsFound | None = None
    registrations: RegistrationsFound | None = None
    old_cases: OldCasesFound | None = None


@routes.get("/staff/lookups", _l("查找案件、账号和登记"), access=DESKS, query=LookUp, reply=EverythingFound)
def search(query: LookUp) -> EverythingFound:
    """The newest twenty of each kind. It is written down who looked for what, and why."""
    return find(query)


@routes.get(
    "/staff/case-files/<application_id>",
    _l("一件申请，如申请人所见"),
    access=DESKS,
    query=PurposeQuery,
    reply=ApplicationView,
    problems=("application_unknown",),
)
def open_case_file(application_id: str, query: PurposeQuery) -> ApplicationView:
    """Read only. It is written down who opened it, and why; administrators see its course without its contents."""
    asked = OpenCaseFile(application_id=application_id, purpose=query.purpose, language=language())
    return call(OPEN_CASE_FILE, asked)


@routes.get(
    "/staff/account-files/<account_id>",
    _l("一个账号的情况"),
    access=HELPERS,
    query=PurposeQuery,
    reply=AccountFile,
    problems=("not_found",),
)
def open_account_file(account_id: str, query: PurposeQuery) -> AccountFile:
    """How it stands, with numbers and addresses masked. It is written down who opened it, and why."""
    return call(OPEN_ACCOUNT_FILE, OpenAccountFile(account_id=account_id, purpose=query.purpose))


def find(asked: LookUp) -> EverythingFound:
    """Each service says what it has; the others are told without one that is away."""
    return EverythingFound(
        cases=told(LOOK_UP_CASES, asked),
        accounts=told(LOOK_UP_ACCOUNTS, asked),
        registrations=told(LOOK_UP_REGISTRATIONS, asked),
        old_cases=told(LOOK_UP_OLD_CASES, asked),
    )


def told(method: RpcMethod[LookUp, R], asked: LookUp) -> R | None:
    """None when the service does not answer."""
    try:
        return call(method, asked)
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
