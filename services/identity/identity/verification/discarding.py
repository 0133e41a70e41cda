"""Images that must go: the key first, so that nobody can open them from now on; the worker removes the bytes."""

from __future__ import annotations

from chassis.uow import UnitOfWork

from identity.accounts.store import Account
from identity.verification import operators, placing, store
from identity.verification.model import HANDHELD
from identity.verification.store import CHANNEL, Verification


def discard(uow: UnitOfWork, verification: Verification, *, everything: bool = False) -> None:
    """Destroys the keys of the hand-held photo (or of all images): from now on nobody can open them."""
    for image in store.images(uow.session, verification.verification_id):
        if (everything or image.document == HANDHELD) and image.discarded_at is None:
            image.wrapped_key = image.picture = None
            image.discarded_at = uow.now()


def forget_images(uow: UnitOfWork, account: Account) -> None:
    """The account is closed: the key of every image goes, their bytes after; what was decided stays. It is locked."""
    placing.discard_all(uow, account.account_id)
    for verification in store.all_of(uow.session, account.account_id):
        discard(uow, verification, everything=True)
        if verification.new_name is not None:
            verification.new_name = verification.earlier_name = ""
        operators.forget(uow.session, verification.verification_id)
        verification.why = ""
        for image in store.images(uow.session, verification.verification_id):
            image.file_name = ""
    uow.session.flush()
    uow.notify(CHANNEL)
