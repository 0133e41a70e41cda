"""What an examiner has claimed goes back to its queue when they leave, and what comes back to them afterwards."""

from __future__ import annotations

from typing import Any

from chassis.uow import UnitOfWork
from contracts.personnel import StaffChanged

from filing.cases.lifecycle import move
from filing.departed import store

_EXAMINERS = frozenset({"examiner", "senior_examiner"})
_BATCH = 20


def note_changed(changed: StaffChanged, uow: UnitOfWork) -> None:
    """Whether this member of staff examines. Of others it is noted, too: they have nothing in hand."""
    if changed.active and _EXAMINERS.intersection(changed.roles):
        store.forget(uow.session, changed.account_id)
    else:
        store.note(uow.session, changed.account_id, changed.changed_at)


def return_claims(uow: UnitOfWork) -> int:
    """Sweeper: returns some cases. One whose correction is answered after its examiner has left is found here, too."""
    cases = store.held_by_departed(uow.session, _BATCH)
    for case in cases:
        second = case.state == "refusal_proposed"
        freed: dict[str, Any] = {"second_examiner_id": None} if second else {"examiner_id": None}
        move(uow, case, "return_claim", **freed)
    return len(cases)
