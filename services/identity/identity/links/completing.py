"""An account of the old system gets what that did not ask for."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.identity import AccountView, CompleteAccount

from identity.accounts import id_numbers
from identity.accounts.handlers import deposited, insert, missing, own_account, receive_seal, view
from identity.accounts.id_numbers import NumberInvalid
from identity.accounts.model import as_problem
from identity.accounts.store import ID_NUMBER, Account
from identity.otp import handlers as otp
from identity.sealing import vault


def complete_account(request: CompleteAccount, uow: UnitOfWork) -> AccountView:
    """Adds what is given to the caller's account, all of it or nothing.

    Problems: ``mobile_invalid``, ``mobile_taken`` (to who has just proved that the number is theirs), ``otp_wrong``,
    ``otp_expired``, ``otp_too_many``, ``id_number_invalid``, ``uscc_invalid``, ``seal_unreadable``,
    ``receipt_invalid``, and ``request_invalid`` for what is there already: that is not changed here.
    """
    account = own_account(uow, lock=True)
    given = {
        "mobile": request.mobile,
        "id_number": request.id_number,
        "uscc": request.uscc,
        "seal": request.seal_receipt,
    }
    lacking = missing(uow, account)
    if there := [name for name, value in given.items() if value and name not in lacking]:
        raise Problem("request_invalid", errors=[FieldError(name, "extra_forbidden") for name in there])
    code = None
    if request.mobile:
        mobile = _checked("mobile", "mobile_invalid", request.mobile)
        by = otp.requester(request.client, request.browser)
        code = otp.check_code(uow, "sign_up", mobile, request.otp or "", by)
        account.mobile = mobile
    if request.id_number:
        _add_id(account, request, uow)
    if request.uscc:
        account.uscc = _checked("uscc", "uscc_invalid", request.uscc)
    if request.seal_receipt:
        uow.session.add(deposited(receive_seal(uow, request.seal_receipt), account.account_id, uow))
    account.version += 1
    insert(uow, account)
    if code is not None:
        otp.use_code(uow, code)
    uow.audit("account.complete", subject=account.account_id, added=",".join(n for n, value in given.items() if value))
    return view(uow, account)


def _checked(field: str, code: str, text: str) -> str:
    try:
        return id_numbers.mobile(text) if field == "mobile" else id_numbers.social_credit_code(text)
    except NumberInvalid as error:
        raise as_problem([FieldError(field, code, {"reason": error.reason})]) from error


def _add_id(account: Account, request: CompleteAccount, uow: UnitOfWork) -> None:
    try:
        id_type, number = id_numbers.id_number(request.id_type or "resident_id", request.id_number or "", uow.today())
    except NumberInvalid as error:
        raise as_problem([FieldError("id_number", "id_number_invalid", {"reason": error.reason})]) from error
    keys = vault(uow.settings)
    account.id_type, account.masked_id_number = id_type, id_numbers.mask(number)
    account.sealed_id_number = keys.seal(ID_NUMBER, number.encode(), account.account_id)
    account.id_index = keys.index(ID_NUMBER, number)
