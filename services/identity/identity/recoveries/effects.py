"""What was granted takes effect once the time to object is over, and can be put back for a while (I-09)."""

from __future__ import annotations

from typing import Any

from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.identity import (
    ACCOUNT_CASES_MOVED,
    ACCOUNT_CASES_RETURNED,
    AccountCasesMoved,
    AccountCasesReturned,
)

from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.links.moving import move_links
from identity.messages import notices
from identity.recoveries import cases, old_accounts, store
from identity.recoveries.behind import Behind
from identity.recoveries.steps import act, is_taken, keep_out_parties, last_day, tell_contact, tell_office
from identity.recoveries.store import Recovery
from identity.recoveries.telling import tell_elsewhere, tell_holder
from identity.sessions import handlers as sessions


def apply_recoveries(uow: UnitOfWork) -> int:
    """Sweeper: one change that nobody objected to in time takes effect, wholly or not at all.

    Every session ends where an address changes, so that whoever goes on signs in anew. An address that became
    another's meanwhile is not taken from there: the change fails, and who asked is told. So does a move of cases
    between accounts that no longer agree.
    """
    recovery = store.unopposed(uow.session, uow.today())
    if recovery is None:
        return 0
    old, new = _locked(uow, recovery)
    if recovery.legacy_record and not recovery.account_id:
        old_accounts.apply(uow, recovery, new)
    elif recovery.outcome == "cases_moved":
        _move_cases(uow, recovery, old, new)
    elif old is None or old.standing != "open" or is_taken(uow, recovery, recovery.contact):
        act(uow, recovery, "fail")
        tell_contact(uow, recovery, "recovery_failed")
    else:
        _change_address(uow, recovery, old)
    return 1


def _locked(uow: UnitOfWork, recovery: Recovery) -> tuple[Account | None, Account | None]:
    """The account and the one that gets its cases, locked in one order whoever comes."""
    names = sorted(name for name in (recovery.account_id, recovery.new_account_id) if name)
    held = {name: accounts.get(uow.session, name, lock=True) for name in names}
    return held.get(recovery.account_id or ""), held.get(recovery.new_account_id or "")


def _change_address(uow: UnitOfWork, recovery: Recovery, account: Account) -> None:
    event_id = f"{recovery.recovery_id}:done"
    old = account.mobile if recovery.contact_kind == "mobile" else account.email if account.email_confirmed_at else None
    recovery.previous = old
    params: dict[str, Any] = {"receipt": recovery.receipt, "contact_kind": recovery.contact_kind}
    if old:
        channel = notices.channel_to(old)
        notices.send_text(uow, channel, old, "recovery_done_old", f"{event_id}:old", account.language, **params)
    _set_address(uow, recovery, account, recovery.contact)
    act(uow, recovery, "apply")
    sessions.end_all(uow, account.account_id, "account_recovered")
    notices.notify(uow, account, "recovery_done", event_id, params)
    kind: Any = recovery.contact_kind
    tell_elsewhere(uow, recovery, account, "recovery_done_elsewhere", "done_elsewhere", contact_kind=kind)


def _set_address(uow: UnitOfWork, recovery: Recovery, account: Account, address: str | None) -> None:
    if recovery.contact_kind == "mobile":
        account.mobile = address
    else:
        account.email, account.email_confirmed_at = address, uow.now() if address else None
    account.version += 1


def _move_cases(uow: UnitOfWork, recovery: Recovery, old: Account | None, new: Account | None) -> None:
    if old is None or new is None or cases.agreement(uow, old, new) != "same":
        act(uow, recovery, "fail")
        tell_contact(uow, recovery, "recovery_cases_failed")
        return
    recovery.moved_links = move_links(uow, old, new)
    act(uow, recovery, "apply")
    moved = AccountCasesMoved(
        move_id=recovery.recovery_id,
        account_id=new.account_id,
        from_account_id=old.account_id,
        moved_at=uow.now(),
    )
    uow.emit(ACCOUNT_CASES_MOVED, moved)
    until: Any = last_day(recovery) or uow.today()
    params = {"receipt": recovery.receipt, "until": until}
    notices.notify(uow, new, "recovery_cases_done", f"{recovery.recovery_id}:cases", params)
    tell_holder(uow, recovery, old, "recovery_cases_done_old", "cases_old", until=until)


def ask_to_put_back(uow: UnitOfWork, recovery: Recovery, account: Behind | None, why: str) -> None:
    """One of the office wants back what was before and says why, a colleague agrees, and so it is.

    Problems ``recovery_decided``, ``recovery_return_late``, ``forbidden``, ``recovery_why_required``,
    ``recovery_same_person``, ``recovery_return_impossible``.
    """
    day = last_day(recovery)
    if day is None:
        raise Problem("recovery_decided")
    if uow.today() > day:
        raise Problem("recovery_return_late")
    keep_out_parties(uow, recovery, account)
    if recovery.return_asked_by is None:
        if not why:
            raise Problem("recovery_why_required", errors=[FieldError("why", "recovery_why_required")])
        recovery.return_asked_by, recovery.return_asked_at, recovery.return_why = uow.actor.subject, uow.now(), why
        uow.audit("recovery.ask_to_put_back", subject=recovery.recovery_id)
        tell_office(uow, recovery, "recovery_return_asked", "return_asked")
        uow.session.flush()
    elif is_self(uow.actor, recovery.return_asked_by):
        raise Problem("recovery_same_person")
    else:
        recovery.return_agreed_by = uow.actor.subject
        put_back(uow, recovery)


def stop(uow: UnitOfWork, recovery: Recovery, account: Behind | None, why: str) -> None:
    """One of the office has heard of a mistake while objections are heard: nothing is changed, and both sides are told.

    Problems ``recovery_decided`` (it does not wait), ``forbidden``, ``recovery_why_required``.
    """
    if recovery.state != "waiting":
        raise Problem("recovery_decided")
    keep_out_parties(uow, recovery, account)
    if not why.strip():
        raise Problem("recovery_why_required", errors=[FieldError("why", "recovery_why_required")])
    recovery.stopped_by, recovery.stopped_why = uow.actor.subject, why
    act(uow, recovery, "stop")
    tell_contact(uow, recovery, "recovery_stopped")
    if account is not None:
        tell_holder(uow, recovery, account, "recovery_halted", "halted")


def may_put_back_alone(uow: UnitOfWork, recovery: Recovery) -> bool:
    """Whether a late objection moves cases back by itself: in time, and nothing was done with them yet."""
    day = last_day(recovery)
    return recovery.outcome == "cases_moved" and recovery.used_at is None and day is not None and uow.today() <= day


def put_back(uow: UnitOfWork, recovery: Recovery) -> None:
    """Everything is again as it was before, and both sides are told. What was done meanwhile stays done.

    Problem ``recovery_return_impossible``: the address was changed again, the earlier one is another account's now, or
    the account was closed.
    """
    old, new = _locked(uow, recovery)
    if recovery.legacy_record:
        old_accounts.put_back(uow, recovery, old, new)
        return
    if old is None or old.standing == "closed":
        raise Problem("recovery_return_impossible")
    if recovery.outcome == "cases_moved" and new is not None:
        move_links(uow, new, old, recovery.moved_links)
        returned = AccountCasesReturned(
            move_id=recovery.recovery_id,
            account_id=old.account_id,
            from_account_id=new.account_id,
            returned_at=uow.now(),
        )
        uow.emit(ACCOUNT_CASES_RETURNED, returned)
        told = {"receipt": recovery.receipt}
        notices.notify(uow, new, "recovery_returned", f"{recovery.recovery_id}:returned:new", told)
    else:
        current = old.mobile if recovery.contact_kind == "mobile" else old.email
        previous = recovery.previous
        if current != recovery.contact or (previous and is_taken(uow, recovery, previous)):
            raise Problem("recovery_return_impossible")
        _set_address(uow, recovery, old, previous)
        sessions.end_all(uow, old.account_id, "account_recovered")
        tell_contact(uow, recovery, "recovery_returned")
    act(uow, recovery, "put_back")
    tell_holder(uow, recovery, old, "recovery_returned", "returned")
