"""A join is undone: by the account that has the old one now, by the one that it had become, or by the code that went to
the old account's address."""

from __future__ import annotations

from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    LEGACY_ACCOUNT_UNLINKED,
    LEGACY_HISTORY_HELD,
    LegacyAccountUnlinked,
    LegacyHistoryHeld,
    LegacyLinkRef,
)
from contracts.identity.joins import UndoLinkByCode

from identity.accounts import store as accounts
from identity.accounts.handlers import free_name, own_account
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import LOGIN, facts_of
from identity.legacy.store import LegacyAccount
from identity.links import store
from identity.links.store import LegacyLink
from identity.links.taking_up import say_linked
from identity.messages import notices
from identity.recoveries import model as codes
from identity.sealing import vault
from identity.verification import deciding

_UNDO = "legacy-link-undo"


def undo_legacy_link(request: LegacyLinkRef, uow: UnitOfWork) -> Empty:
    """Parts what was joined by proof, within its time: the old account is again what it was before. Whoever had signed
    in with the old one can do it as well as who has it now.

    Problems ``legacy_link_unknown``, ``legacy_link_final`` (it was signed in with, or the time is over).
    """
    own_account(uow)
    link = store.get(uow.session, request.link_id)
    if link is None or link.undone_at is not None or not is_self(uow.actor, link.account_id, link.left_account_id):
        raise Problem("legacy_link_unknown")
    _part(uow, link)
    return Empty()


def undo_link_by_code(request: UndoLinkByCode, uow: UnitOfWork) -> Empty:
    """The same by whoever reads at the address that the old account had; said twice, it is said once.

    Problems ``legacy_undo_wrong`` (whatever of the two is wrong), ``legacy_link_final``.
    """
    old = legacy.by_login(uow.session, vault(uow.settings).index(LOGIN, request.login))
    link = store.last_proven(uow.session, old.record_id) if old is not None else None
    expected = undo_code(uow, link.link_id if link else "none")
    if not codes.same_code(request.code, expected) or link is None:
        raise Problem("legacy_undo_wrong", errors=[FieldError("code", "legacy_undo_wrong")])
    if link.undone_at is None:
        _part(uow, link)
    return Empty()


def undo_code(uow: UnitOfWork, link_id: str) -> str:
    """Kept nowhere; made again when it comes back."""
    return codes.code_of(vault(uow.settings).index(_UNDO, link_id))


def _part(uow: UnitOfWork, link: LegacyLink) -> None:
    if link.how != "proven" or link.undo_until is None or uow.now() >= link.undo_until:
        raise Problem("legacy_link_final")
    holder = accounts.get(uow.session, link.account_id)
    left = accounts.get(uow.session, link.left_account_id, lock=True) if link.left_account_id else None
    old = legacy.lock(uow.session, link.record_id)  # accounts before their records, as a join does
    if old is None or not store.holds(uow.session, link.account_id, old.record_id):
        raise Problem("legacy_link_unknown")
    part(uow, link, old, left)
    tell(uow, link, old, "legacy_account_unlinked", [holder, left])


def part(uow: UnitOfWork, link: LegacyLink, old: LegacyAccount, left: Account | None) -> None:
    """Undoes a link, with the row of the old account locked. ``left``: the account that has it again, which it had
    become before; None where it waits for its owner, as it did."""
    login = facts_of(old.record_id, old.facts, vault(uow.settings))["login"]
    link.undone_at, old.account_id = uow.now(), left.account_id if left else None
    uow.session.flush()
    if left is not None:
        _give_back(uow, link, left)
    unlinked = LegacyAccountUnlinked(account_id=link.account_id, record_id=old.record_id, unlinked_at=uow.now())
    uow.emit(LEGACY_ACCOUNT_UNLINKED, unlinked)
    if left is not None:
        say_linked(uow, old.record_id, login, left)
    else:
        held_by_nobody = LegacyHistoryHeld(record_id=old.record_id, login=login, account_id=None, said_at=uow.now())
        uow.emit(LEGACY_HISTORY_HELD, held_by_nobody)
    uow.audit("account.unlink_legacy", subject=link.account_id, record_id=old.record_id)


def _give_back(uow: UnitOfWork, link: LegacyLink, left: Account) -> None:
    """The name that joins took away once, and its identity, unless that was verified for the other account since."""
    if link.left_name and left.account_name is None:
        left.account_name = free_name(uow, link.left_name)
    if left.left_behind:
        deciding.lock_identity(uow, left)
        left.left_behind = accounts.verified_holder(uow.session, left) is not None
    left.version += 1
    uow.session.flush()


def tell(uow: UnitOfWork, link: LegacyLink, old: LegacyAccount, template: str, told: list[Account | None]) -> None:
    """Everybody concerned, and the address that the old account had: whoever reads there may know nothing of it, and
    undoes it by the code."""
    event_id = f"{link.link_id}:{template}"
    until = link.undo_until or uow.now()
    for account in told:
        if account is not None:
            notices.notify(uow, account, template, f"{event_id}:{account.account_id}", {"undo_until": until})
    facts = facts_of(old.record_id, old.facts, vault(uow.settings))
    if not facts["email"] or not notices.reaches_people(uow):
        return
    words = {"login": facts["login"], "undo_until": until, "code": undo_code(uow, link.link_id)}
    more = words if template == "legacy_account_linked" else {}
    notices.send_text(uow, "email", facts["email"], f"{template}_elsewhere", event_id, "zh", sealed=bool(more), **more)
