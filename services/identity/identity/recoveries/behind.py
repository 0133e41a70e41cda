"""Whose the number of a request is: an account, or one of the old system that nobody has come for (I-09).

An old account cannot be signed in with where its password is lost, or did not come with it. It is looked for by the
same number, compared by what the old system kept of it, and warned where that could reach its holder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.uow import UnitOfWork
from contracts.identity.events import RECOVERY_NUMBER_ASKED, RecoveryNumberAsked

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.id_numbers import NumberInvalid
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import facts_of
from identity.legacy.store import LegacyAccount
from identity.links import store as links
from identity.messages import notices
from identity.numbers import store as numbers
from identity.recoveries import model
from identity.recoveries.store import Recovery
from identity.sealing import vault


@dataclass(frozen=True)
class OldAccount:
    """An account of the old system, as that kept it. ``code``: of an organisation, a credit code or what came before
    it. ``verified``: the old system had checked the identity."""

    record_id: str
    kind: str
    name: str
    organisation_name: str
    mobile: str
    email: str
    id_number: str
    id_index: str | None
    code: str
    verified: bool
    registered_on: date | None


Behind = Account | OldAccount


def behind(uow: UnitOfWork, recovery: Recovery) -> Behind | None:
    """As it was found when the outcome was proposed, else as it is known now. An old account that somebody has come for
    before it was given back is the account that has it."""
    if recovery.account_id:
        return accounts.get(uow.session, recovery.account_id)
    row = legacy.get(uow.session, recovery.legacy_record) if recovery.legacy_record else None
    if row is None:
        return _by_number(uow, recovery.number)
    undecided = recovery.state in (*model.UNDER_WAY, "advised")
    return accounts.get(uow.session, row.account_id) if row.account_id and undecided else opened(uow, row)


def _by_number(uow: UnitOfWork, number: str) -> Behind | None:
    account_id = numbers.holder(uow.session, number)
    if account_id:
        return accounts.get(uow.session, account_id)
    record_id = numbers.old_accounts(uow.session, [numbers.spelled(number)]).get(numbers.spelled(number))
    row = legacy.get(uow.session, record_id) if record_id else None
    return opened(uow, row) if row is not None else None


def ask_whose(uow: UnitOfWork, recovery: Recovery) -> None:
    """The register of the old system is not kept here: who keeps it says whose this number was. Nobody waits for it."""
    asked = RecoveryNumberAsked(recovery_id=recovery.recovery_id, number=recovery.number, asked_at=uow.now())
    uow.emit(RECOVERY_NUMBER_ASKED, asked)


def key_of(account: Behind) -> str:
    """What names it: an account's id, or an old account's record."""
    return account.record_id if isinstance(account, OldAccount) else account.account_id


def note(recovery: Recovery, account: Behind | None) -> None:
    """Whose it was found to be, from now on."""
    old = isinstance(account, OldAccount)
    recovery.legacy_record = account.record_id if isinstance(account, OldAccount) else None
    recovery.account_id = None if old or account is None else key_of(account)


def elsewhere(uow: UnitOfWork, account: Behind) -> list[str]:
    """Where its holder could be reached besides the addresses that messages of the account go to: those of its records
    of the old system, and one that was entered and never confirmed. Nobody signs in by them; a warning is due there."""
    if isinstance(account, OldAccount):
        return _valid([account.mobile, account.email])
    known = [account.email or ""]
    for _, old in links.of_account(uow.session, account.account_id):
        facts = facts_of(old.record_id, old.facts, vault(uow.settings))
        known += [facts["mobile"], facts["email"]]
    reached = notices.reached_by(account).values()
    return [address for address in _valid(known) if address not in reached]


def _valid(addresses: list[str]) -> list[str]:
    found = dict.fromkeys(_as_kept(address) for address in addresses if address)
    return sorted(address for address in found if address)


def _as_kept(address: str) -> str:
    try:
        return id_numbers.email(address) if "@" in address else id_numbers.mobile(address)
    except NumberInvalid:
        return ""


def record_of(uow: UnitOfWork, record_id: str) -> OldAccount | None:
    """An old account, whoever has it."""
    row = legacy.get(uow.session, record_id)
    return opened(uow, row) if row is not None else None


def opened(uow: UnitOfWork, row: LegacyAccount) -> OldAccount:
    """What its record says."""
    facts = facts_of(row.record_id, row.facts, vault(uow.settings))
    return OldAccount(
        record_id=row.record_id,
        kind=facts["kind"],
        name=facts["name"],
        organisation_name=facts["organisation_name"],
        mobile=facts["mobile"],
        email=facts["email"],
        id_number=facts["id_number"],
        id_index=row.id_index,
        code=facts["organisation_code"],
        verified=facts["verification"] == "approved",
        registered_on=date.fromisoformat(facts["registered_on"]) if facts["registered_on"] else None,
    )
