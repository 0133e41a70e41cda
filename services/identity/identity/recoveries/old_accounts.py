"""An account of the old system that nobody could sign in with is given back (I-09, I-04).

It becomes an account of its owner, as by its first sign-in, or is joined to the one that they signed up anew. For a
while the office can put that back.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork

from identity.accounts.passwords import hash_password
from identity.accounts.store import Account
from identity.legacy.store import LegacyAccount
from identity.links import recovering
from identity.messages import notices
from identity.recoveries import cases
from identity.recoveries.behind import OldAccount, opened, record_of
from identity.recoveries.steps import act, is_taken, last_day, tell_contact
from identity.recoveries.store import Recovery
from identity.recoveries.telling import tell_elsewhere, tell_holder
from identity.sessions import handlers as sessions
from identity.settings import return_days


def apply(uow: UnitOfWork, recovery: Recovery, new: Account | None) -> None:
    """Wholly or not at all: it fails where somebody has come for the old account, or its import was undone."""
    old = recovering.waiting(uow, recovery.legacy_record or "")
    if old is None or not _still_fits(uow, recovery, opened(uow, old), new):
        act(uow, recovery, "fail")
        tell_contact(uow, recovery, "recovery_old_failed")
        return
    before, until = opened(uow, old), uow.now() + timedelta(days=return_days() + 2)
    if new is not None:
        _join(uow, recovery, old, new, until)
        kept: Any = last_day(recovery) or uow.today()
        tell_elsewhere(uow, recovery, before, "recovery_cases_done_old", "cases_old", until=kept)
        return
    account = recovering.give_back(uow, old, until)
    account.mobile, recovery.account_id = recovery.contact, account.account_id
    account.version += 1
    act(uow, recovery, "apply")
    notices.notify(uow, account, "recovery_old_done", f"{recovery.recovery_id}:done", {"receipt": recovery.receipt})
    kind: Any = recovery.contact_kind
    tell_elsewhere(uow, recovery, before, "recovery_done_elsewhere", "done_elsewhere", contact_kind=kind)


def _still_fits(uow: UnitOfWork, recovery: Recovery, old: OldAccount, new: Account | None) -> bool:
    if recovery.outcome == "cases_moved":
        return new is not None and new.standing == "open" and cases.agreement(uow, old, new) == "same"
    return not is_taken(uow, recovery, recovery.contact)


def _join(uow: UnitOfWork, recovery: Recovery, old: LegacyAccount, new: Account, until: datetime) -> None:
    recovering.join(uow, old, new, until)
    act(uow, recovery, "apply")
    told: Any = {"receipt": recovery.receipt, "until": last_day(recovery) or uow.today()}
    notices.notify(uow, new, "recovery_cases_done", f"{recovery.recovery_id}:cases", told)


def put_back(uow: UnitOfWork, recovery: Recovery, made: Account | None, new: Account | None) -> None:
    """The old account waits for its owner again, who signs in with its old password or asks for it. What it had become
    stays without its history, and nobody signs in with it: its cases of that time are there for the office.

    Problem ``recovery_return_impossible``: the account was closed, or the old one is gone.
    """
    closed = made is not None and made.standing == "closed"
    if closed or not recovering.put_back(uow, recovery.legacy_record or ""):
        raise Problem("recovery_return_impossible")
    if made is not None:
        made.mobile = made.email = made.email_confirmed_at = made.account_name = None
        made.password_hash, made.left_behind = hash_password(secrets.token_urlsafe(32)), True
        made.version += 1
        sessions.end_all(uow, made.account_id, "account_recovered")
        tell_contact(uow, recovery, "recovery_returned")
    elif new is not None:
        told = {"receipt": recovery.receipt}
        notices.notify(uow, new, "recovery_returned", f"{recovery.recovery_id}:returned:new", told)
    act(uow, recovery, "put_back")
    old = record_of(uow, recovery.legacy_record or "")
    if old is not None:
        tell_holder(uow, recovery, old, "recovery_returned", "returned")
