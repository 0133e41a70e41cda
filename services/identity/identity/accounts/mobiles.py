"""Another mobile number: proved by a code to each, so that no stolen session and no slip takes it over."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.identity import AccountView, OtpSent
from contracts.identity.mobiles import ChangeMobile, SendMobileCodes

from identity.accounts import id_numbers
from identity.accounts.handlers import insert, own_account, view
from identity.accounts.store import Account
from identity.messages import notices
from identity.otp import handlers as otp
from identity.otp.store import OneTimeCode


def send_mobile_codes(request: SendMobileCodes, uow: UnitOfWork) -> OtpSent:
    """Whether the new number has an account is not said: whoever holds it hears. Problems ``mobile_invalid``,
    ``mobile_unchanged``, ``forbidden`` (none in use: it is added by ``complete_account``), those of sending."""
    account, mobile = own_account(uow), _other_number(request.mobile)
    return otp.send_mobile_codes(uow, account, _in_use(account, mobile), mobile)


def change_mobile(request: ChangeMobile, uow: UnitOfWork) -> AccountView:
    """Both codes were right: from now on the new number signs in, signs and is told; the old one hears of it, once.

    Whoever has lost the old number asks for the account back (:mod:`identity.recoveries`). Problems: those of
    :func:`send_mobile_codes`, ``otp_wrong``, ``otp_expired``, ``otp_too_many``, ``mobile_taken``.
    """
    account, mobile = own_account(uow, lock=True), _other_number(request.mobile)
    current, by = _in_use(account, mobile), otp.own(account.account_id)
    old_code = _checked(uow, "otp", current, request.otp, by)
    new_code = _checked(uow, "new_otp", mobile, request.new_otp, by)
    otp.use_code(uow, old_code)
    otp.use_code(uow, new_code)
    account.mobile = mobile
    account.version += 1
    insert(uow, account)
    uow.audit("account.change_mobile", subject=account.account_id)
    event_id = f"{account.account_id}:mobile:{uow.request_id}"
    told = id_numbers.mask_mobile(mobile)
    if notices.reaches_people(uow):
        notices.send_text(uow, "sms", current, "mobile_changed", f"{event_id}:old", account.language, mobile=told)
    notices.notify(uow, account, "mobile_changed", event_id, {"mobile": told})
    return view(uow, account)


def _checked(uow: UnitOfWork, field: str, number: str, code: str, by: otp.Requester) -> OneTimeCode:
    """The row of a right code; what is wrong is said at its field."""
    try:
        return otp.check_code(uow, "mobile", number, code, by)
    except Problem as problem:
        problem.errors = tuple(FieldError(field, error.code, error.params) for error in problem.errors)
        raise


def _other_number(text: str) -> str:
    try:
        return id_numbers.mobile(text)
    except id_numbers.NumberInvalid as error:
        raise Problem("mobile_invalid", errors=[FieldError("mobile", "mobile_invalid")]) from error


def _in_use(account: Account, mobile: str) -> str:
    if account.mobile is None:
        raise Problem("forbidden")
    if account.mobile == mobile:
        raise Problem("mobile_unchanged", errors=[FieldError("mobile", "mobile_unchanged")])
    return account.mobile
