"""Getting in for the first time, or again: a code that is good once, for a password and an authenticator of one's own.

An administrator hands the code over and never learns what is set up with it. After a reset of the authenticator alone
the password in force is asked for as well, so that the code by itself opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyotp
from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty, StaffRole
from contracts.personnel import BeginStaffSetUp, CompleteStaffSetUp, StaffCode, StaffRef, StaffSetUp

from identity.accounts.model import password_errors
from identity.accounts.passwords import hash_password, verify_password
from identity.accounts.store import Account
from identity.attempts import handlers as attempts
from identity.messages import notices
from identity.personnel import model, store
from identity.personnel.reading import found
from identity.sealing import vault
from identity.sessions import handlers as sessions
from identity.staff import model as staff_model
from identity.staff.store import TOTP_PURPOSE, Staff

CODE_PURPOSE = "staff-code"
ISSUER = "Copyright Registry"


def issue_staff_code(request: StaffRef, uow: UnitOfWork) -> StaffCode:
    """A code for whoever has something to set up; the one before opens nothing any more.

    Problems: ``staff_unknown``, ``staff_own_account``, ``staff_step_unfit`` (nothing to set up, or deactivated).
    """
    account, staff = found(uow, request.account_id, lock=True)
    if is_self(uow.actor, account.account_id):
        raise Problem("staff_own_account")
    if staff.awaits is None or staff.deactivated_at is not None:
        raise Problem("staff_step_unfit")
    code, until = new_code(uow, account, staff)
    return StaffCode(account_id=account.account_id, code=code, until=until)


def account_to_set_up(uow: UnitOfWork, login: str, name: str, roles: Sequence[StaffRole]) -> tuple[Account, Staff]:
    """A new account, into which a code leads; its password is nobody's."""
    account = Account(
        account_id=new_id("acc"),
        kind="staff",
        name=name,
        account_name=login,
        password_hash=hash_password(staff_model.new_password()),
        created_at=uow.now(),
    )
    uow.session.add(account)
    uow.session.flush()
    staff = Staff(account_id=account.account_id, roles=list(roles), awaits="access")
    uow.session.add(staff)
    uow.session.flush()
    return account, staff


def new_code(uow: UnitOfWork, account: Account, staff: Staff) -> tuple[str, datetime]:
    """A code for an account that has something to set up, and until when it is good; the one before is not."""
    code, secret, until = staff_model.new_password(), staff_model.new_secret(), uow.now() + model.CODE_LIFE
    staff.code_digest, staff.code_until = model.code_digest(code), until
    staff.sealed_code_secret = vault(uow.settings).seal(CODE_PURPOSE, secret.encode(), account.account_id)
    uow.audit("staff.issue_code", subject=account.account_id)
    return code, until


def begin_staff_set_up(request: BeginStaffSetUp, uow: UnitOfWork) -> StaffSetUp:
    """What the authenticator is to be given. Problem ``staff_code_invalid``."""
    account, staff = _led_in(uow, request.code)
    secret = _secret(uow, staff)
    return StaffSetUp(
        login=account.account_name or "",
        name=account.name,
        new_password=staff.awaits == "access",
        totp_secret=secret,
        totp_uri=pyotp.TOTP(secret).provisioning_uri(name=account.account_name or "", issuer_name=ISSUER),
    )


def complete_staff_set_up(request: CompleteStaffSetUp, uow: UnitOfWork) -> Empty:
    """The code is used up; from now on password and authenticator sign in.

    Problems: ``staff_code_invalid``, ``password_weak`` (a new one), ``password_wrong`` (the one in force; counted like
    a failed sign-in), ``sign_in_slowed``, ``totp_wrong``.
    """
    account, staff = _led_in(uow, request.code)
    if staff.awaits == "access":
        _choose_password(account, request.password)
        staff.sealed_sandbox_password = None
    else:
        _prove_password(uow, account, request)
    secret = _secret(uow, staff)
    step = staff_model.matching_step(secret, request.totp, uow.now())
    if step is None:
        raise Problem("totp_wrong", errors=[FieldError("totp", "totp_wrong")])
    account.version += 1
    staff.sealed_totp_secret = vault(uow.settings).seal(TOTP_PURPOSE, secret.encode(), account.account_id)
    staff.last_step, staff.awaits = step, None
    staff.code_digest = staff.code_until = staff.sealed_code_secret = None
    uow.session.flush()
    sessions.end_all(uow, account.account_id, "staff_changed")
    uow.audit("staff.set_up", subject=account.account_id)
    notices.notify(uow, account, "staff_set_up", f"{account.account_id}:set_up:{uow.request_id}", {})
    return Empty()


def _led_in(uow: UnitOfWork, code: str) -> tuple[Account, Staff]:
    """Whom a good code is for, locked: it is used once, however many come with it at once."""
    digest = model.code_digest(code)
    account_id = store.by_code(uow.session, digest, uow.now())
    if account_id is None:
        raise Problem("staff_code_invalid", errors=[FieldError("code", "staff_code_invalid")])
    account, staff = found(uow, account_id, lock=True)
    if staff.code_digest != digest or staff.awaits is None or staff.deactivated_at is not None:
        raise Problem("staff_code_invalid", errors=[FieldError("code", "staff_code_invalid")])
    return account, staff


def _secret(uow: UnitOfWork, staff: Staff) -> str:
    return vault(uow.settings).open(CODE_PURPOSE, staff.sealed_code_secret or b"", staff.account_id).decode()


def _choose_password(account: Account, password: str) -> None:
    personal = (account.account_name or "",)
    if errors := password_errors("password", password, personal):
        raise Problem("password_weak", errors=errors)
    account.password_hash = hash_password(password)


def _prove_password(uow: UnitOfWork, account: Account, request: CompleteStaffSetUp) -> None:
    attempt = attempts.admit(uow, account.account_id, account, request.client, request.device)
    if not verify_password(account.password_hash, request.password):
        problem = attempts.failed(uow, attempt, "password_wrong")
        problem.errors = (FieldError("password", "password_wrong"),)
        raise problem
    attempts.succeeded(uow, attempt)
