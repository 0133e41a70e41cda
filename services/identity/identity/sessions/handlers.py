"""Sign-in, refresh, sign-out. Access tokens live fifteen minutes; refresh tokens are good once."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.access import is_self
from chassis.actor import Actor, issue_access_token
from chassis.cursors import after_moment, cursor
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.revocation import revoke
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    SESSION_REVOKED,
    ChangePassword,
    EndSession,
    RefreshSession,
    SessionList,
    SessionRevoked,
    SessionTokens,
    SessionView,
    SignIn,
)
from contracts.paging import Page

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.handlers import view
from identity.accounts.model import password_errors
from identity.accounts.passwords import hash_password, needs_rehash
from identity.accounts.store import Account
from identity.attempts import handlers as attempts
from identity.attempts.handlers import Attempt
from identity.legacy.store import LegacyAccount
from identity.links import proof
from identity.links.taking_up import take_up
from identity.messages import notices
from identity.otp import handlers as otp
from identity.sessions import model, store
from identity.sessions.proving import prove_by_code, prove_password
from identity.sessions.store import RefreshToken, SignInSession
from identity.settings import ACCESS_LIFE
from identity.staff import handlers as staff

CLOCKS_APART = timedelta(minutes=1)
"""Tokens are believed a little beyond their time; a revocation is remembered longer than that."""


def sign_in(request: SignIn, uow: UnitOfWork) -> SessionTokens:
    """Signs in with a login and a password (staff: and a TOTP code), or with a mobile number and a code.

    Problems: ``sign_in_failed`` (whatever of the two is wrong), ``sign_in_slowed`` (seconds) for who fails too often
    (:mod:`identity.attempts.model` says who, and for how long); ``totp_required``, ``totp_wrong``, ``totp_used``;
    ``otp_wrong``, ``otp_expired``, ``otp_too_many``. A login that nobody has is answered like one with a wrong
    password, after the same work, and slowed the same. ``account_closing``: who has proved that it is theirs signs in
    no more while it is being closed.

    The name of an old account that nobody has come for yet signs in, too, and becomes an account of this system by it.
    """
    if request.login and request.password:
        account, attempt = _by_password(request, uow)
        return _open(request, uow, account, "password", attempt if attempt.account is account else None)
    if request.mobile and request.otp:
        return _open(request, uow, _by_code(request, uow), "sms_code", None)
    raise Problem("sign_in_failed")


def _by_password(request: SignIn, uow: UnitOfWork) -> tuple[Account, Attempt]:
    password = request.password or ""
    meant = proof.meant_by(uow, request.login or "")
    attempt = attempts.admit(uow, meant.key, meant.first, request.client, request.device or "")
    found = proof.proven(uow, meant, password)
    if isinstance(found, LegacyAccount):
        found = take_up(uow, found, password)
    if found is None:
        raise attempts.failed(uow, attempt, "sign_in_failed")
    if found.kind == "staff" and not staff.check_totp(uow, found, request.totp):
        raise attempts.failed(uow, attempt, "totp_wrong")
    # A password that was changed while this one was compared opens nothing. (Failures are locked before accounts.)
    verified, account = found.password_hash, accounts.get(uow.session, found.account_id, lock=True)
    if account is None or account.password_hash != verified:
        raise attempts.failed(uow, attempt, "sign_in_failed")
    _require_open(account)
    attempts.succeeded(uow, attempt)
    if needs_rehash(account.password_hash, password):
        account.password_hash = hash_password(password)
    return account, attempt


def _by_code(request: SignIn, uow: UnitOfWork) -> Account:
    mobile = _mobile(request.mobile or "")
    if mobile is None:
        raise Problem("mobile_invalid")
    code = otp.check_code(uow, "sign_in", mobile, request.otp or "", otp.requester(request.client, request.browser))
    found = accounts.by_mobile(uow.session, mobile)
    # Locked: whoever closes accounts ends every session that was begun before.
    account = accounts.get(uow.session, found.account_id, lock=True) if found else None
    if account is None or account.kind == "staff" or account.mobile != mobile:
        raise Problem("sign_in_failed")
    _require_open(account)
    otp.use_code(uow, code)
    return account


def _require_open(account: Account) -> None:
    if account.standing != "open":
        raise Problem("account_closing")


def _mobile(text: str) -> str | None:
    try:
        return id_numbers.mobile(text)
    except id_numbers.NumberInvalid:
        return None


def _open(request: SignIn, uow: UnitOfWork, account: Account, method: str, attempt: Attempt | None) -> SessionTokens:
    now = uow.now()
    session = SignInSession(
        session_id=new_id("ses"),
        account_id=account.account_id,
        method=method,
        client=request.client,
        user_agent=request.user_agent,
        created_at=now,
        last_used_at=now,
        expires_at=now + model.limits_for(account.kind).total,
    )
    uow.session.add(session)
    uow.session.flush()
    uow.audit("session.open", subject=account.account_id, session_id=session.session_id, method=method)
    device = attempts.remember(uow, account, request, attempt)
    return _tokens(uow, account, session, _new_refresh_token(uow, account, session), device)


def refresh_session(request: RefreshSession, uow: UnitOfWork) -> SessionTokens:
    """A new access token and the next refresh token. Problem ``session_expired``.

    An old refresh token that comes again after the leeway ends the session: somebody else may hold it. The account is
    told. Where a page asked by itself, neither token outlives the one it is for: nobody came.
    """
    token = store.refresh_token(uow.session, model.token_hash(request.refresh_token))
    if token is None:
        raise Problem("session_expired")
    session = store.get(uow.session, token.session_id, lock=True)
    account = accounts.get(uow.session, session.account_id) if session else None
    if session is None or account is None:
        raise Problem("session_expired")
    state = model.RefreshState(
        expires_at=min(token.expires_at, session.expires_at),
        used_at=token.used_at,
        session_ended=session.ended_at is not None,
    )
    worth = state.worth(uow.now())
    if worth == "expired":
        raise Problem("session_expired")
    if worth == "stolen":
        uow.keep()
        _end(uow, session, "token_reused")
        notices.notify(uow, account, "session_compromised", f"{session.session_id}:token_reused", {})
        raise Problem("session_expired")
    until = token.expires_at if request.by_itself else None
    refresh = _new_refresh_token(uow, account, session, until)
    token.used_at = token.used_at or uow.now()
    if not request.by_itself:
        session.last_used_at = uow.now()
    return _tokens(uow, account, session, refresh, until=until)


def _new_refresh_token(uow: UnitOfWork, account: Account, session: SignInSession, until: datetime | None = None) -> str:
    token = model.new_refresh_token()
    expires = min(until or uow.now() + model.limits_for(account.kind).idle, session.expires_at)
    uow.session.add(RefreshToken(token_hash=model.token_hash(token), session_id=session.session_id, expires_at=expires))
    return token


def _tokens(
    uow: UnitOfWork,
    account: Account,
    session: SignInSession,
    refresh: str,
    device: str | None = None,
    *,
    until: datetime | None = None,
) -> SessionTokens:
    shown = view(uow, account)
    actor = Actor(
        account.account_id,
        shown.kind,
        frozenset(shown.roles),
        session.session_id,
        name=shown.name if shown.roles else "",
    )
    ttl = min(ACCESS_LIFE, min(until or session.expires_at, session.expires_at) - uow.now()).total_seconds()
    return SessionTokens(
        access_token=issue_access_token(uow.signer, actor, ttl),
        refresh_token=refresh,
        expires_in=int(ttl),
        account=shown,
        device_token=device,
    )


def end_session(request: EndSession, uow: UnitOfWork) -> Empty:
    """Ends the caller's own session, another one of theirs, or all. Problem ``not_found`` for anyone else's."""
    account_id = uow.actor.signed_in_as
    if request.everywhere:
        end_all(uow, account_id, "signed_out_everywhere")
        return Empty()
    session_id = request.session_id or uow.actor.session_id
    found = store.get(uow.session, session_id, lock=True) if session_id else None
    if found is None or not is_self(uow.actor, found.account_id):
        raise Problem("not_found")
    if found.ended_at is None:
        _end(uow, found, "signed_out")
    return Empty()


def end_all(uow: UnitOfWork, account_id: str, because: str) -> None:
    """Every session of the account: whoever goes on signs in again."""
    for session in store.lock_open_sessions(uow.session, account_id, uow.now()):
        _end(uow, session, because)


def end_one(uow: UnitOfWork, account_id: str, session_id: str, because: str) -> bool:
    """One session of the account; False if it has no such session that is open."""
    found = next(
        (row for row in store.lock_open_sessions(uow.session, account_id, uow.now()) if row.session_id == session_id),
        None,
    )
    if found is not None:
        _end(uow, found, because)
    return found is not None


def change_password(request: ChangePassword, uow: UnitOfWork) -> Empty:
    """Another password for the caller's account. Every other session of it ends, and its holder is told.

    Problems: ``password_wrong`` (the one in force; counted like a failed sign-in), ``sign_in_slowed``,
    ``password_weak``; with a code in place of it ``otp_wrong``, ``otp_expired``, ``otp_too_many``.
    """
    if request.otp:
        account, attempt = prove_by_code(uow, request.otp, request.client, request.device)
    else:
        account, attempt = prove_password(uow, "current", request.current, request.client, request.device)
    personal = tuple(value for value in (account.mobile, account.account_name, account.email) if value)
    if errors := password_errors("new", request.new, personal):
        raise Problem("password_weak", errors=errors)
    account.password_hash = hash_password(request.new)
    account.version += 1
    for session in store.lock_open_sessions(uow.session, account.account_id, uow.now()):
        if session.session_id != uow.actor.session_id:
            _end(uow, session, "password_changed")
    attempts.forget_others(uow, attempt)
    uow.audit("account.change_password", subject=account.account_id)
    notices.notify(uow, account, "password_changed", f"{account.account_id}:password:{uow.request_id}", {})
    return Empty()


def _end(uow: UnitOfWork, session: SignInSession, because: str) -> None:
    now = uow.now()
    session.ended_at, session.ended_because = now, because
    until = now + ACCESS_LIFE + CLOCKS_APART
    revoke(uow.session, session.session_id, until)
    uow.audit("session.end", subject=session.account_id, session_id=session.session_id, because=because)
    uow.emit(SESSION_REVOKED, SessionRevoked(session_id=session.session_id, until=until))


def list_sessions(request: Page, uow: UnitOfWork) -> SessionList:
    """The caller's open sessions, last used first. Problem ``request_invalid`` for a cursor that is none."""
    before = after_moment(request.cursor)
    rows = store.sessions_page(uow.session, uow.actor.signed_in_as, uow.now(), before, request.limit + 1)
    page = rows[: request.limit]
    return SessionList(
        items=[
            SessionView(
                session_id=row.session_id,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                client=row.client,
                user_agent=row.user_agent,
                current=row.session_id == uow.actor.session_id,
            )
            for row in page
        ],
        next_cursor=cursor(page[-1].last_used_at, page[-1].session_id) if len(rows) > request.limit else None,
    )


def forget_tokens(uow: UnitOfWork) -> int:
    """Sweeper: removes refresh tokens that matter no more."""
    return store.forget(uow.session, uow.now())
