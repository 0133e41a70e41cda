"""Joining an old account to a new one by proof, seeing what is joined, undoing it."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    LEGACY_ACCOUNT_UNLINKED,
    LEGACY_HISTORY_HELD,
    LegacyAccountUnlinked,
    LegacyHistoryHeld,
    LegacyLinkRef,
    LegacyLinks,
    LegacyLinkView,
    LinkLegacyAccount,
)

from identity.accounts import store as accounts
from identity.accounts.handlers import free_name, own_account
from identity.accounts.passwords import hash_password
from identity.accounts.store import Account
from identity.attempts import handlers as attempts
from identity.legacy import store as legacy
from identity.legacy.model import OLD_HASH, facts_of
from identity.legacy.store import LegacyAccount
from identity.links import model, proof, store
from identity.links.store import LegacyLink
from identity.links.taking_up import say_linked
from identity.messages import notices
from identity.sealing import vault


def link_legacy_account(request: LinkLegacyAccount, uow: UnitOfWork) -> LegacyLinkView:
    """Joins an old account to a new one: the caller is signed in with one side and has the password of the other.

    Signed in with the new account, one gives the old name and password. Signed in with what the old account became, one
    gives those of the new account, and the old one is joined to that instead.

    Problems ``legacy_link_failed`` (whatever is wrong, after the same work: also when somebody else has joined it),
    ``sign_in_slowed``. Failures count as those of signing in do.
    """
    me = own_account(uow)
    meant = proof.meant_by(uow, request.login)
    attempt = attempts.admit(uow, meant.key, meant.first, request.client, request.device)
    found = proof.proven(uow, meant, request.password)
    joined = _join(uow, me, found)
    if joined is None:
        raise attempts.failed(uow, attempt, "legacy_link_failed")
    attempts.succeeded(uow, attempt)
    return joined


def _join(uow: UnitOfWork, me: Account, found: Account | LegacyAccount | None) -> LegacyLinkView | None:
    if isinstance(found, LegacyAccount):
        old = legacy.lock(uow.session, found.record_id)
        return _joined(uow, old, me, None) if old is not None and not old.joined else None
    if found is None or found.kind == "staff" or found is me:
        return None
    verified = found.password_hash
    if accounts.get(uow.session, found.account_id, lock=True) is None or found.password_hash != verified:
        return None  # the password was changed while this one was compared
    if found.standing != "open":
        return None
    # Signed in with one of the two sides, whichever: the one that was an old account gives it to the other.
    for giving, taking in ((me, found), (found, me)):
        if giving.from_old_system and (pairs := store.of_account(uow.session, giving.account_id)):
            old = legacy.lock(uow.session, pairs[0][1].record_id)
            if old is not None and store.holds(uow.session, giving.account_id, old.record_id):
                return _joined(uow, old, taking, giving)
    return None


def _joined(uow: UnitOfWork, old: LegacyAccount, account: Account, left: Account | None) -> LegacyLinkView:
    """The old hash is kept, wrapped, as long as the link can be undone."""
    seals, now = vault(uow.settings), uow.now()
    if old.sealed_password is not None:
        kept = seals.open(OLD_HASH, old.sealed_password, old.record_id).decode()
        old.sealed_password, old.password_hash = None, hash_password(kept)
    old.account_id = account.account_id
    login = facts_of(old.record_id, old.facts, seals)["login"]
    link = LegacyLink(
        link_id=new_id("lnk"),
        record_id=old.record_id,
        account_id=account.account_id,
        left_account_id=left.account_id if left else None,
        how="proven",
        carried=[],
        to_do=[],
        linked_at=now,
        undo_until=model.undo_until(now),
    )
    if left is not None:
        left.account_name, link.left_name = None, left.account_name
        left.version += 1
    uow.session.add(link)
    uow.session.flush()
    uow.audit("account.link_legacy", subject=account.account_id, record_id=old.record_id)
    say_linked(uow, old.record_id, login, account)
    _tell(uow, link, old, "legacy_account_linked", [account, left])
    return _view(link, login, uow)


def _tell(uow: UnitOfWork, link: LegacyLink, old: LegacyAccount, template: str, told: list[Account | None]) -> None:
    """Everybody concerned, and the address that the old account had: whoever reads there may know nothing of it."""
    event_id = f"{link.link_id}:{template}"
    for account in told:
        if account is not None:
            params = {"undo_until": link.undo_until or uow.now()}
            notices.notify(uow, account, template, f"{event_id}:{account.account_id}", params)
    facts = facts_of(old.record_id, old.facts, vault(uow.settings))
    if facts["email"] and uow.settings.sandbox:
        notices.send_text(uow, "email", facts["email"], f"{template}_elsewhere", event_id, "zh")


def list_legacy_links(request: Empty, uow: UnitOfWork) -> LegacyLinks:
    """The old accounts of the caller's account, with what came of each."""
    seals = vault(uow.settings)
    pairs = store.of_account(uow.session, uow.actor.signed_in_as)
    account = accounts.get(uow.session, uow.actor.signed_in_as) if pairs else None
    items = [
        _view(link, facts_of(old.record_id, old.facts, seals)["login"], uow).model_copy(
            update={"verified_elsewhere": account is not None and _verified_elsewhere(uow, account, link)}
        )
        for link, old in pairs
    ]
    return LegacyLinks(items=items)


def _verified_elsewhere(uow: UnitOfWork, account: Account, link: LegacyLink) -> bool:
    """Whether another account holds the verification of the identity that the old record brought. Nothing is said of a
    number that somebody has typed in since: that would tell strangers whose number is verified here."""
    number = "uscc" if account.kind == "organisation" else "id_number"
    brought = link.how == "signed_in" and number in link.carried and "verification" in link.to_do
    if not brought or account.verification == "approved":
        return False
    return accounts.verified_holder(uow.session, account) is not None


def _view(link: LegacyLink, login: str, uow: UnitOfWork) -> LegacyLinkView:
    open_ = link.undo_until is not None and uow.now() < link.undo_until
    facts = {
        "link_id": link.link_id,
        "login": login,
        "how": link.how,
        "linked_at": link.linked_at,
        "undo_until": link.undo_until if open_ else None,
        "carried": link.carried,
        "to_do": model.to_do_told(link.carried, link.to_do),
    }
    return LegacyLinkView.model_validate(facts)


def undo_legacy_link(request: LegacyLinkRef, uow: UnitOfWork) -> Empty:
    """Parts what was joined by proof, within its time: the old account is again what it was before.

    Problems ``legacy_link_unknown``, ``legacy_link_final`` (it was signed in with, or the time is over).
    """
    link, account = store.get(uow.session, request.link_id), own_account(uow)
    held = {pair[0].link_id: pair[1] for pair in store.of_account(uow.session, account.account_id)}
    if link is None or link.link_id not in held:
        raise Problem("legacy_link_unknown")
    if link.undo_until is None or uow.now() >= link.undo_until:
        raise Problem("legacy_link_final")
    old = legacy.lock(uow.session, link.record_id)
    if old is None:
        raise Problem("legacy_link_unknown")
    left = accounts.get(uow.session, link.left_account_id, lock=True) if link.left_account_id else None
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
    _tell(uow, link, old, "legacy_account_unlinked", [account, left])
    return Empty()


def forget_hashes(uow: UnitOfWork) -> int:
    """Sweeper: old hashes go when what they were kept for can no longer be undone."""
    return store.forget_hashes(uow.session, uow.now())
