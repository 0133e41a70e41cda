"""By what two accounts are known to be of the same person or organisation, once one of them knows nothing else any
more."""

from __future__ import annotations

from chassis.settings import Settings

from identity.accounts.store import Account
from identity.sealing import vault

ORGANISATION = "verified-organisation"


def proof_of(settings: Settings, account: Account) -> str | None:
    """A keyed hash of the account's ID number, of an organisation of its credit code; None where there is none."""
    if account.kind == "organisation":
        return vault(settings).index(ORGANISATION, account.uscc) if account.uscc else None
    return account.id_index
