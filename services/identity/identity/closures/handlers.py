"""Asking to close one's account, taking it back, and the sweepers that carry it to the worker.

Each step is a state of its row, written with the account locked first: whoever dies between two steps leaves the one
that was reached, and the next round goes on from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, place
from contracts.base import Empty
from contracts.identity.closures import AskClosure, ClosureStatus, ClosureView
from contracts.ties import Tie

from identity.accounts import store as accounts
from identity.accounts.handlers import own_account
from identity.accounts.store import Account
from identity.closures import model, store
from identity.closures.model import Action
from identity.closures.store import AccountClosure
from identity.closures.ties import own_ties
from identity.messages import notices
from identity.otp import handlers as codes
from identity.otp.store import OneTimeCode
from identity.sessions import handlers as sessions
from identity.sessions.handlers import CLOCKS_APART
from identity.sessions.proving import prove_password
from identity.settings import ACCESS_LIFE, closing_days

AT_ONCE = 20


def get_closure(_request: Empty, uow: UnitOfWork) -> ClosureStatus:
    """The latest request of the account that signed in, and what identity has of it under way."""
    account = _may_close(own_account(uow))
    closure = store.latest(uow.session, account.account_id)
    return ClosureStatus(
        closure=_view(closure) if closure else None,
        ties=own_ties(uow, account.account_id),
        days=closing_days(),
        code=account.mobile is not None,
    )


def ask_closure(request: AskClosure, uow: UnitOfWork) -> ClosureView:
    """From now on it can be taken back for some days (``REGISTRY_CLOSING_DAYS``); then nobody signs in any more.

    Problems ``forbidden`` (staff), ``password_wrong``, ``sign_in_slowed``, ``otp_wrong``, ``otp_expired``,
    ``otp_too_many``, ``account_tied``, ``closure_under_way``.
    """
    _may_close(own_account(uow))
    code = _right_code(uow, own_account(uow).mobile, request.otp)
    account, _ = prove_password(uow, "password", request.password, request.client, request.device)
    if code is not None:
        codes.use_code(uow, code)
    closure = store.latest(uow.session, account.account_id)
    if closure is not None and closure.state in model.UNDER_WAY:
        raise Problem("closure_under_way", until=closure.waits_until.isoformat())
    if ties := own_ties(uow, account.account_id):
        raise Problem("account_tied", kinds=",".join(tie.kind for tie in ties))
    closure = AccountClosure(
        closure_id=new_id("clo"),
        account_id=account.account_id,
        asked_at=uow.now(),
        waits_until=model.last_day(uow.today(), closing_days()),
        ties=[],
    )
    act(uow, closure, account, "ask")
    event_id = f"{closure.closure_id}:asked"
    notices.notify(uow, account, "closure_asked", event_id, {"until": closure.waits_until})
    return _view(closure)


def _right_code(uow: UnitOfWork, mobile: str | None, otp: str) -> OneTimeCode | None:
    """None for an account of the old system without a mobile, which has its password alone."""
    if mobile is None:
        return None
    if not otp:
        raise Problem("otp_wrong", attempts_left=0, errors=[FieldError("otp", "missing")])
    return codes.check_code(uow, "close", mobile, otp, codes.own(uow.actor.signed_in_as))


def withdraw_closure(_request: Empty, uow: UnitOfWork) -> ClosureView:
    """Takes it back; said again, it is said once. Problem ``closure_not_waiting``: nothing waits."""
    account = own_account(uow, lock=True)
    closure = store.latest(uow.session, account.account_id)
    if closure is not None and closure.state == "withdrawn":
        return _view(closure)
    if closure is None or closure.state != "waiting":
        raise Problem("closure_not_waiting")
    act(uow, closure, account, "withdraw")
    notices.notify(uow, account, "closure_withdrawn", f"{closure.closure_id}:withdrawn", {})
    return _view(closure)


def lock_accounts(uow: UnitOfWork) -> int:
    """Sweeper: whose time to take it back is over is signed out everywhere, and signs in no more."""
    done = 0
    for found in _in_order(store.waited(uow.session, uow.today(), AT_ONCE)):
        account, closure = held(uow, found)
        if account is None or closure is None or closure.state != "waiting":
            continue
        sessions.end_all(uow, account.account_id, "account_closing")
        # A token that was issued just now lives so long, on a clock that may be off.
        closure.locked_until = uow.now() + ACCESS_LIFE + 2 * CLOCKS_APART
        act(uow, closure, account, "lock")
        done += 1
    return done


def check_accounts(uow: UnitOfWork) -> int:
    """Sweeper: nobody acts for the account any more, so the worker asks everybody what is under way."""
    done = 0
    for found in _in_order(store.quiet(uow.session, uow.now(), AT_ONCE)):
        account, closure = held(uow, found)
        if account is None or closure is None or closure.state != "locked":
            continue
        act(uow, closure, account, "check")
        place(uow, closure, Sender(Rank.OFFICE, account.account_id))
        done += 1
    return done


def _in_order(rows: Sequence[AccountClosure]) -> list[AccountClosure]:
    """In which everybody locks several accounts."""
    return sorted(rows, key=lambda row: row.account_id)


def held(uow: UnitOfWork, found: AccountClosure) -> tuple[Account | None, AccountClosure | None]:
    """Both locked, the account first, as everybody does who changes it."""
    account = accounts.get(uow.session, found.account_id, lock=True)
    return account, store.lock(uow.session, found.closure_id)


def act(uow: UnitOfWork, closure: AccountClosure, account: Account, action: Action) -> None:
    """The only place that writes the state of a request, with the standing of its account and the audit. Both are
    locked."""
    before = None if action == "ask" else closure.state
    after = model.TRANSITIONS.get((before, action))
    if after is None:
        raise Problem("closure_not_waiting")
    closure.state = after
    if after not in model.UNDER_WAY:
        closure.ended_at = uow.now()
    standing = model.STANDING.get(after, "open")
    if account.standing != standing:
        account.standing = standing
        account.version += 1
    uow.session.add(closure)
    uow.session.flush()
    uow.audit(f"account.closing_{action}", subject=account.account_id, closure_id=closure.closure_id)


def _may_close(account: Account) -> Account:
    """Members of staff are deactivated by their office, with what they have in hand."""
    if account.kind == "staff":
        raise Problem("forbidden")
    return account


def _view(closure: AccountClosure) -> ClosureView:
    return ClosureView(
        state=closure.state,
        asked_at=closure.asked_at,
        waits_until=closure.waits_until,
        ended_at=closure.ended_at,
        ties=[Tie.model_validate(tie) for tie in closure.ties],
    )
