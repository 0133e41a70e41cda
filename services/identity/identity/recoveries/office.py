"""The office's list: claiming, proposing, confirming; and the clocks of what was granted (I-09)."""

from __future__ import annotations

from typing import Any

from chassis.access import is_self
from chassis.calendar import add_working_days
from chassis.clock import legal_date
from chassis.cursors import after_day, cursor
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    DecideRecovery,
    ListRecoveries,
    RecoveryList,
    RecoveryOutcome,
    RecoveryRef,
    RecoveryView,
)
from contracts.paging import QueueTotals

from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.base import lock_name
from identity.messages import notices
from identity.photos import handlers as photos
from identity.recoveries import cases, model, store
from identity.recoveries.behind import Behind, OldAccount, ask_whose, behind, key_of, note
from identity.recoveries.comparing import MOST_TRIES, compare, counted, tries_of
from identity.recoveries.effects import ask_to_put_back, stop
from identity.recoveries.evidence import may_see
from identity.recoveries.model import Action
from identity.recoveries.others import answer_objections, last_objected
from identity.recoveries.reading import listed, view
from identity.recoveries.steps import act, is_taken, keep_out_parties, objection_code, tell_contact, tell_office
from identity.recoveries.store import Recovery
from identity.recoveries.telling import tell_holder
from identity.settings import objection_days

_GAPS = {"not_compared": "recovery_not_compared", "different": "recovery_disagrees"}


def list_recoveries(request: ListRecoveries, uow: UnitOfWork) -> RecoveryList:
    """The office's list, the most urgent first. Whose the numbers are is not in it."""
    rows = store.queue(uow.session, request.state, after_day(request.cursor), request.limit + 1)
    page, more = rows[: request.limit], len(rows) > request.limit
    return RecoveryList(
        items=listed(uow, page),
        next_cursor=cursor(page[-1].due_on, page[-1].recovery_id) if more else None,
        counts=store.counts(uow.session),
    )


def total_recoveries(_request: Empty, uow: UnitOfWork) -> QueueTotals:
    """What waits for the office: what is undecided, with what is proposed and not confirmed."""
    count, late, due_on, since = store.totals(uow.session, uow.today())
    day = legal_date(since) if since else None
    return QueueTotals(on=uow.today(), count=count, late=late, due_on=due_on, since=day)


def get_recovery(request: RecoveryRef, uow: UnitOfWork) -> RecoveryView:
    """One request; with the account behind its number for who claimed it, and from a proposal on (audited)."""
    recovery = _found(uow, request.recovery_id)
    mine = is_self(uow.actor, recovery.claimed_by or "")
    if not mine and recovery.state == "open":
        return view(uow, recovery, None)
    uow.audit("recovery.open", subject=recovery.recovery_id)
    return view(uow, recovery, behind(uow, recovery), proof=True)


def claim_recovery(request: RecoveryRef, uow: UnitOfWork) -> RecoveryView:
    """Takes a request; one that the caller had before goes back. Problems ``recovery_claimed``, ``recovery_decided``,
    ``recovery_unknown``, and ``forbidden`` for one's own."""
    lock_name(uow.session, f"recoveries of {uow.actor.subject}")
    recovery = _found(uow, request.recovery_id, lock=True)
    if recovery.state != "open":
        raise Problem("recovery_decided")
    held = model.is_claimed(recovery.claimed_by, recovery.claimed_at, uow.now())
    if held and not is_self(uow.actor, recovery.claimed_by or ""):
        raise Problem("recovery_claimed")
    account = behind(uow, recovery)
    keep_out_parties(uow, recovery, account)
    own = is_self(uow.actor, recovery.claimed_by or "")
    store.put_back(uow.session, uow.actor.subject)
    uow.session.refresh(recovery)
    if not own:
        recovery.said = tries_of(recovery.said)  # who takes over asks for themselves
    recovery.claimed_by, recovery.claimed_at = uow.actor.subject, uow.now()
    uow.audit("recovery.claim", subject=recovery.recovery_id)
    if account is None:
        ask_whose(uow, recovery)
    uow.session.flush()
    photos.compare(uow, recovery.recovery_id, account.account_id if isinstance(account, Account) else None)
    return view(uow, recovery, account, proof=True)


def decide_recovery(request: DecideRecovery, uow: UnitOfWork) -> RecoveryView:
    """Proposes, confirms or gives back. Nothing changes before the time to object has passed. After that two people
    can put it back for a while (:func:`identity.recoveries.effects.ask_to_put_back`).

    Problems: ``recovery_unknown``, ``recovery_decided``, ``recovery_not_claimed``, ``recovery_same_person`` (who
    proposed does not confirm), ``forbidden`` (one's own), ``recovery_reason_required``, ``recovery_outcome_unfit``
    (the other kind of address), ``recovery_account_unknown``, ``recovery_account_busy``, ``recovery_contact_taken``,
    ``recovery_evidence_differs`` (cases go to the same person's account only), ``recovery_why_required``,
    ``recovery_old_account_taken`` (somebody has come for the old account meanwhile),
    ``recovery_account_closed`` (no address is changed there; its holder signs up anew), ``recovery_checked_required``
    (how identity was checked is what the second person reads), ``recovery_compared_enough``, ``recovery_not_compared``
    and ``recovery_disagrees`` (no address is changed for somebody who has not said the account's name and number), and
    those of :func:`identity.recoveries.others.answer_objections`, where an earlier request was objected to.
    """
    recovery = _found(uow, request.recovery_id, lock=True)
    if request.step == "propose":
        account = _propose(request, uow, recovery)
    elif request.step == "confirm":
        account = _confirm(request, uow, recovery)
    elif request.step == "put_back":
        account = behind(uow, recovery)
        ask_to_put_back(uow, recovery, account, request.why)
    elif request.step == "compare":
        account = _compare(request, uow, recovery)
    elif request.step == "stop":
        account = behind(uow, recovery)
        stop(uow, recovery, account, request.why)
    else:
        account = None
        _give_back(uow, recovery)
    return view(uow, recovery, account, proof=may_see(uow, recovery))


def _in_hand(uow: UnitOfWork, recovery: Recovery) -> Behind | None:
    """The account behind what the caller has claimed."""
    if recovery.state != "open":
        raise Problem("recovery_decided")
    if not is_self(uow.actor, recovery.claimed_by or ""):
        raise Problem("recovery_not_claimed")
    account = behind(uow, recovery)
    keep_out_parties(uow, recovery, account)
    return account


def _compare(request: DecideRecovery, uow: UnitOfWork, recovery: Recovery) -> Behind | None:
    account = _in_hand(uow, recovery)
    if recovery.said.get("compared", 0) >= MOST_TRIES:
        raise Problem("recovery_compared_enough")
    found = compare(uow, account, request.said_name, request.said_id_number)
    recovery.said = counted(recovery.said, found)
    uow.audit("recovery.compare", subject=recovery.recovery_id, name=found.get("name"), number=found.get("id_number"))
    uow.session.flush()
    return account


def _propose(request: DecideRecovery, uow: UnitOfWork, recovery: Recovery) -> Behind | None:
    account = _in_hand(uow, recovery)
    if request.outcome is None:
        raise Problem("recovery_outcome_unfit", errors=[FieldError("outcome", "recovery_outcome_unfit")])
    if request.outcome == "refused":
        if request.reason is None:
            raise Problem("recovery_reason_required", errors=[FieldError("reason", "recovery_reason_required")])
        recovery.reason, recovery.checked = request.reason, request.checked
        _decide(uow, recovery, request.outcome, "refuse")
        tell_contact(uow, recovery, f"recovery_refused_{request.reason}")
        return account
    if not model.fits(request.outcome, recovery.contact_kind, asks_for_cases=recovery.new_account_id is not None):
        raise Problem("recovery_outcome_unfit", errors=[FieldError("outcome", "recovery_outcome_unfit")])
    if not request.checked.strip():
        raise Problem("recovery_checked_required", errors=[FieldError("checked", "recovery_checked_required")])
    recovery.checked = request.checked
    if request.outcome == "reregistration":
        _decide(uow, recovery, request.outcome, "advise")
        cases.advise(uow, recovery, account)
        return account
    account = _free_to_change(uow, recovery, account, request.outcome)
    note(recovery, account)
    objected = answer_objections(uow, recovery, account, request.despite, confirms=False)
    action = "propose" if objected else model.FIRST_STEP[request.outcome]  # after an objection, two people in any case
    _decide(uow, recovery, request.outcome, action)
    if action == "grant":
        _announce(uow, recovery, account)
    return account


def _decide(uow: UnitOfWork, recovery: Recovery, outcome: RecoveryOutcome, action: Action) -> None:
    """Outcome and state go to the database together: it keeps no outcome of what is open."""
    recovery.outcome, recovery.proposed_by = outcome, uow.actor.subject
    act(uow, recovery, action)


def _confirm(request: DecideRecovery, uow: UnitOfWork, recovery: Recovery) -> Behind:
    if recovery.state != "proposed":
        raise Problem("recovery_decided")
    if is_self(uow.actor, recovery.proposed_by or ""):
        raise Problem("recovery_same_person")
    account = behind(uow, recovery)
    keep_out_parties(uow, recovery, account)
    if account is None:
        raise Problem("recovery_account_unknown")
    if recovery.legacy_record and not isinstance(account, OldAccount):
        raise Problem("recovery_old_account_taken")
    _require_fit(uow, recovery, account, recovery.outcome)
    answer_objections(uow, recovery, account, request.despite, confirms=True)
    recovery.confirmed_by = uow.actor.subject
    act(uow, recovery, "confirm")
    _announce(uow, recovery, account)
    return account


def _give_back(uow: UnitOfWork, recovery: Recovery) -> None:
    """To the list again: what was claimed and is not decided, or what somebody proposed."""
    if recovery.state == "open" and is_self(uow.actor, recovery.claimed_by or ""):
        uow.audit("recovery.put_back", subject=recovery.recovery_id)
    elif recovery.state == "proposed":
        recovery.outcome, recovery.proposed_by = None, None
        if recovery.new_account_id is None:
            note(recovery, None)
        act(uow, recovery, "back")
    else:
        raise Problem("recovery_decided" if recovery.state != "open" else "recovery_not_claimed")
    recovery.claimed_by, recovery.claimed_at = None, None
    recovery.said, recovery.checked = tries_of(recovery.said), ""
    recovery.despite, recovery.despite_of = "", []
    uow.session.flush()


def _free_to_change(uow: UnitOfWork, recovery: Recovery, account: Behind | None, outcome: RecoveryOutcome) -> Behind:
    if account is None or account.kind == "staff":
        raise Problem("recovery_account_unknown")
    if key_of(account) == recovery.new_account_id:
        raise Problem("recovery_old_account_taken")
    lock_name(uow.session, f"recovery of {key_of(account)}")
    if not isinstance(account, OldAccount):
        uow.session.refresh(account)
    if store.changing(uow.session, key_of(account)) is not None:
        raise Problem("recovery_account_busy")
    _require_fit(uow, recovery, account, outcome)
    return account


def _require_fit(uow: UnitOfWork, recovery: Recovery, account: Behind, outcome: Any) -> None:
    """Cases go to the same person's account only; an address must be nobody's yet, and whoever asks for it must have
    said the account's name and number. An e-mail address signs in with the password only, which who asks for an account
    of the old system has not. Asked of both people, so that nothing proposed before slips through."""
    if recovery.new_account_id is not None:
        cases.require_agreement(uow, account, accounts.get(uow.session, recovery.new_account_id))
    elif isinstance(account, OldAccount) and outcome == "email_changed":
        raise Problem("recovery_outcome_unfit", errors=[FieldError("outcome", "recovery_outcome_unfit")])
    elif not isinstance(account, OldAccount) and account.standing != "open":
        raise Problem("recovery_account_closed")
    elif is_taken(uow, recovery, recovery.contact):
        raise Problem("recovery_contact_taken")
    gap = model.gap(outcome, recovery.said)
    if gap is not None:
        raise Problem(_GAPS[gap], errors=[FieldError("outcome", _GAPS[gap])])


def _announce(uow: UnitOfWork, recovery: Recovery, account: Behind) -> None:
    """Tells the old addresses with a code to object, and the new one; from now on the change waits."""
    recovery.waits_until = add_working_days(uow.today(), objection_days())
    code, until = objection_code(uow, recovery.recovery_id), recovery.waits_until
    params: dict[str, Any] = {"code": code, "until": until}
    new = accounts.get(uow.session, recovery.new_account_id) if recovery.new_account_id else None
    if new is not None:
        tell_holder(uow, recovery, account, "recovery_cases_announced", "announced", sealed=True, **params)
        told: dict[str, Any] = {"receipt": recovery.receipt, "until": until}
        notices.notify(uow, new, "recovery_cases_granted", f"{recovery.recovery_id}:announced:new", told)
    else:
        params |= {"contact_kind": recovery.contact_kind}
        template = "recovery_old_announced" if isinstance(account, OldAccount) else "recovery_announced"
        if earlier := last_objected(uow, recovery):
            template, params = "recovery_announced_again", params | {"earlier": earlier}
        tell_holder(uow, recovery, account, template, "announced", sealed=True, **params)
        tell_contact(uow, recovery, "recovery_granted", until=until)
    uow.session.flush()


def alarm_overdue(uow: UnitOfWork) -> int:
    """Sweeper: tells customer service, once, about a request past its due date."""
    recovery = store.overdue(uow.session, uow.today())
    if recovery is None:
        return 0
    recovery.alarmed_at = uow.now()
    uow.audit("recovery.overdue", subject=recovery.recovery_id, due_on=recovery.due_on.isoformat())
    tell_office(uow, recovery, "recovery_overdue", "overdue")
    return 1


def _found(uow: UnitOfWork, recovery_id: str, *, lock: bool = False) -> Recovery:
    recovery = store.get(uow.session, recovery_id, lock=lock)
    if recovery is None:
        raise Problem("recovery_unknown")
    return recovery
