"""An old account is parted from the account that it was joined to: it is again what it was before."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.identity import (
    LEGACY_ACCOUNT_UNLINKED,
    LEGACY_HISTORY_HELD,
    LegacyAccountUnlinked,
    LegacyHistoryHeld,
)

from identity.accounts.handlers import free_name
from identity.accounts.store import Account
from identity.legacy.model import facts_of
from identity.legacy.store import LegacyAccount
from identity.links.store import LegacyLink
from identity.links.taking_up import say_linked
from identity.sealing import vault


def part(uow: UnitOfWork, link: LegacyLink, old: LegacyAccount, account: Account, left: Account | None) -> None:
    """Undoes a link, with the row of the old account locked. ``left``: the account that has it again, which it had
    become before; None where it waits for its owner, as it did."""
    login = facts_of(old.record_id, old.facts, vault(uow.settings))["login"]
    link.undone_at, old.account_id = uow.now(), left.account_id if left else None
    uow.session.flush()
    if left is not None:
        left.account_name = free_name(uow, link.left_name)
        left.version += 1
    unlinked = LegacyAccountUnlinked(account_id=account.account_id, record_id=old.record_id, unlinked_at=uow.now())
    uow.emit(LEGACY_ACCOUNT_UNLINKED, unlinked)
    if left is not None:
        say_linked(uow, old.record_id, login, left)
    else:
        held_by_nobody = LegacyHistoryHeld(record_id=old.record_id, login=login, account_id=None, said_at=uow.now())
        uow.emit(LEGACY_HISTORY_HELD, held_by_nobody)
    uow.audit("account.unlink_legacy", subject=account.account_id, record_id=old.record_id)
