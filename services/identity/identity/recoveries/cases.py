"""Cases of an account that its owner cannot get back go to the account that they signed up anew (I-09).

The advice to do so has a code. With it the new account, once verified, brings the request back onto the office's list;
two people decide by the verified identities of both accounts, and the old one's addresses can object.
"""

from __future__ import annotations

from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import MovedCaseUsed
from contracts.identity import Agreement, AskForCases, RecoveryReceipt

from identity.accounts.handlers import own_account
from identity.accounts.proofs import proof_of
from identity.accounts.store import Account
from identity.base import lock_name
from identity.messages import notices
from identity.numbers.store import spelled
from identity.recoveries import model, store
from identity.recoveries.behind import Behind, OldAccount, note
from identity.recoveries.model import Evidence
from identity.recoveries.steps import act, cases_code, tell_contact
from identity.recoveries.store import Recovery


def advise(uow: UnitOfWork, recovery: Recovery, account: Behind | None) -> None:
    """The account is left behind: its identity may be verified for another one. Whether there is an account, the
    advice does not tell."""
    if isinstance(account, OldAccount):
        note(recovery, account)
    elif account is not None and account.kind != "staff":
        note(recovery, account)
        account.left_behind = True
        account.version += 1
    tell_contact(uow, recovery, "recovery_advised", sealed=True, code=cases_code(uow, recovery.recovery_id))


def ask_for_cases(request: AskForCases, uow: UnitOfWork) -> RecoveryReceipt:
    """The caller's new account asks for the cases of the one that was left behind; said again, it is said once.

    Whose the number is, is not looked at here either. Problems: ``recovery_cases_wrong`` (whatever of the two is wrong,
    or another account has used it), ``recovery_cases_unverified``, ``recovery_account_busy``.
    """
    account = own_account(uow)
    recovery = store.by_receipt(uow.session, spelled(request.receipt), lock=True)
    # A number that nobody has takes the same work.
    expected = cases_code(uow, recovery.recovery_id if recovery else "none")
    wrong = Problem("recovery_cases_wrong", errors=[FieldError("code", "recovery_cases_wrong")])
    if not model.same_code(request.code, expected) or recovery is None:
        raise wrong
    if is_self(uow.actor, recovery.new_account_id):
        return RecoveryReceipt(receipt=recovery.receipt, due_on=recovery.due_on)
    if recovery.state != "advised" or is_self(uow.actor, recovery.account_id):
        raise wrong
    if account.verification != "approved":
        raise Problem("recovery_cases_unverified")
    lock_name(uow.session, f"recovery {recovery.contact}")
    if store.same(uow.session, recovery.number, recovery.contact) is not None:
        raise Problem("recovery_account_busy")
    recovery.new_account_id = recovery.submitted_by = account.account_id
    recovery.outcome = recovery.proposed_by = recovery.claimed_by = recovery.claimed_at = None
    recovery.ended_at = recovery.alarmed_at = None
    recovery.said, recovery.checked = {}, ""
    recovery.due_on = model.due_date(uow.today())
    act(uow, recovery, "reopen")
    params: notices.Params = {"receipt": recovery.receipt, "due_on": recovery.due_on}
    notices.notify(uow, account, "recovery_received", f"{recovery.recovery_id}:cases_asked", params)
    return RecoveryReceipt(receipt=recovery.receipt, due_on=recovery.due_on)


def agreement(uow: UnitOfWork, old: Behind, new: Account) -> Agreement:
    """Of what both were verified by; of a closed account its keyed hash is left."""
    if isinstance(old, OldAccount):
        return _old_agreement(old, new)
    return model.agreement(_evidence(uow, old), _evidence(uow, new))


def _old_agreement(old: OldAccount, new: Account) -> Agreement:
    """The old system's word for whose it was, where it had checked that; a code from before 2015 is part of the credit
    code that took its place."""
    organisation = old.kind == "organisation"
    if not (old.verified and new.verification == "approved" and (old.code if organisation else old.id_index)):
        return "missing"
    same = model.same_number(new.uscc or "", old.code) if organisation else new.id_index == old.id_index
    return "same" if old.kind == new.kind and same else "different"


def _evidence(uow: UnitOfWork, account: Account) -> Evidence:
    if account.standing == "closed":
        return Evidence(account.kind, account.closed_proof is not None, account.closed_proof)
    return Evidence(account.kind, account.verification == "approved", proof_of(uow.settings, account))


def require_agreement(uow: UnitOfWork, old: Behind, new: Account | None) -> None:
    """Problem ``recovery_evidence_differs``, also where one of the two was never verified."""
    if new is None or agreement(uow, old, new) != "same":
        raise Problem("recovery_evidence_differs")


def note_used(used: MovedCaseUsed, uow: UnitOfWork) -> None:
    """The new owner goes on with a moved case: a late objection no longer moves back by itself."""
    recovery = store.get(uow.session, used.move_id, lock=True)
    if recovery is not None and recovery.used_at is None:
        recovery.used_at = used.used_at
        uow.audit("recovery.use", subject=recovery.recovery_id, application_id=used.application_id)
