"""Putting a paper into the queue, in the transaction of the record that it is about."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, enter
from contracts.filing import ApplicationApproved

from archive.certificates import store
from archive.certificates.model import Paper
from archive.register.store import TAKEN_OVER, RegisterEntry


@dataclass(frozen=True)
class Order:
    """Which record a paper is about, and with which case and for whom it is kept: rights go over to others, and so do
    the papers that they ask for."""

    record: int
    application_id: str
    account_id: str

    @classmethod
    def of(cls, approved: ApplicationApproved, record: int) -> Order:
        """With the case that it was filed in, of who filed it."""
        return cls(record, approved.application_id, approved.account_id)

    @classmethod
    def at_first(cls, entry: RegisterEntry, record: int) -> Order:
        """With the case that the registration began with."""
        return cls(record, entry.application_id, entry.account_id)


def queue_certificate(entry: RegisterEntry, order: Order, uow: UnitOfWork) -> None:
    """The certificate of what holds after a record: the first edition of a number, or one that takes the place of the
    one before. The caller holds the entry's lock, or makes it."""
    queue_paper(entry, "certificate", order, uow)


def queue_paper(entry: RegisterEntry, paper: Paper, order: Order, uow: UnitOfWork) -> None:
    """One more paper of a kind. The caller holds the entry's lock, or makes it."""
    on_paper = paper == "certificate" and entry.series == TAKEN_OVER  # the old system's certificate was the first
    made = store.Certificate(
        certificate_id=new_id("crt"),
        registration_number=entry.registration_number,
        record=order.record,
        paper=paper,
        edition=store.count_of(uow.session, entry.registration_number, paper) + 1 + on_paper,
        language="zh",
        application_id=order.application_id,
        account_id=order.account_id,
        document_id=new_id("arc"),
    )
    enter(uow, made, Sender(Rank.OFFICE, order.account_id))
