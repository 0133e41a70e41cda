"""Deciding real-name verifications, and what others hear of it (I-07)."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.identity import (
    IDENTITY_VERIFIED,
    VERIFICATION_REFUSED,
    DecideVerification,
    IdentityVerified,
    VerificationRefused,
    VerificationView,
)

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.base import lock_name
from identity.messages import notices
from identity.verification import discarding, model, placing, renaming, replacing, store
from identity.verification.handlers import act
from identity.verification.model import HANDHELD
from identity.verification.reading import view
from identity.verification.store import CHANNEL, Verification


def decide_verification(request: DecideVerification, uow: UnitOfWork) -> VerificationView:
    """A reviewer approves or refuses. The hand-held photo is destroyed with the decision; its hash and result stay.
    From then on nobody needs the full number: the reply has it masked.

    An identity belongs to the account for which it was verified first. Who claims it after that is refused with the
    reason, and the earlier holder is told. Problems: ``verification_unknown``, ``verification_decided``,
    ``verification_check_running``, ``verification_reasons_required``, ``verification_reasons_unasked`` (approving with
    reasons to refuse), ``identity_disputed`` (approving then), ``verification_image_unreadable`` (a seal
    that nobody can draw).
    """
    reasons = [reason.strip() for reason in request.reasons if reason.strip()]
    if request.decision == "refuse" and not reasons:
        raise Problem("verification_reasons_required")
    if request.decision == "approve" and reasons:
        raise Problem("verification_reasons_unasked")
    found = store.get(uow.session, request.verification_id)
    if found is None:
        raise Problem("verification_unknown")
    # The account first, as in submit_verification: two people at once then never wait for each other.
    account = accounts.get(uow.session, found.account_id, lock=True)
    if account is None:
        raise Problem("verification_unknown")
    verification = found
    uow.session.refresh(verification, with_for_update=True)
    if verification.state != "pending":
        raise Problem("verification_decided")
    if verification.check_state == "running":
        raise Problem("verification_check_running")
    taken = _respect_holder(uow, verification, account, request.decision)
    verification.reasons = reasons
    if request.decision == "approve":
        renaming.make_way(uow, verification, account, act)
        replacing.take_effect(uow, verification, account)
    act(uow, verification, account, request.decision, note="；".join(reasons))
    if verification.part != model.IDENTITY:
        uow.session.flush()
    elif request.decision == "refuse":
        placing.keep_usable(uow, verification, handheld=False)
        placing.discard_all(uow, account.account_id, HANDHELD)
    else:
        placing.discard_all(uow, account.account_id)
    discarding.discard(uow, verification)
    _tell(uow, verification, account, request.decision, taken=taken)
    uow.notify(CHANNEL)
    return view(uow, verification, account)


def _tell(uow: UnitOfWork, verification: Verification, account: Account, decision: str, *, taken: bool) -> None:
    """Everybody hears what was decided, and whose it is why."""
    event_id = f"{verification.verification_id}:decided"
    renamed: dict[str, Any] = {"name": verification.new_name} if verification.new_name is not None else {}
    replaces = verification.part != model.IDENTITY
    if decision == "approve" and verification.part != model.SEAL:
        uow.emit(IDENTITY_VERIFIED, verified(verification, account))
    if decision == "refuse":
        _emit_refused(uow, verification, account)
    if replaces:
        replacing.decided(uow, verification, account, decision)
    elif decision == "approve":
        notices.notify(uow, account, "name_changed" if renamed else model.APPROVED[account.kind], event_id, renamed)
    else:
        refused = model.TAKEN[account.kind] if taken else "verification_refused"
        template = "name_change_refused" if renamed else refused
        notices.notify(uow, account, template, event_id, renamed | {"reasons": verification.reasons})


def _emit_refused(uow: UnitOfWork, verification: Verification, account: Account) -> None:
    refused = VerificationRefused(
        account_id=account.account_id,
        verification_id=verification.verification_id,
        reasons=verification.reasons,
        refused_at=uow.now(),
    )
    uow.emit(VERIFICATION_REFUSED, refused)


def _respect_holder(uow: UnitOfWork, verification: Verification, account: Account, decision: str) -> bool:
    """Two reviewers who approve the same identity for two accounts come one after the other. Whether another account
    has it."""
    lock_identity(uow, account)
    holder = accounts.verified_holder(uow.session, account)
    if holder is None:
        return False
    event_id = f"{verification.verification_id}:disputed"
    notices.notify(uow, holder, model.DISPUTED[holder.kind], event_id, {})
    uow.audit("verification.dispute", subject=verification.verification_id, holder=holder.account_id)
    if decision == "approve":
        uow.keep()
        raise Problem("identity_disputed")
    return True


def lock_identity(uow: UnitOfWork, account: Account) -> None:
    """Nobody else verifies this ID number or credit code until the transaction ends."""
    lock_name(uow.session, f"identity {account.uscc if account.kind == 'organisation' else account.id_index}")


def verified(verification: Verification, account: Account) -> IdentityVerified:
    """What others hear of an identity that has been verified."""
    organisation = account.kind == "organisation"
    facts: dict[str, Any] = {
        "account_id": account.account_id,
        "verification_id": verification.verification_id,
        "kind": account.kind,
        "name": account.organisation_name if organisation else account.name,
        "operator_name": account.name if organisation else None,
        "id_type": "uscc" if organisation else account.id_type,
        "masked_id_number": id_numbers.mask(account.uscc or "") if organisation else account.masked_id_number,
        "tax_id": account.uscc or "",
        "verified_at": verification.decided_at,
    }
    return IdentityVerified.model_validate(facts)
