"""What somebody says on the telephone against the account, which is shown masked: typed in, not read out."""

from __future__ import annotations

from typing import Any

from chassis.uow import UnitOfWork
from contracts.identity.recoveries import Said
from contracts.text import same_name

from identity.accounts.store import ID_NUMBER
from identity.recoveries.behind import Behind, OldAccount
from identity.recoveries.model import same_number
from identity.sealing import vault

MOST_TRIES = 5
"""How often one request is compared, whoever has it: an answer is not to be found by trying."""
_TRIES = ("compared", "disagreed")


def answers_of(said: dict[str, Any]) -> dict[str, Any]:
    """The last answer to each of what was asked."""
    return {part: how for part, how in said.items() if part not in _TRIES}


def tries_of(said: dict[str, Any]) -> dict[str, Any]:
    """What stays when somebody begins anew."""
    return {part: n for part, n in said.items() if part in _TRIES}


def counted(said: dict[str, Any], found: dict[str, Said]) -> dict[str, Any]:
    """What was said so far with another try; nothing that was asked is none."""
    tries = {"compared": said.get("compared", 0) + bool(found)}
    tries["disagreed"] = said.get("disagreed", 0) + ("different" in found.values())
    return {**said, **found, **tries}


def compare(uow: UnitOfWork, account: Behind | None, name: str | None, number: str | None) -> dict[str, Said]:
    """How each of what was asked compares; an organisation is named by itself or its agent, and has its credit code."""
    found: dict[str, Said] = {}
    if name:
        known = [one for one in (account.organisation_name, account.name) if one] if account else []
        found["name"] = _said([same_name(name, one) for one in known])
    if number:
        found["id_number"] = _said(_numbers(uow, account, number.upper()))
    return found


def _numbers(uow: UnitOfWork, account: Behind | None, number: str) -> list[bool]:
    if account is None:
        return []
    if isinstance(account, OldAccount):
        return [same_number(number, one) for one in (account.id_number, account.code) if one]
    kept = [account.id_index == vault(uow.settings).index(ID_NUMBER, number)] if account.id_index else []
    return kept + ([account.uscc == number] if account.uscc else [])


def _said(agree: list[bool]) -> Said:
    if not agree:
        return "unknown"
    return "same" if any(agree) else "different"
