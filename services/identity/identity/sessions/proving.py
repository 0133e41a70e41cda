"""The password once more, from somebody who is signed in: what matters most is not done with a session alone."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork

from identity.accounts.handlers import own_account
from identity.accounts.passwords import verify_password
from identity.accounts.store import Account
from identity.attempts import handlers as attempts
from identity.attempts.handlers import Attempt
from identity.otp import handlers as codes


def prove_password(uow: UnitOfWork, field: str, password: str, client: str, device: str) -> tuple[Account, Attempt]:
    """The account, locked. Problems ``password_wrong`` at the field (counted like a failed sign-in),
    ``sign_in_slowed``."""
    account = own_account(uow)
    attempt = attempts.admit(uow, account.account_id, account, client, device)
    account = own_account(uow, lock=True)
    if not verify_password(account.password_hash, password):
        problem = attempts.failed(uow, attempt, "password_wrong")
        problem.errors = (FieldError(field, "password_wrong"),)
        raise problem
    attempts.succeeded(uow, attempt)
    return account, attempt


def prove_by_code(uow: UnitOfWork, otp: str, client: str, device: str) -> tuple[Account, Attempt]:
    """The account, locked, of somebody who has forgotten its password: by a code to its mobile, which is used up.
    Problems ``forbidden`` (an account without a mobile), ``otp_wrong``, ``otp_expired``, ``otp_too_many``."""
    account = own_account(uow)
    if account.mobile is None or account.kind == "staff":
        raise Problem("forbidden")
    code = codes.check_code(uow, "password", account.mobile, otp, codes.own(account.account_id))
    attempt = attempts.proved_otherwise(uow, account, client, device)
    account = own_account(uow, lock=True)
    codes.use_code(uow, code)
    return account, attempt
