"""What somebody says on the telephone against the account, which is shown masked: typed in, not read out."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.identity.recoveries import Said
from contracts.text import same_name

from identity.accounts.store import ID_NUMBER, Account
from identity.sealing import vault


def compare(uow: UnitOfWork, account: Account | None, name: str | None, number: str | None) -> dict[str, Said]:
    """How each of what was asked compares; an organisation is named by itself or its agent, and has its credit code."""
    found: dict[str, Said] = {}
    if name:
        known = [one for one in (account.organisation_name, account.name) if one] if account else []
        found["name"] = _said([same_name(name, one) for one in known])
    if number:
        found["id_number"] = _said(_numbers(uow, account, number.upper()))
    return found


def _numbers(uow: UnitOfWork, account: Account | None, number: str) -> list[bool]:
    if account is None:
        return []
    kept = [account.id_index == vault(uow.settings).index(ID_NUMBER, number)] if account.id_index else []
    return kept + ([account.uscc == number] if account.uscc else [])


def _said(agree: list[bool]) -> Said:
    if not agree:
        return "unknown"
    return "same" if any(agree) else "different"
