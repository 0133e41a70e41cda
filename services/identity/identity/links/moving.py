"""Old accounts go with the cases of an account that its owner could not get back, and come back with them."""

from __future__ import annotations

from collections.abc import Collection

from chassis.uow import UnitOfWork

from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import facts_of
from identity.links import store
from identity.links.taking_up import say_linked
from identity.sealing import vault


def move_links(uow: UnitOfWork, giving: Account, taking: Account, only: Collection[str] | None = None) -> list[str]:
    """What was joined to one account is joined to another from now on; the ids of these links.

    ``only``: of these, those that are still there; what was parted meanwhile stays parted.
    """
    moved = []
    for link, old in store.of_account(uow.session, giving.account_id):
        if only is not None and link.link_id not in only:
            continue
        held = legacy.lock(uow.session, old.record_id)
        if held is None or not store.holds(uow.session, giving.account_id, old.record_id):
            continue
        link.account_id = held.account_id = taking.account_id
        uow.session.flush()
        login = facts_of(held.record_id, held.facts, vault(uow.settings))["login"]
        say_linked(uow, held.record_id, login, taking)
        uow.audit("account.move_link", subject=taking.account_id, record_id=held.record_id)
        moved.append(link.link_id)
    return moved
