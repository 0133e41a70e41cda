"""Who a login and a password are of: an account here, or one of the old system that nobody has come for yet.

A login may be several people's: an account name, mobile or e-mail here, and a name there. The new account's password is
compared first, then that of whoever the old name leads to. Whatever there is, a login and password that open nothing
cost the same comparisons, so that nobody learns what there is (ADR 26).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from chassis.uow import UnitOfWork

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.passwords import typed_forms, verify_one_of
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import LOGIN, OLD_HASH, facts_of, old_hashes
from identity.legacy.store import LegacyAccount
from identity.sealing import vault

NO_SALT = ""


@dataclass(frozen=True)
class Meant:
    """``key``: under which failures are counted (``identity.attempts``)."""

    key: str
    first: Account | None
    second: Account | None
    waiting: LegacyAccount | None


def meant_by(uow: UnitOfWork, login: str) -> Meant:
    """Everybody whom the login may mean."""
    seals = vault(uow.settings)
    first = accounts.by_login(uow.session, login, _mobile(login))
    old = legacy.by_login(uow.session, seals.index(LOGIN, login))
    second = accounts.get(uow.session, old.account_id) if old and old.account_id else None
    if first is None:
        first, second = second, None
    elif second is first:
        second = None
    waiting = old if old and not old.joined else None
    return Meant(first.account_id if first else seals.index("login", login), first, second, waiting)


def proven(uow: UnitOfWork, meant: Meant, password: str) -> Account | LegacyAccount | None:
    """Whose the password is; None: nobody's."""
    forms = typed_forms(password)
    if verify_one_of(meant.first.password_hash if meant.first else None, forms):
        return meant.first
    compared = max(len(forms), len(old_hashes(NO_SALT, password)))
    if meant.waiting is not None:
        return meant.waiting if _opens(uow, meant.waiting, password, compared) else None
    second = meant.second
    right = verify_one_of(second.password_hash if second else None, _as_many(forms, compared))
    return second if right else None


def _opens(uow: UnitOfWork, old: LegacyAccount, password: str, compared: int) -> bool:
    """Where argon2id does not lie over the old hash yet, it is compared as it is, and the same work is done."""
    seals = vault(uow.settings)
    hashes = old_hashes(facts_of(old.record_id, old.facts, seals)["salt"], password)
    right = verify_one_of(old.password_hash, _as_many(hashes, compared))
    if old.sealed_password is None:
        return right
    kept = seals.open(OLD_HASH, old.sealed_password, old.record_id).decode()
    return any(hmac.compare_digest(kept, one) for one in hashes)


def _as_many(forms: list[str], count: int) -> list[str]:
    return forms + [forms[-1]] * (count - len(forms))


def _mobile(text: str) -> str | None:
    try:
        return id_numbers.mobile(text)
    except id_numbers.NumberInvalid:
        return None
