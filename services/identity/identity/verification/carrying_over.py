"""A verified state that comes from the old system: a verification of its own, without images."""

from __future__ import annotations

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.identity import IDENTITY_VERIFIED

from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.verification import deciding, handlers, model
from identity.verification.store import Verification


def carry_over(uow: UnitOfWork, account: Account) -> bool:
    """Verifies the identity by what the old system found; False when it has been verified for another account here."""
    deciding.lock_identity(uow, account)
    if accounts.verified_holder(uow.session, account) is not None:
        return False
    verification = Verification(
        verification_id=new_id("ver"),
        account_id=account.account_id,
        kind=account.kind,
        part=model.IDENTITY,
        check_state="done",
        findings=[],
        reasons=[],
        submitted_at=uow.now(),
        due_on=uow.today(),
    )
    handlers.act(uow, verification, account, "carry_over", note="old system")
    uow.emit(IDENTITY_VERIFIED, deciding.verified(verification, account))
    return True
