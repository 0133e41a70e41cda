"""What else was asked for: requests for the same account or by the same address, and what came of them (I-09).

An objection is a fact of the account, not of one request: whoever decides the next one reads it first, and grants
nothing on the spot. No answer to a stranger reads anything of this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis.clock import legal_date
from chassis.db import run
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.identity.recoveries import OtherRecovery
from sqlalchemy import select

from identity.accounts import id_numbers
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.numbers import store as numbers
from identity.recoveries import model, store
from identity.recoveries.behind import Behind, OldAccount, key_of
from identity.recoveries.store import Recovery
from identity.settings import cooling_days

MOST = 30
"""Shown of others; what was objected to is never pushed out by what is asked for many times."""

_OTHERS = """
    SELECT r.recovery_id, r.same_account
    FROM (
        SELECT o.recovery_id, o.submitted_at, o.state, o.objected_at, o.contact,
            coalesce(
                o.account_id = %(account)s::text OR o.new_account_id = %(account)s::text
                OR o.legacy_record = %(record)s::text
                OR o.legacy_record IN (SELECT record_id FROM legacy_accounts WHERE account_id = %(account)s::text)
                OR (o.account_id IS NULL AND o.number IN (
                    SELECT number FROM legacy_numbers WHERE account_record = %(record)s::text
                ))
                OR ((o.account_id IS NULL OR %(account)s::text IS NULL) AND o.number = %(number)s)
                OR (o.account_id IS NULL AND o.number IN (
                    SELECT number FROM case_numbers WHERE account_id = %(account)s::text
                    UNION ALL
                    SELECT n.number FROM legacy_numbers n JOIN legacy_accounts a ON a.record_id = n.account_record
                    WHERE a.account_id = %(account)s::text
                )),
                false
            ) AS same_account
        FROM recoveries o WHERE o.recovery_id <> %(this)s
    ) r
    WHERE r.same_account OR (r.contact = %(contact)s AND r.contact <> '')
    ORDER BY r.same_account AND (r.state IN ('objected', 'returned') OR r.objected_at IS NOT NULL) DESC,
        r.submitted_at DESC, r.recovery_id
    LIMIT %(most)s
"""


@dataclass(frozen=True)
class Marks:
    """What stands beside a request before anybody opens it."""

    objections: int = 0
    objected_last: datetime | None = None
    open_others: int = 0
    contact_others: int = 0

    @property
    def grants_from(self) -> date | None:
        """The first day on which it can be granted, if it was objected to before."""
        return _grants_from(self.objected_last) if self.objected_last else None


def marks(uow: UnitOfWork, rows: Sequence[Recovery]) -> dict[str, Marks]:
    """Of each of these requests, by id."""
    whose = _whose(uow, rows)
    disputed = _disputed(uow, {key for key in whose.values() if key})
    of = _whose(uow, disputed)
    objected: dict[str, list[Recovery]] = {}
    for one in disputed:
        objected.setdefault(of[one.recovery_id] or "", []).append(one)
    under_way, by_contact = store.under_way(uow.session), store.by_contact(uow.session, {row.contact for row in rows})
    theirs = whose | _whose(uow, [*under_way, *by_contact])
    open_of = Counter(_named(one, theirs) for one in under_way)
    asked: dict[str, set[str]] = {}
    for one in by_contact:
        asked.setdefault(one.contact, set()).add(_named(one, theirs))
    found = {}
    for row in rows:
        name = _named(row, theirs)
        against = [one for one in objected.get(whose[row.recovery_id] or "", []) if one is not row]
        found[row.recovery_id] = Marks(
            objections=len(against),
            objected_last=max((_disputed_at(one) for one in against), default=None),
            open_others=open_of[name] - (row.state in model.UNDER_WAY),
            contact_others=len(asked.get(row.contact, set()) - {name}),
        )
    return found


def others(uow: UnitOfWork, recovery: Recovery, account: Behind | None) -> list[OtherRecovery]:
    """The other requests for the account, or for the number where it is nobody's, and by the same address."""
    asked = {
        "this": recovery.recovery_id,
        "number": recovery.number,
        "contact": recovery.contact,
        "account": account.account_id if isinstance(account, Account) else None,
        "record": account.record_id if isinstance(account, OldAccount) else None,
        "most": MOST,
    }
    rows = {row.recovery_id: row.same_account for row in run(uow.session, _OTHERS, asked)}
    kept = uow.session.scalars(select(Recovery).where(Recovery.recovery_id.in_(rows))).all()
    order = {recovery_id: at for at, recovery_id in enumerate(rows)}
    return [
        _other(one, recovery, same_account=rows[one.recovery_id])
        for one in sorted(kept, key=lambda one: order[one.recovery_id])
    ]


def answer_objections(uow: UnitOfWork, recovery: Recovery, account: Behind, despite: str, *, confirms: bool) -> bool:
    """Whether earlier requests for this account were objected to; then who grants this one says why all the same.

    Problems: ``recovery_too_soon`` (the time to think after an objection is not over), ``recovery_despite_required``,
    ``recovery_despite_missing`` (who proposed has not answered each of the objections).
    """
    found = [one for one in _disputed(uow, {key_of(account)}) if one is not recovery]
    if not found:
        return False
    if uow.today() < _grants_from(max(_disputed_at(one) for one in found)):
        raise Problem("recovery_too_soon", errors=[FieldError("outcome", "recovery_too_soon")])
    of = sorted(one.recovery_id for one in found)
    if confirms and not (recovery.despite and set(of) <= set(recovery.despite_of)):
        raise Problem("recovery_despite_missing")
    if not despite.strip():
        raise Problem("recovery_despite_required", errors=[FieldError("despite", "recovery_despite_required")])
    if confirms:
        recovery.despite_confirmed = despite
    else:
        recovery.despite, recovery.despite_of = despite, of
    receipts = ",".join(sorted(one.receipt for one in found))
    step = "confirm" if confirms else "propose"
    uow.audit("recovery.despite_objection", subject=recovery.recovery_id, step=step, objected=receipts, why=despite)
    return True


def last_objected(uow: UnitOfWork, recovery: Recovery) -> str | None:
    """Receipt of the last request whose objection was passed over: its holder is told that this is another one."""
    found = uow.session.scalars(select(Recovery).where(Recovery.recovery_id.in_(recovery.despite_of))).all()
    return max(found, key=_disputed_at).receipt if found else None


def _grants_from(objected_last: datetime) -> date:
    return model.grants_from(legal_date(objected_last), cooling_days())


def _disputed_at(recovery: Recovery) -> datetime:
    return recovery.objected_at or recovery.ended_at or recovery.submitted_at


def _disputed(uow: UnitOfWork, keys: set[str]) -> Sequence[Recovery]:
    """What was objected to of these accounts, also while they were old ones that nobody had come for."""
    return store.disputed(uow.session, keys, set(legacy.joined_by(uow.session, keys, ())))


def _whose(uow: UnitOfWork, rows: Sequence[Recovery]) -> dict[str, str | None]:
    """What each is for, by the request's id: an account, or the record of an old one that nobody has come for. As it
    was found, else as its number is known now."""
    joined = legacy.joined_by(uow.session, (), {row.legacy_record for row in rows if row.legacy_record})
    asked = {row.number for row in rows if not row.account_id and not row.legacy_record}
    known = numbers.old_accounts(uow.session, asked) | numbers.holders(uow.session, asked)
    return {
        row.recovery_id: row.account_id
        or (joined.get(row.legacy_record, row.legacy_record) if row.legacy_record else known.get(row.number))
        for row in rows
    }


def _named(recovery: Recovery, whose: dict[str, str | None]) -> str:
    """What is asked for: an account, or a number that is nobody's."""
    return whose[recovery.recovery_id] or recovery.number


def _other(one: Recovery, recovery: Recovery, *, same_account: bool) -> OtherRecovery:
    mobile = one.contact_kind == "mobile"
    facts: dict[str, Any] = {
        "recovery_id": one.recovery_id,
        "receipt": one.receipt,
        "number": one.number,
        "contact": id_numbers.mask_mobile(one.contact) if mobile else model.masked_email(one.contact) or "",
        "contact_kind": one.contact_kind,
        "same_account": same_account,
        "same_contact": bool(one.contact) and one.contact == recovery.contact,
        "state": one.state,
        "outcome": one.outcome,
        "reason": one.reason,
        "submitted_at": one.submitted_at,
        "ended_at": one.ended_at,
        "objected_at": one.objected_at,
        "stopped": one.stopped_by is not None,
    }
    return OtherRecovery.model_validate(facts)
