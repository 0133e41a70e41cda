"""An approval that was wrong: one reviewer says why, another agrees, and the account is verified no longer (I-07)."""

from __future__ import annotations

from chassis.access import is_self
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.identity import VerificationView
from contracts.identity.events import IDENTITY_REOPENED, IdentityReopened
from contracts.identity.reopening import ReopenVerification

from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.messages import notices
from identity.verification import discarding, model, store
from identity.verification.handlers import act
from identity.verification.reading import view
from identity.verification.store import Verification


def reopen_verification(request: ReopenVerification, uow: UnitOfWork) -> VerificationView:
    """A step of a reviewer's. With the second one's word the person is told and can submit again; what needs a verified
    identity is closed to them until then, and what was filed before goes on.

    Problems: ``verification_unknown``; ``verification_not_approved``; ``verification_reasons_required``;
    ``reopening_pending`` where it is proposed already, ``reopening_unknown`` where it is not;
    ``second_reviewer_required`` for who proposed it.
    """
    found = store.get(uow.session, request.verification_id)
    account = accounts.get(uow.session, found.account_id, lock=True) if found else None
    if found is None or account is None:
        raise Problem("verification_unknown")
    uow.session.refresh(found, with_for_update=True)
    if found.state != "approved" or found.part != model.IDENTITY:
        raise Problem("verification_not_approved")
    if request.step == "propose":
        _propose(found, account, request.reason.strip(), uow)
    elif found.reopen_by is None:
        raise Problem("reopening_unknown")
    elif request.step == "dismiss":
        act(uow, found, account, "dismiss", note=request.reason.strip())
        _settled(found)
    elif is_self(uow.actor, found.reopen_by):
        raise Problem("second_reviewer_required")
    else:
        _reopen(found, account, uow)
    uow.session.flush()
    return view(uow, found, account, reviewer=True)


def _propose(found: Verification, account: Account, reason: str, uow: UnitOfWork) -> None:
    if not reason:
        raise Problem("verification_reasons_required")
    if found.reopen_by is not None:
        raise Problem("reopening_pending")
    found.reopen_by, found.reopen_at, found.reopen_reason = uow.actor.subject, uow.now(), reason
    act(uow, found, account, "propose", note=reason)


def _settled(found: Verification) -> None:
    found.reopen_by = found.reopen_at = None
    found.reopen_reason = ""


def _reopen(found: Verification, account: Account, uow: UnitOfWork) -> None:
    reason = found.reopen_reason
    _settled(found)
    found.reasons = [reason]
    renaming = store.pending(uow.session, account.account_id)
    if renaming is not None:  # another name for who was never rightly verified
        act(uow, renaming, account, "withdraw")
        discarding.discard(uow, renaming, everything=True)
        renaming.check_state, renaming.leased_until = "done", None
    act(uow, found, account, "reopen", note=reason)
    discarding.discard(uow, found)
    reopened = IdentityReopened(
        account_id=account.account_id,
        verification_id=found.verification_id,
        reason=reason,
        reopened_at=uow.now(),
    )
    uow.emit(IDENTITY_REOPENED, reopened)
    notices.notify(uow, account, "verification_reopened", f"{found.verification_id}:reopened", {"reason": reason})
