"""The office's side of mailing: what is to be printed, batches and their papers."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from chassis.clock import legal_date
from chassis.cursors import after_moment, cursor
from chassis.documents import DocumentRenderer
from chassis.errors import Problem
from chassis.green import offload
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.mailing import (
    MOST_IN_BATCH,
    ListMailing,
    MailingBatch,
    MailingPage,
    ParcelState,
    ParcelStepped,
    PrintedMailing,
    PrintMailing,
    TakeMailing,
)
from contracts.paging import QueueTotals

from archive.mailing import store
from archive.mailing.addresses import opened
from archive.mailing.model import data_of, label_of
from archive.mailing.shown import item_of
from archive.mailing.steps import step


@cache
def _renderer() -> DocumentRenderer:
    return DocumentRenderer(Path(__file__).parent / "templates")


def list_mailing(request: ListMailing, uow: UnitOfWork) -> MailingPage:
    """The oldest first. Problem ``request_invalid`` for a cursor that is none."""
    rows = store.listed(
        uow.session,
        after_moment(request.cursor),
        request.limit + 1,
        state=request.state,
        batch_id=request.batch_id,
        number=request.text,
    )
    page = rows[: request.limit]
    more = len(rows) > request.limit
    alone = store.steps_of(uow.session, page[0][0].parcel_number) if request.text and len(page) == 1 else ()
    return MailingPage(
        items=[item_of(uow.sealing, row) for row in page],
        steps=[
            ParcelStepped(
                state=one.state,
                at=one.at,
                actor=one.actor,
                note=one.note,
                was_on=one.was_on,
                was_because=one.was_because,
            )
            for one in alone
        ],
        counts=store.counts(uow.session),
        next_cursor=cursor(page[-1][0].asked_at, page[-1][0].parcel_number) if more else None,
    )


def total_mailing(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """What is to be printed or handed to EMS; what is with EMS waits for nobody here."""
    count, since = store.waiting(uow.session)
    return QueueTotals(on=uow.today(), count=count, late=0, since=since and legal_date(since))


def take_mailing(request: TakeMailing, uow: UnitOfWork) -> MailingBatch:
    """A batch of the oldest that can be printed; none where nothing waits."""
    found = store.printable(uow.session, request.limit)
    if not found:
        return MailingBatch(parcels=0)
    batch_id = new_id("mlb")
    for parcel, _entry, document_id in found:
        parcel.batch_id, parcel.document_id = batch_id, document_id
        step(uow, parcel, "print")
    return MailingBatch(batch_id=batch_id, parcels=len(found))


def print_mailing(request: PrintMailing, uow: UnitOfWork) -> PrintedMailing:
    """The printing list of a batch, or the labels of what has not left; who looked at the addresses is written down.

    Problem ``mailing_batch_unknown`` for one that has nothing to print.
    """
    state: ParcelState | None = "printed" if request.part == "labels" else None
    found = (
        store.listed(uow.session, None, MOST_IN_BATCH, batch_id=request.batch_id, state=state)
        if request.batch_id
        else []
    )
    if not found:
        raise Problem("mailing_batch_unknown")
    labels, items = request.part == "labels", [item_of(uow.sealing, row) for row in found]
    rows = []
    for (parcel, _entry, _document), item in zip(found, items, strict=True):
        address = opened(uow.sealing, parcel)
        if not labels:
            rows.append(
                item.model_dump(include={"parcel_number", "registration_number", "title", "recipient", "place"})
            )
        elif address:
            rows.append(dict(label_of(parcel.parcel_number, parcel.registration_number, address)))
    data = data_of(request.batch_id, uow.today(), uow.settings.sandbox, rows)
    pdf = offload(_renderer().render, "labels" if labels else "printing_list", data)
    uow.audit("mailing.print_papers", subject=request.batch_id, part=request.part)
    return PrintedMailing(data=base64.b64encode(pdf).decode())
