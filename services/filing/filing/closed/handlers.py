"""A closed account's copy of its identity, its drafts and its checks go; what was filed stays."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.identity.events import AccountClosed

from filing.closed import store
from filing.drafts.discarding import forget_draft

AT_ONCE = 50
"""Drafts of one transaction."""


def note_closed(closed: AccountClosed, uow: UnitOfWork) -> None:
    """From now on a verified identity that comes late is nobody's."""
    store.lock_identity(uow.session, closed.account_id)
    store.note(uow.session, closed.account_id, closed.closed_at)
    uow.audit("account.note_closed", subject=closed.account_id)


def clear_closed(uow: UnitOfWork) -> int:
    """Sweeper: some drafts of one closed account. Who dies has deleted none of them, or all of them and said so."""
    account = store.next_uncleared(uow.session)
    if account is None:
        return 0
    drafts = store.drafts_left(uow.session, account.account_id, AT_ONCE)
    for case in drafts:
        forget_draft(uow, case)
    if len(drafts) < AT_ONCE:
        store.forget_checks(uow.session, account.account_id)
        account.cleared_at = uow.now()
    return max(len(drafts), 1)
