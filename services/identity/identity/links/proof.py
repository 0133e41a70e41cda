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
from identity.links import store as links
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
    holder = accounts.get(uow.session, old.account_id) if old and old.account_id else None
    left = links.left_by(uow.session, old.record_id, uow.now()) if old and old.account_id else None
    # Who had signed in with the name before it was joined to another account still gets in, to undo that.
    others = [one for one in (left, holder) if one is not None and one is not first]
    if first is None and others:
        first = others.pop(0)
    second = others[0] if others else None
    waiting = old if old and not old.joined else None
    return Meant(first.account_id if first else seals.index("login", login), first, second, waiting)


def proven(uow: UnitOfWork, meant: Meant, password: str) -> Account | LegacyAccount | None:
    """Whose the password is; None: nobody's. Only a right one may cost less: it says so itself."""
    forms = typed_forms(password)
    compared = max(len(forms), len(old_hashes(NO_SALT, password)))
    first, second, waiting = meant.first, meant.second, meant.waiting
    if first is None and waiting is not None and _opens(uow, waiting, password, compared):
        return waiting
    if verify_one_of(first.password_hash if first else None, forms):
        return first
    if waiting is not None:
        return waiting if first is not None and _opens(uow, waiting, password, compared) else None
    right = verify_one_of(second.password_hash if second else None, _as_many(forms, compared))
    return second if right else None


def _opens(uow: UnitOfWork, old: LegacyAccount, password: str, compared: int) -> bool:
    """Where argon2id does not lie over the old hash yet, it is compared as it is; a wrong one costs the same work."""
    seals = vault(uow.settings)
    hashes = old_hashes(facts_of(old.record_id, old.facts, seals)["salt"], password)
    if old.sealed_password is not None:
        kept = seals.open(OLD_HASH, old.sealed_password, old.record_id).decode()
        if any(hmac.compare_digest(kept, one) for one in hashes):
            return True
    return verify_one_of(old.password_hash, _as_many(hashes, compared))


def _as_many(forms: list[str], count: int) -> list[str]:
    return forms + [forms[-1]] * (count - len(forms))


def _mobile(text: str) -> str | None:
    try:
        return id_numbers.mobile(text)
    except id_numbers.NumberInvalid:
        return None
