"""How the office sees a recovery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from chassis.access import is_self
from chassis.clock import SHANGHAI
from chassis.uow import UnitOfWork
from contracts.identity import RecoveryAccount, RecoveryView
from contracts.identity.recoveries import ComparisonGap

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.photos import handlers as photos
from identity.recoveries import model
from identity.recoveries.behind import Behind, OldAccount, elsewhere
from identity.recoveries.cases import agreement
from identity.recoveries.comparing import answers_of, tries_of
from identity.recoveries.others import Marks, marks, others
from identity.recoveries.steps import last_day
from identity.recoveries.store import Recovery


def listed(uow: UnitOfWork, rows: Sequence[Recovery]) -> list[RecoveryView]:
    """A page of the list, with what else was asked for beside each, and whose it is beside none."""
    beside = marks(uow, rows)
    return [RecoveryView.model_validate(_facts(uow, row, None, beside[row.recovery_id])) for row in rows]


def view(uow: UnitOfWork, recovery: Recovery, account: Behind | None, *, proof: bool = False) -> RecoveryView:
    """For the caller: what they have claimed, what they may confirm. ``account``: where they may see whose it is; then
    they see the account that asks for its cases, too. ``proof``: and what the request is proved by."""
    facts = _facts(uow, recovery, account, marks(uow, [recovery])[recovery.recovery_id])
    if proof:
        facts |= _proof(uow, recovery) | {"others": others(uow, recovery, account)}
    return RecoveryView.model_validate(facts)


def _facts(uow: UnitOfWork, recovery: Recovery, account: Behind | None, beside: Marks) -> dict[str, Any]:
    new = accounts.get(uow.session, recovery.new_account_id) if account and recovery.new_account_id else None
    day = last_day(recovery)
    open_ = day is not None and uow.today() <= day
    claimed = model.is_claimed(recovery.claimed_by, recovery.claimed_at, uow.now())
    proposed = recovery.state == "proposed"
    return {
        "recovery_id": recovery.recovery_id,
        "receipt": recovery.receipt,
        "number": recovery.number,
        "channel": recovery.channel,
        "contact": recovery.contact,
        "contact_kind": recovery.contact_kind,
        "lost": recovery.lost,
        "note": recovery.note,
        "state": recovery.state,
        "outcome": recovery.outcome,
        "reason": recovery.reason,
        "submitted_at": recovery.submitted_at,
        "due_on": recovery.due_on,
        "overdue": model.is_overdue(recovery.state, recovery.due_on, uow.today()),
        "claimed": claimed,
        "mine": recovery.state == "open" and is_self(uow.actor, recovery.claimed_by or ""),
        "may_confirm": proposed and not is_self(uow.actor, recovery.proposed_by or ""),
        "waits_until": recovery.waits_until,
        "ended_at": recovery.ended_at,
        "account": _masked(uow, account) if account is not None else None,
        "new_account": _masked(uow, new) if new is not None else None,
        "agreement": agreement(uow, account, new) if account is not None and new is not None else None,
        "used": recovery.used_at is not None,
        "may_stop": recovery.state == "waiting",
        "stopped_by": _name_of(uow, recovery.stopped_by),
        "stopped_why": recovery.stopped_why,
        "return_until": day if open_ else None,
        "may_return": open_ and not is_self(uow.actor, recovery.return_asked_by or ""),
        "return_asked": open_ and recovery.return_asked_by is not None,
        "return_asked_by": _name_of(uow, recovery.return_asked_by),
        "return_asked_at": recovery.return_asked_at,
        "return_why": recovery.return_why,
        "return_agreed_by": _name_of(uow, recovery.return_agreed_by),
        "objected_at": recovery.objected_at,
        "objections": beside.objections,
        "objected_last": beside.objected_last,
        "grants_from": beside.grants_from,
        "open_others": beside.open_others,
        "contact_others": beside.contact_others,
    }


def _proof(uow: UnitOfWork, recovery: Recovery) -> dict[str, Any]:
    """What the request is proved by, and who says so."""
    return {
        "said": answers_of(recovery.said),
        **tries_of(recovery.said),
        "gap": _gap(recovery),
        "checked": recovery.checked,
        "despite": recovery.despite,
        "despite_confirmed": recovery.despite_confirmed,
        "proposed_by": _name_of(uow, recovery.proposed_by),
        "confirmed_by": _name_of(uow, recovery.confirmed_by),
        "photo": photos.shown(uow, recovery.recovery_id),
    }


def _gap(recovery: Recovery) -> ComparisonGap | None:
    """Of what is proposed, or of the change of address that an open request asks for."""
    outcome: Any = recovery.outcome
    if outcome is None and recovery.new_account_id is None:
        outcome = "mobile_changed" if recovery.contact_kind == "mobile" else "email_changed"
    return model.gap(outcome, recovery.said)


def _name_of(uow: UnitOfWork, account_id: str | None) -> str | None:
    """Of somebody of the office; their id where the account is not known here."""
    member = accounts.get(uow.session, account_id) if account_id else None
    return member.name if member else account_id


def _masked(uow: UnitOfWork, account: Behind) -> RecoveryAccount:
    if isinstance(account, OldAccount):
        return _masked_old(account)
    facts: dict[str, Any] = {
        "account_id": account.account_id,
        "kind": account.kind,
        "name": model.masked_name(account.organisation_name or account.name),
        "mobile": id_numbers.mask_mobile(account.mobile or ""),
        "email": model.masked_email(account.email),
        "id_number": id_numbers.mask(account.uscc) if account.uscc else account.masked_id_number,
        "verification": account.verification,
        "created_at": account.created_at,
        "elsewhere": [_masked_address(address) for address in elsewhere(uow, account)],
    }
    return RecoveryAccount.model_validate(facts)


def _masked_old(old: OldAccount) -> RecoveryAccount:
    number = old.code if old.kind == "organisation" and old.code else old.id_number
    facts: dict[str, Any] = {
        "account_id": old.record_id,
        "kind": old.kind,
        "name": model.masked_name(old.organisation_name or old.name),
        "mobile": id_numbers.mask_mobile(old.mobile),
        "email": model.masked_email(old.email),
        "id_number": id_numbers.mask(number) if number else None,
        "verification": "approved" if old.verified else "none",
        "created_at": datetime.combine(old.registered_on, time(), SHANGHAI) if old.registered_on else None,
        "waiting": True,
    }
    return RecoveryAccount.model_validate(facts)


def _masked_address(address: str) -> str:
    return (model.masked_email(address) or "") if "@" in address else id_numbers.mask_mobile(address)
