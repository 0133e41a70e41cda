"""The office's first administrators, who are made by whoever runs it: everybody else is invited by them, on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.uow import UnitOfWork

from identity.accounts import model as accounts_model
from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.base import lock_name
from identity.personnel.setting_up import account_to_set_up, new_code
from identity.staff import store as staff_store
from identity.staff.store import Staff

LEAST = 2
"""What decides takes two administrators, who are no use alone."""


class FirstRefused(Exception):
    """No administrators are made; says why and what to do."""


@dataclass(frozen=True)
class FirstCode:
    """With it somebody sets up password and authenticator, once, until then."""

    login: str
    code: str
    until: datetime


def first_administrators(uow: UnitOfWork, people: Sequence[tuple[str, str]]) -> list[FirstCode]:
    """Accounts of ``(login, name)`` with a code each; of those who have not set up theirs, another code.

    :class:`FirstRefused` once there is an administrator who can sign in: from then on the pages are the way.
    """
    logins = [accounts_model.normal_account_name(login) for login, _name in people]
    if len({login for login in logins if login}) < LEAST:
        raise FirstRefused(f"name at least {LEAST} people, each as LOGIN=NAME, the login of 4 to 40 letters or digits")
    lock_name(uow.session, "first administrators")
    if staff_store.able(uow.session, "administrator"):
        raise FirstRefused("there are administrators already, who invite and reset others under /staff/members")
    return [_made(uow, login or "", name) for login, (_typed, name) in zip(logins, people, strict=True)]


def _made(uow: UnitOfWork, login: str, name: str) -> FirstCode:
    account, staff = _account(uow, login, accounts_model.clean_name(name))
    code, until = new_code(uow, account, staff)
    return FirstCode(login, code, until)


def _account(uow: UnitOfWork, login: str, name: str) -> tuple[Account, Staff]:
    if not login or not name:
        raise FirstRefused("each is LOGIN=NAME: a login of 4 to 40 letters or digits, and what colleagues call them")
    account = accounts.by_login(uow.session, login, None)
    if account is not None:
        staff = staff_store.get(uow.session, account.account_id)
        if staff is None or "administrator" not in staff.roles:
            raise FirstRefused(f"{login} is somebody else's name already: choose another")
        return account, staff
    account, staff = account_to_set_up(uow, login, name, ["administrator"])
    uow.audit("staff.first", subject=account.account_id, login=login)
    return account, staff
