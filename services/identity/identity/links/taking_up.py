"""An old account becomes a full account in the moment in which its owner signs in with it."""

from __future__ import annotations

from datetime import datetime

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.identity import (
    ACCOUNT_REGISTERED,
    LEGACY_ACCOUNT_LINKED,
    LEGACY_HISTORY_HELD,
    AccountRegistered,
    LegacyAccountLinked,
    LegacyHistoryHeld,
)

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.handlers import free_name
from identity.accounts.passwords import hash_password, verify_password
from identity.accounts.store import ID_NUMBER, Account
from identity.legacy import store as legacy
from identity.legacy.model import OLD_HASH, facts_of
from identity.legacy.store import LegacyAccount
from identity.links.model import Brought, brought_by
from identity.links.store import LegacyLink
from identity.messages import notices
from identity.sealing import Vault, vault
from identity.verification.carrying_over import carry_over


def take_up(uow: UnitOfWork, found: LegacyAccount, password: str) -> Account | None:
    """The new account, in the caller's transaction; None when the old one went or got another password meanwhile.

    Of two who sign in with it at the same time the second finds the account that the first has made. From then on the
    password is kept as argon2id of itself, and the old hash nowhere.
    """
    old = legacy.lock(uow.session, found.record_id)
    if old is None:
        return None
    if old.account_id:
        made = accounts.get(uow.session, old.account_id, lock=True)
        return made if made and verify_password(made.password_hash, password) else None
    account = become_account(uow, old, password)
    notices.notify(uow, account, "legacy_account_taken_up", f"{account.account_id}:taken_up", {})
    return account


def become_account(uow: UnitOfWork, old: LegacyAccount, password: str, undo_until: datetime | None = None) -> Account:
    """The account that an old one, which is locked, becomes. ``undo_until``: it was given back by the office, to who
    does not know its password (``password`` is nobody's); till then the old one is kept, to be put back."""
    facts = facts_of(old.record_id, old.facts, vault(uow.settings))
    brought = brought_by(facts, password, uow.today())
    if undo_until is not None and "password" not in brought.to_do:
        brought.to_do.append("password")
    account = _account(uow, brought, password)
    uow.session.add(account)
    uow.session.flush()
    hold(old, account, vault(uow.settings), keep=undo_until is not None)
    uow.session.flush()
    uow.audit("account.take_up_legacy", subject=account.account_id, record_id=old.record_id)
    registered = AccountRegistered(account_id=account.account_id, kind=brought.kind, registered_at=account.created_at)
    uow.emit(ACCOUNT_REGISTERED, registered)
    _carry_verification(uow, account, old, facts, brought)
    uow.session.add(
        LegacyLink(
            link_id=new_id("lnk"),
            record_id=old.record_id,
            account_id=account.account_id,
            how="signed_in" if undo_until is None else "recovered",
            carried=brought.carried,
            to_do=brought.to_do,
            linked_at=uow.now(),
            undo_until=undo_until,
        )
    )
    say_linked(uow, old.record_id, facts["login"], account)
    return account


def hold(old: LegacyAccount, account: Account, seals: Vault, *, keep: bool) -> None:
    """The old account is this one's from now on. ``keep``: its hash, wrapped, for as long as that can be undone."""
    if keep and old.sealed_password is not None:
        old.password_hash = hash_password(seals.open(OLD_HASH, old.sealed_password, old.record_id).decode())
    elif not keep:
        old.password_hash = None
    old.sealed_password, old.account_id = None, account.account_id


def _account(uow: UnitOfWork, brought: Brought, password: str) -> Account:
    account_id, keys = new_id("acc"), vault(uow.settings)
    number = brought.id_number
    return Account(
        account_id=account_id,
        kind=brought.kind,
        name=brought.name,
        organisation_name=brought.organisation_name,
        account_name=free_name(uow, brought.account_name),
        email=brought.email,
        id_type=brought.id_type,
        sealed_id_number=keys.seal(ID_NUMBER, number.encode(), account_id) if number else None,
        id_index=keys.index(ID_NUMBER, number) if number else None,
        masked_id_number=id_numbers.mask(number) if number else None,
        uscc=brought.uscc,
        password_hash=hash_password(password),
        from_old_system=True,
        verification="none",
        language="zh",
        created_at=uow.now(),
        version=1,
    )


def _carry_verification(
    uow: UnitOfWork, account: Account, old: LegacyAccount, facts: dict[str, str], brought: Brought
) -> None:
    """Where the old system had checked the identity, all of it is there, and nobody else claims it."""
    sound = facts["verification"] == "approved" and brought.complete and not legacy.others_with(uow.session, old)
    if sound and carry_over(uow, account):
        brought.carried.append("verification")
    else:
        brought.to_do.append("verification")


def say_linked(uow: UnitOfWork, record_id: str, login: str, account: Account) -> None:
    """Tells the bridge and whoever listens, and the archive, which knows the old name only."""
    linked = LegacyAccountLinked(account_id=account.account_id, record_id=record_id, linked_at=uow.now())
    uow.emit(LEGACY_ACCOUNT_LINKED, linked)
    held = LegacyHistoryHeld(record_id=record_id, login=login, account_id=account.account_id, said_at=uow.now())
    uow.emit(LEGACY_HISTORY_HELD, held)
