"""Sending, checking and using up one-time codes."""

from __future__ import annotations

import hmac
from datetime import timedelta

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.identity import OtpSent, RequestOtp

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.base import lock_name
from identity.messages import notices
from identity.otp import store
from identity.otp.model import Purpose, new_code
from identity.otp.store import OneTimeCode
from identity.sealing import vault
from identity.settings import OTP_ATTEMPTS, OTP_LIFE, OTP_RESEND, otp_limits

_SENT = OtpSent(expires_in=int(OTP_LIFE.total_seconds()), resend_after=int(OTP_RESEND.total_seconds()))


def request_otp(request: RequestOtp, uow: UnitOfWork) -> OtpSent:
    """Sends a code by SMS.

    To sign in or recover, a number without an account is answered the same way and gets a message that says so: who
    does not hold the number learns nothing. Problems: ``mobile_invalid``, ``not_signed_in`` and ``forbidden`` (purpose
    *sign*: own number only), ``otp_resend_too_soon``, ``otp_too_many``.
    """
    if request.purpose == "sign":
        account = accounts.get(uow.session, uow.actor.account_id)
        if account is None or account.mobile is None:
            raise Problem("forbidden")
        if request.mobile and _mobile(request.mobile) != account.mobile:
            raise Problem("forbidden")
        mobile = account.mobile
    else:
        mobile = _mobile(request.mobile or "")
        account = accounts.by_mobile(uow.session, mobile)
    known = account is not None or request.purpose == "sign_up"
    _send(uow, request.purpose, mobile, account, request.client, known=known)
    return _SENT


def send_email_code(uow: UnitOfWork, account: Account, address: str, client: str) -> OtpSent:
    """Sends the code that confirms an e-mail address."""
    _send(uow, "email", address, account, client, known=True)
    return _SENT


def check_code(uow: UnitOfWork, purpose: Purpose, target: str, code: str) -> OneTimeCode:
    """The code's row, locked, when ``code`` is right; the caller uses it up with :func:`use_code` in the same step.

    A wrong code is counted even though the step is refused. Problems: ``otp_wrong``, ``otp_expired``,
    ``otp_too_many``. Call it before anything else is changed.
    """
    row = store.newest(uow.session, purpose, target, lock=True)
    if row is None:
        raise Problem("otp_expired", errors=[FieldError("otp", "otp_expired")])
    standing = row.state.standing(uow.now())
    if standing == "exhausted":
        raise Problem("otp_too_many", minutes=1, errors=[FieldError("otp", "otp_too_many", {"minutes": 1})])
    if standing == "expired":
        raise Problem("otp_expired", errors=[FieldError("otp", "otp_expired")])
    if hmac.compare_digest(row.code_hash, _hash(uow, row.code_id, code.strip())):
        return row
    row.attempts += 1
    uow.keep()
    uow.audit("otp.wrong", subject=row.account_id or row.code_id, purpose=purpose, attempts=row.attempts)
    left = OTP_ATTEMPTS - row.attempts
    if left <= 0:
        raise Problem("otp_too_many", minutes=1, errors=[FieldError("otp", "otp_too_many", {"minutes": 1})])
    raise Problem("otp_wrong", attempts_left=left, errors=[FieldError("otp", "otp_wrong", {"attempts_left": left})])


def use_code(uow: UnitOfWork, row: OneTimeCode) -> None:
    """Uses the code up; Problem ``otp_expired`` when it was used already."""
    if not store.mark_used(uow.session, row.code_id, uow.now()):
        raise Problem("otp_expired", errors=[FieldError("otp", "otp_expired")])


def forget_codes(uow: UnitOfWork) -> int:
    """Sweeper: removes codes after two days."""
    return store.forget(uow.session, uow.now())


def _mobile(text: str) -> str:
    try:
        return id_numbers.mobile(text)
    except id_numbers.NumberInvalid as error:
        raise Problem("mobile_invalid", errors=[FieldError("mobile", "mobile_invalid")]) from error


def _send(uow: UnitOfWork, purpose: Purpose, target: str, account: Account | None, client: str, *, known: bool) -> None:
    lock_name(uow.session, f"otp {target}")
    _check_limits(uow, purpose, target, client)
    code, code_id = new_code(), new_id("otp")
    uow.session.add(
        OneTimeCode(
            code_id=code_id,
            purpose=purpose,
            target=target,
            account_id=account.account_id if account else None,
            # Without an account nothing can be unlocked: the row only keeps the limits and answers alike.
            code_hash=_hash(uow, code_id, code) if known else "none",
            sent_at=uow.now(),
            client=client,
        )
    )
    if known:
        notices.send_code(uow, target, purpose, code, code_id, account)
    else:
        notices.send_text(uow, "sms", target, "otp_no_account", code_id, "zh")
    uow.audit("otp.send", subject=account.account_id if account else code_id, purpose=purpose, client=client)


def _check_limits(uow: UnitOfWork, purpose: Purpose, target: str, client: str) -> None:
    now = uow.now()
    last = store.newest(uow.session, purpose, target)
    if last is not None and (seconds := last.state.seconds_until_resend(now)) > 0:
        raise Problem("otp_resend_too_soon", seconds=seconds)
    limits = otp_limits(uow.settings)
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    if store.sent_since(uow.session, hour, target=target) >= limits.per_target_hour:
        raise Problem("otp_too_many", minutes=60)
    if store.sent_since(uow.session, day, target=target) >= limits.per_target_day:
        raise Problem("otp_too_many", minutes=24 * 60)
    if client and store.sent_since(uow.session, hour, client=client) >= limits.per_client_hour:
        raise Problem("otp_too_many", minutes=60)


def _hash(uow: UnitOfWork, code_id: str, code: str) -> str:
    return vault(uow.settings).index("otp", f"{code_id}:{code}")
