"""What a request is proved by, for who works on it; and until when it is kept."""

from __future__ import annotations

import base64
from datetime import timedelta

from chassis.access import is_self
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.identity import OpenRecoveryPicture, RecoveryPicture

from identity.photos import handlers as photos
from identity.photos import model
from identity.photos import store as photo_store
from identity.recoveries import store
from identity.recoveries.behind import behind
from identity.recoveries.steps import keep_out_parties
from identity.recoveries.store import Recovery
from identity.settings import return_days


def open_recovery_picture(request: OpenRecoveryPicture, uow: UnitOfWork) -> RecoveryPicture:
    """One look (audited) by who claimed the request, or once something is proposed by a colleague who may confirm it.

    Problems: ``recovery_unknown``, ``recovery_not_claimed``, ``forbidden`` (one's own), ``recovery_photo_running``,
    ``recovery_photo_gone``.
    """
    recovery = store.get(uow.session, request.recovery_id)
    if recovery is None:
        raise Problem("recovery_unknown")
    if not may_see(uow, recovery):
        raise Problem("recovery_not_claimed")
    keep_out_parties(uow, recovery, behind(uow, recovery))
    jpeg = photos.open_picture(uow, recovery.recovery_id, request.picture)
    return RecoveryPicture(data=base64.b64encode(jpeg).decode())


def may_see(uow: UnitOfWork, recovery: Recovery) -> bool:
    """As with the account behind the number: whoever claimed it, and colleagues from a proposal on."""
    return recovery.state != "open" or is_self(uow.actor, recovery.claimed_by or "")


def forget_photos(uow: UnitOfWork) -> int:
    """Sweeper: photographs of what can no longer be disputed, and those that have lain here for too long."""
    over = store.past_dispute(uow.session, photo_store.all_kept(), uow.today() - timedelta(days=return_days()))
    old = photo_store.older_than(uow.session, uow.now() - model.LIFE)
    return sum(photos.discard(uow, recovery_id) for recovery_id in {*over, *old})
