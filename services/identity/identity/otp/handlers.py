"""Sending, checking and using up one-time codes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.networks import Networks, networks_of
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.identity import Language, OtpSent, RequestOtp

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.attempts import handlers as attempts
from identity.base import lock_name
from identity.messages import notices
from identity.otp import store
from identity.otp.model import Lane, Purpose, half_used, minutes_to_wait, new_code, seconds_until_resend
from identity.otp.store import Asking, OneTimeCode
from identity.sealing import vault
from identity.settings import OTP_LIFE, OTP_RESEND, otp_limits

_SENT = OtpSent(expires_in=int(OTP_LIFE.total_seconds()), resend_after=int(OTP_RESEND.total_seconds()))

_NOWHERE = networks_of("")
_log = logger("identity.otp")


@dataclass(frozen=True)
class Requester:
    """Where a code is asked for or typed in: a browser, else a network, or the signed-in account itself.
    ``language``: of a message to somebody without an account. ``counts``: for whom a code must have been asked, for it
    to be good here; None where anybody's is."""

    name: str
    networks: Networks = _NOWHERE
    language: Language = "zh"
    counts: frozenset[str] | None = None


def requester(client: str, browser: str = "", language: Language = "zh") -> Requester:
    """A visitor: by their browser where it has a name, else by their network."""
    networks = networks_of(client)
    return Requester(f"browser:{browser}" if browser else f"network:{networks.own}", networks, language)


def own(account_id: str) -> Requester:
    """The holder of an account, whom no stranger's requests can use up."""
    return Requester(f"account:{account_id}")


def signing(account_id: str, sha256: str | None) -> Requester:
    """The holder of an account who signs one document: a code that was asked for to sign another is none for it."""
    whole = own(account_id).name
    name = f"{whole}:{sha256}" if sha256 else whole
    return Requester(name, counts=frozenset({name, whole}))


def request_otp(request: RequestOtp, uow: UnitOfWork) -> OtpSent:
    """Sends a code by SMS.

    To sign in, a number without an account is answered the same way and gets a message that says so: who does not hold
    the number learns nothing. To recover an account one gives a new number or e-mail address, which has none as a rule:
    whoever holds it gets a code, and nobody looks whether it has. Problems: ``mobile_invalid``, ``email_invalid``,
    ``recovery_contact_missing``, ``not_signed_in`` and ``forbidden`` (for *sign*, *password*, *close* it is one's own),
    ``otp_resend_too_soon``, ``otp_too_many``.
    """
    if request.purpose in ("sign", "password", "close"):
        account = accounts.get(uow.session, uow.actor.signed_in_as)
        if account is None or account.mobile is None or account.kind == "staff":
            raise Problem("forbidden")
        if request.mobile and _mobile(request.mobile) != account.mobile:
            raise Problem("forbidden")
        by = signing(account.account_id, request.sha256) if request.purpose == "sign" else own(account.account_id)
        _send(uow, request.purpose, account.mobile, account, "account", by, known=True)
        return _SENT
    if request.purpose == "recover":
        by = requester(request.client, request.browser, request.language)
        send_recovery_code(uow, request.mobile, request.email, by)
        return _SENT
    mobile = _mobile(request.mobile or "")
    account = accounts.by_mobile(uow.session, mobile)
    familiar = attempts.is_familiar(uow, account, request.client, request.device)
    known = account is not None or request.purpose == "sign_up"
    by = requester(request.client, request.browser, request.language)
    _send(uow, request.purpose, mobile, account, "familiar" if familiar else "stranger", by, known=known)
    return _SENT


def send_recovery_code(uow: UnitOfWork, mobile: str | None, email: str | None, by: Requester) -> str:
    """Sends a code to the new address, and gives that as it is kept. Problems of :func:`contact_of` and of sending."""
    contact = contact_of(mobile, email)
    _send(uow, "recover", contact, None, "stranger", by, known=True)
    return contact


def contact_of(mobile: str | None, email: str | None) -> str:
    """The one address of the two that is given, as it is kept; an e-mail address has an ``@``.

    Problems ``mobile_invalid``, ``email_invalid``, ``recovery_contact_missing`` (none, or both).
    """
    if bool(mobile) == bool(email):
        raise Problem("recovery_contact_missing", errors=[FieldError("mobile", "recovery_contact_missing")])
    if mobile:
        return _mobile(mobile)
    try:
        return id_numbers.email(email or "")
    except id_numbers.NumberInvalid as error:
        raise Problem("email_invalid", errors=[FieldError("email", "email_invalid")]) from error


def send_email_code(uow: UnitOfWork, account: Account, address: str) -> OtpSent:
    """Sends the code that confirms an e-mail address, which may be another's: it is counted by itself too.

    Problems ``otp_resend_too_soon``, ``otp_too_many``.
    """
    _send(uow, "email", address, account, "email", own(account.account_id), known=True)
    return _SENT


def send_mobile_codes(uow: UnitOfWork, account: Account, current: str, mobile: str) -> OtpSent:
    """A code to the number in use and one to the number that is to take its place, which may be another's: that one is
    counted by itself too. Problems ``otp_resend_too_soon``, ``otp_too_many``."""
    _send(uow, "mobile", current, account, "account", own(account.account_id), known=True)
    _send(uow, "mobile", mobile, account, "email", own(account.account_id), known=True)
    return _SENT


def check_code(uow: UnitOfWork, purpose: Purpose, target: str, code: str, by: Requester) -> OneTimeCode:
    """The code's row, locked, when ``code`` is right; the caller uses it up with :func:`use_code` in the same step.

    Every code that was sent within its life counts (to sign: for this document or for any), so that nobody takes away
    the one that is being typed in by asking for another. A wrong code is counted even though the step is refused:
    against the codes asked for by the same requester, and apart from that against those of others. Problems:
    ``otp_wrong``, ``otp_too_many``, ``otp_expired`` (also for a wrong code where none was asked for). Call it before
    anything else is changed.
    """
    sent = store.open_codes(uow.session, purpose, target, by.name, uow.now())
    rows = [row for row in sent if by.counts is None or row.requester in by.counts]
    compared = [row for row in rows if row.state.left(by.name) > 0]
    for row in compared:
        if hmac.compare_digest(row.code_hash, _hash(uow, row.code_id, code.strip())):
            return row
    own = [row for row in rows if by.counts or row.requester == by.name]
    if compared:
        for row in compared:
            if row.requester == by.name:
                row.attempts += 1
            else:
                row.strange_attempts += 1
        uow.keep()
        uow.audit("otp.wrong", subject=rows[0].account_id or rows[0].code_id, purpose=purpose, compared=len(compared))
    if not own:  # whether others have asked for codes is not said
        raise Problem("otp_expired", errors=[FieldError("otp", "otp_expired")])
    left = max(row.state.left(by.name) for row in own)
    if left <= 0:
        raise _exhausted()
    raise Problem("otp_wrong", attempts_left=left, errors=[FieldError("otp", "otp_wrong", {"attempts_left": left})])


def _exhausted() -> Problem:
    return Problem("otp_too_many", minutes=1, errors=[FieldError("otp", "otp_too_many", {"minutes": 1})])


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


def _send(
    uow: UnitOfWork, purpose: Purpose, target: str, account: Account | None, lane: Lane, by: Requester, *, known: bool
) -> None:
    lock_name(uow.session, f"otp {target}")
    if store.was_sent(uow.session, purpose, target, uow.request_id, uow.now()):
        return  # the same request once more: its code is on the way
    _check_limits(uow, purpose, target, Asking(lane, by.name, by.networks, account.account_id if account else ""))
    code, code_id = new_code(), new_id("otp")
    store.add(
        uow.session,
        OneTimeCode(
            code_id=code_id,
            purpose=purpose,
            target=target,
            account_id=account.account_id if account else None,
            lane=lane,
            requester=by.name,
            # Without an account nothing can be unlocked: the row only keeps the limits and answers alike.
            code_hash=_hash(uow, code_id, code) if known else "none",
            sent_at=uow.now(),
            client=by.networks.own,
            near=by.networks.near,
            wide=by.networks.wide,
            request_id=uow.request_id,
        ),
    )
    if known:
        notices.send_code(uow, target, purpose, code, code_id, account, by.language)
    else:
        notices.send_text(uow, "sms", target, "otp_no_account", code_id, by.language)
    uow.audit("otp.send", subject=account.account_id if account else code_id, purpose=purpose, client=by.networks.own)


def _check_limits(uow: UnitOfWork, purpose: Purpose, target: str, by: Asking) -> None:
    """Only a requester's own last code makes them wait, and only requests of their own lane use its quotas up."""
    now, limits = uow.now(), otp_limits(uow.settings)
    sent = store.sent(uow.session, purpose, target, by, now)
    if sent.last_at and (seconds := seconds_until_resend(sent.last_at, sent.last_used, now)) > 0:
        raise Problem("otp_resend_too_soon", seconds=seconds)
    if minutes := minutes_to_wait(sent, by.lane, limits):
        raise Problem("otp_too_many", minutes=minutes)
    for span in half_used(sent, limits):
        if store.first_to_tell(uow.session, by.lane, span, now):
            used = sent.all_hour if span == "hour" else sent.all_day
            of = limits.all_hour if span == "hour" else limits.all_day
            _log.warning("codes_half_used", lane=by.lane, span=span, sent=used + 1, limit=of)


def _hash(uow: UnitOfWork, code_id: str, code: str) -> str:
    return vault(uow.settings).index("otp", f"{code_id}:{code}")
