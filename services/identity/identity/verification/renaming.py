"""Another name in place of the one that is verified: misspelled, or changed since. The number behind it stays.

A person marries, an organisation is renamed and keeps its credit code. Another ID number or code is another person or
organisation, and never comes this way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.accounts.model import clean_name
from identity.accounts.store import Account
from identity.verification import store
from identity.verification.store import Verification


def name_of(account: Account) -> str:
    """What is verified of it: the name of the person, or of the organisation."""
    return account.organisation_name or account.name


def names_before(session: Session, account_id: str) -> list[str]:
    """Verified names for which another was asked: those that it bore, and the one that it bears."""
    statement = select(Verification.earlier_name).where(Verification.account_id == account_id)
    return [name for name in session.scalars(statement) if name]


def other_name(typed: str | None, account: Account) -> str | None:
    """As it is kept; None where none is asked for. Problems ``name_invalid``, ``rename_unchanged``."""
    if typed is None:
        return None
    cleaned = clean_name(typed)
    code = "name_invalid" if not cleaned else "rename_unchanged" if cleaned == name_of(account) else None
    if code is not None:
        raise Problem(code, errors=[FieldError("new_name", code)])
    return cleaned


def make_way(uow: UnitOfWork, verification: Verification, account: Account, act: Callable[..., Any]) -> None:
    """Before another name is approved: the account bears it from now on, and what it was verified by so far is the
    account's past. Of a first verification nothing. ``act`` writes the state."""
    if verification.new_name is None:
        return
    former = store.lock_approved(uow.session, account.account_id)
    if former is not None:
        act(uow, former, account, "supersede")
    if account.kind == "organisation":
        account.organisation_name = verification.new_name
    else:
        account.name = verification.new_name
    account.version += 1
    uow.audit("account.rename", subject=account.account_id, verification_id=verification.verification_id)
