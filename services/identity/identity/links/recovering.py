"""Old accounts that the office gives back to owners who cannot sign in with them: nothing here asks for a password."""

from __future__ import annotations

import secrets
from datetime import datetime

from chassis.ids import new_id
from chassis.uow import UnitOfWork

from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import facts_of
from identity.legacy.store import LegacyAccount
from identity.links import store
from identity.links.parting import part
from identity.links.store import LegacyLink
from identity.links.taking_up import become_account, hold, say_linked
from identity.sealing import vault


def waiting(uow: UnitOfWork, record_id: str) -> LegacyAccount | None:
    """The old account, locked; None when somebody has come for it, or its import was undone."""
    old = legacy.lock(uow.session, record_id)
    return old if old is not None and not old.joined else None


def give_back(uow: UnitOfWork, old: LegacyAccount, until: datetime) -> Account:
    """The account that the old one becomes, as by its first sign-in, but with a password that nobody knows. ``until``:
    so long it can be put back."""
    return become_account(uow, old, secrets.token_urlsafe(32), undo_until=until)


def join(uow: UnitOfWork, old: LegacyAccount, account: Account, until: datetime) -> None:
    """The old account is joined to one that its owner has signed up anew."""
    hold(old, account, vault(uow.settings), keep=True)
    uow.session.add(
        LegacyLink(
            link_id=new_id("lnk"),
            record_id=old.record_id,
            account_id=account.account_id,
            how="recovered",
            carried=[],
            to_do=[],
            linked_at=uow.now(),
            undo_until=until,
        )
    )
    uow.session.flush()
    uow.audit("account.link_legacy", subject=account.account_id, record_id=old.record_id)
    say_linked(uow, old.record_id, facts_of(old.record_id, old.facts, vault(uow.settings))["login"], account)


def put_back(uow: UnitOfWork, record_id: str) -> bool:
    """The old account waits for its owner again, whoever it was joined to since; whether it is still there and somebody
    has it. Its old password, if it came with one, opens it as before."""
    old = legacy.lock(uow.session, record_id)
    holder = accounts.get(uow.session, old.account_id) if old is not None and old.account_id else None
    if old is None or holder is None or old.password_hash is None:
        return False
    links = [link for link, one in store.of_account(uow.session, holder.account_id) if one.record_id == record_id]
    if not links:
        return False
    part(uow, links[0], old, None)
    return True
