"""Joining an old account to a new one by proof, and seeing what is joined."""

from __future__ import annotations

from chassis.access import is_self
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import LegacyLinks, LegacyLinkView, LinkLegacyAccount

from identity.accounts import store as accounts
from identity.accounts.handlers import own_account
from identity.accounts.store import Account
from identity.attempts import handlers as attempts
from identity.legacy.model import facts_of
from identity.links import joining, model, proof, store
from identity.links.joining import Pair
from identity.links.parting import tell
from identity.links.store import LegacyLink
from identity.links.taking_up import hold, say_linked
from identity.sealing import vault


def link_legacy_account(request: LinkLegacyAccount, uow: UnitOfWork) -> LegacyLinkView:
    """Joins an old account to a new one: the caller is signed in with one side and has the password of the other.

    Signed in with the new account, one gives the old name and password. Signed in with what the old account became, one
    gives those of the new account, and the old one is joined to that instead.

    Problems ``legacy_link_failed`` (whatever is wrong, after the same work: also when somebody else has joined it),
    ``sign_in_slowed``. Failures count as those of signing in do. With both passwords right those of
    :func:`identity.links.joining.obstacle`.
    """
    me = own_account(uow)
    meant = proof.meant_by(uow, request.login)
    attempt = attempts.admit(uow, meant.key, meant.first, request.client, request.device)
    found = proof.proven(uow, meant, request.password)
    pair = joining.pair_of(uow, me, found)
    if pair is None:
        raise attempts.failed(uow, attempt, "legacy_link_failed")
    problem = joining.obstacle(uow, pair, request.code)
    if problem is not None and problem.code == "legacy_link_code_wrong":
        attempts.failed(uow, attempt, problem.code)
        raise problem
    attempts.succeeded(uow, attempt)
    if problem is not None:
        uow.keep()
        raise problem
    return _joined(uow, pair)


def _joined(uow: UnitOfWork, pair: Pair) -> LegacyLinkView:
    """The old hash is kept, wrapped, as long as the link can be undone. Name and password of the account that the old
    one had become still open that. Its identity may be verified for the other one from now on."""
    seals, now, old, account, left = vault(uow.settings), uow.now(), pair.old, pair.taking, pair.left
    hold(old, account, seals, keep=True)
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
    if left is not None and left.verification == "approved":
        left.left_behind = True
        left.version += 1
    uow.session.add(link)
    uow.session.flush()
    uow.audit("account.link_legacy", subject=account.account_id, record_id=old.record_id)
    say_linked(uow, old.record_id, login, account)
    tell(uow, link, old, "legacy_account_linked", [account, left])
    return _view(link, login, uow)


def list_legacy_links(request: Empty, uow: UnitOfWork) -> LegacyLinks:
    """The old accounts of the caller's account, with what came of each; also those that it gave to another account, as
    long as that can be undone."""
    seals, me = vault(uow.settings), uow.actor.signed_in_as
    given = store.given_by(uow.session, me, uow.now())
    pairs = [*store.of_account(uow.session, me), *given]
    account = accounts.get(uow.session, me) if pairs else None
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
    open_ = link.how == "proven" and link.undo_until is not None and uow.now() < link.undo_until
    facts = {
        "link_id": link.link_id,
        "login": login,
        "how": link.how,
        "linked_at": link.linked_at,
        "undo_until": link.undo_until if open_ else None,
        "carried": link.carried,
        "to_do": model.to_do_told(link.carried, link.to_do),
        "given": is_self(uow.actor, link.left_account_id),
    }
    return LegacyLinkView.model_validate(facts)


def forget_hashes(uow: UnitOfWork) -> int:
    """Sweeper: old hashes go when what they were kept for can no longer be undone."""
    return store.forget_hashes(uow.session, uow.now())
