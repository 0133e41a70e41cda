"""Numbers of the old system become known, and forgotten when an import is undone."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.legacy import NumbersTold, WithdrawalDone
from contracts.legacy.cases import LegacyCaseCompleted

from identity.numbers import store


def note_numbers(told: NumbersTold, uow: UnitOfWork) -> None:
    """Old registrations and cases that have found their owner, a part of a batch at a time."""
    store.remember_old(uow.session, told.import_id, told.numbers)


def note_withdrawn(done: WithdrawalDone, uow: UnitOfWork) -> None:
    """Their owner has taken them out again. It comes from who told the numbers, so after them."""
    if not done.built_upon:
        store.forget_old(uow.session, done.import_id)


def note_completed(completed: LegacyCaseCompleted, uow: UnitOfWork) -> None:
    """An old case that was gone on with here has its registration number."""
    store.remember(uow.session, completed.registration_number, completed.account_id, completed.application_id)
