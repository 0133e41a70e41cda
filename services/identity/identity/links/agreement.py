"""Whether an old account is of the person or organisation that wants it joined to their own.

A password can be known to others. Whose an old account is, its record says, and what was verified of it here since:
another number, another name, another kind of holder is somebody else. Where the record tells nothing (it was never
checked, and has no number) there is nothing to compare: the join is announced, and can be undone from both sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chassis.uow import UnitOfWork
from contracts.text import compact, same_name

from identity.accounts.store import ID_NUMBER, Account
from identity.links.model import brought_by
from identity.sealing import vault
from identity.verification import renaming

_ORGANISATION_CODE = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
"""The nine characters that are the ninth to seventeenth of a credit code (GB 11714, GB 32100)."""


def agrees(uow: UnitOfWork, facts: Mapping[str, str], left: Account | None, taking: Account) -> bool:
    """Whether nothing of the record (``facts``), nor of the account that it has become here, speaks of somebody else
    than the account that is to have it. An account that says less than these is not known to be the same."""
    if facts["kind"] != taking.kind:
        return False
    names = [renaming.name_of(taking), *renaming.names_before(uow.session, taking.account_id)]
    return _agrees_with_record(uow, facts, taking, names) and _agrees_with_account(left, taking, names)


def _agrees_with_record(uow: UnitOfWork, facts: Mapping[str, str], taking: Account, names: Sequence[str]) -> bool:
    organisation = taking.kind == "organisation"
    said = facts["organisation_code" if organisation else "id_number"]
    if not said and facts["verification"] != "approved":
        return True
    name = facts["organisation_name"] or facts["name"] if organisation else facts["name"]
    if not any(same_name(name, one) for one in names):
        return False
    brought = brought_by(facts, "", uow.today())
    if not organisation:
        return brought.id_number is None or taking.id_index == vault(uow.settings).index(ID_NUMBER, brought.id_number)
    if brought.uscc is not None:
        return taking.uscc == brought.uscc
    if _ORGANISATION_CODE.fullmatch(code := compact(said)):
        return taking.uscc is not None and taking.uscc[8:17] == code.replace("-", "")
    return True


def _agrees_with_account(left: Account | None, taking: Account, names: Sequence[str]) -> bool:
    if left is None:
        return True
    number, theirs = (left.uscc, taking.uscc) if left.kind == "organisation" else (left.id_index, taking.id_index)
    if left.kind != taking.kind or (number is not None and number != theirs):
        return False
    return left.verification != "approved" or any(same_name(renaming.name_of(left), one) for one in names)
