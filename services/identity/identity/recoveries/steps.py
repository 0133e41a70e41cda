"""The steps of a recovery: the one place that writes its state, and what several rooms of it share."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork

from identity.accounts import store as accounts
from identity.messages import notices
from identity.photos import handlers as photos
from identity.recoveries import model
from identity.recoveries.behind import Behind, OldAccount, key_of
from identity.recoveries.model import Action, Parties
from identity.recoveries.store import Recovery
from identity.sealing import vault
from identity.settings import return_days
from identity.staff import store as staff

_OBJECTION = "recovery-objection"
_CASES = "recovery-cases"


def act(uow: UnitOfWork, recovery: Recovery, action: Action) -> None:
    """Writes the state after ``action``, with the audit. Problem ``recovery_decided`` when it does not fit."""
    before: Any = recovery.state
    after = model.TRANSITIONS.get((before, action))
    if after is None:
        raise Problem("recovery_decided")
    recovery.state = after
    if after not in model.UNDER_WAY:
        recovery.ended_at = uow.now()
    uow.session.add(recovery)
    uow.session.flush()
    facts = {"outcome": recovery.outcome, "account_id": recovery.account_id or recovery.legacy_record}
    uow.audit(f"recovery.{action}", subject=recovery.recovery_id, **facts)
    if after in model.NOTHING_TO_COMPARE:
        photos.put_aside(uow, recovery.recovery_id)
    elif after in model.NOTHING_TO_PROVE:
        photos.discard(uow, recovery.recovery_id)


def objection_code(uow: UnitOfWork, recovery_id: str) -> str:
    """The code that stops this change; kept nowhere, made again when it comes back."""
    return model.code_of(vault(uow.settings).index(_OBJECTION, recovery_id))


def cases_code(uow: UnitOfWork, recovery_id: str) -> str:
    """The code with which an account that was signed up anew asks for the old one's cases; kept nowhere either."""
    return model.code_of(vault(uow.settings).index(_CASES, recovery_id))


def last_day(recovery: Recovery) -> date | None:
    """The last day on which what has taken effect can be put back; None where nothing has."""
    if recovery.state != "done" or recovery.waits_until is None:
        return None
    return model.return_until(recovery.waits_until, return_days())


def tell_contact(uow: UnitOfWork, recovery: Recovery, template: str, *, sealed: bool = False, **params: Any) -> None:
    """Whoever asked, at the address they proved, once for each template. ``sealed``: there is a code in it."""
    channel, event_id = notices.channel_to(recovery.contact), f"{recovery.recovery_id}:{template}:contact"
    params = {"receipt": recovery.receipt, "contact_kind": recovery.contact_kind, **params}
    notices.send_text(uow, channel, recovery.contact, template, event_id, recovery.language, sealed=sealed, **params)


def keep_out_parties(uow: UnitOfWork, recovery: Recovery, account: Behind | None) -> None:
    """Whoever asked, or whose account it is, does not work on it. Problem ``forbidden``."""
    member = accounts.get(uow.session, uow.actor.subject)
    known = (account.mobile, account.email) if isinstance(account, OldAccount) else ()
    parties = Parties(key_of(account) if account else None, recovery.submitted_by, recovery.contact, known)
    addresses = (member.mobile, member.email) if member else ()
    if parties.involve(uow.actor.subject, addresses):
        uow.audit("recovery.own_refused", subject=recovery.recovery_id)
        uow.keep()
        raise Problem("forbidden")


def is_taken(uow: UnitOfWork, recovery: Recovery, address: str) -> bool:
    """Whether an address of the kind of the new one signs in to an account."""
    if recovery.contact_kind == "mobile":
        return accounts.by_mobile(uow.session, address) is not None
    return accounts.by_login(uow.session, address, None) is not None


def tell_office(uow: UnitOfWork, recovery: Recovery, template: str, what: str) -> None:
    """Everybody of customer service, once for each ``what``."""
    for member in staff.holding(uow.session, "customer_service"):
        event_id = f"{recovery.recovery_id}:{what}:{member.account_id}"
        params: dict[str, Any] = {"receipt": recovery.receipt, "due_on": recovery.due_on}
        notices.notify(uow, member, template, event_id, params)
