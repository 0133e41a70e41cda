"""Tracking numbers, one at a time or a whole file, and what became of parcels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.mailing import (
    MailingItem,
    ParcelsSent,
    SendParcel,
    SendParcels,
    SettleParcel,
    TrackingRow,
    WrongRow,
)

from archive.mailing import store
from archive.mailing.model import is_tracking_number
from archive.mailing.shown import item_of, stopped
from archive.mailing.steps import step, tell


@dataclass(frozen=True)
class Judged:
    """A parcel and the number it is to have. ``problem``: why it may not; ``known``: it has it already."""

    found: store.Listed | None
    problem: str = ""
    known: bool = False


def send_parcel(request: SendParcel, uow: UnitOfWork) -> MailingItem:
    """Enters under which number a parcel was handed over, and tells the applicant. The same again changes nothing.

    Problems: ``parcel_unknown``, ``parcel_not_printed`` (nor since its address was corrected or its certificate
    reissued),
    ``parcel_stopped``, ``parcel_sent_already``, ``tracking_number_wrong``, ``tracking_number_used``,
    ``request_invalid`` for a day to come.
    """
    on = _day(uow, request.sent_on, "sent_on")
    store.lock_numbers(uow.session)
    judged = _judge(uow, request.parcel_number, request.tracking_number, correct=request.correct)
    if judged.problem or judged.found is None:
        raise Problem(judged.problem or "parcel_unknown")
    if not judged.known:
        _send(uow, judged.found, request.tracking_number, on)
    return item_of(uow.sealing, judged.found)


def send_parcels(request: SendParcels, uow: UnitOfWork) -> ParcelsSent:
    """Enters a file of numbers: where any row is wrong nothing is taken, unless only the good ones are wanted. The same
    file again changes nothing. Problem ``request_invalid`` for a day to come."""
    on = _day(uow, request.sent_on, "sent_on")
    store.lock_numbers(uow.session)
    doubled = _doubled(request.rows)
    wrong: list[WrongRow] = []
    good: list[tuple[Judged, str]] = []
    for row in request.rows:
        judged = Judged(None, "tracking_number_doubled") if row.row in doubled else _judge_row(uow, row)
        if judged.problem:
            wrong.append(WrongRow(**row.model_dump(), problem=judged.problem))
        else:
            good.append((judged, row.tracking_number))
    known = sum(judged.known for judged, _number in good)
    if wrong and not request.only_good:
        return ParcelsSent(taken=0, known=known, wrong=wrong)
    for judged, number in good:
        if judged.found and not judged.known:
            _send(uow, judged.found, number, on)
    return ParcelsSent(taken=len(good) - known, known=known, wrong=wrong)


def settle_parcel(request: SettleParcel, uow: UnitOfWork) -> MailingItem:
    """It was delivered, or came back: then the applicant is asked where it should go. The same again changes nothing.

    Problems: ``parcel_unknown``, ``parcel_not_sent``, ``request_invalid`` for a day before it was sent or to come, and
    for what came back without a reason.
    """
    on = _day(uow, request.on, "on")
    found = store.of_number(uow.session, request.number)
    if found is None:
        raise Problem("parcel_unknown")
    parcel, entry, _document = found
    if parcel.state == request.outcome:
        return item_of(uow.sealing, found)
    if parcel.state != "sent" or parcel.sent_on is None:
        raise Problem("parcel_not_sent")
    if on < parcel.sent_on:
        raise Problem("request_invalid", errors=[FieldError("on", "invalid")])
    if request.outcome == "returned" and request.reason is None:
        raise Problem("request_invalid", errors=[FieldError("reason", "missing")])
    parcel.ended_on = on
    if request.outcome == "returned":
        parcel.reason = request.reason or ""
    step(uow, parcel, request.outcome, parcel.reason)
    if request.outcome == "returned":
        tell(uow, parcel, entry, on)
    return item_of(uow.sealing, found)


def _judge_row(uow: UnitOfWork, row: TrackingRow) -> Judged:
    return _judge(uow, row.parcel_number, row.tracking_number)


def _judge(uow: UnitOfWork, parcel_number: str, number: str, *, correct: bool = False) -> Judged:
    found = store.of_number(uow.session, parcel_number)
    if found is None or found[0].parcel_number != parcel_number:
        return Judged(None, "parcel_unknown")
    parcel, entry, document_id = found
    if parcel.tracking_number == number:
        return Judged(found, known=True)
    if not is_tracking_number(number):
        return Judged(found, "tracking_number_wrong")
    if parcel.state == "asked" or (parcel.state == "printed" and parcel.document_id != document_id):
        return Judged(found, "parcel_not_printed")
    if stopped(parcel, entry):
        return Judged(found, "parcel_stopped")
    if parcel.state != "printed" and not (correct and parcel.state == "sent"):
        return Judged(found, "parcel_sent_already")
    if store.of_number(uow.session, number):
        return Judged(found, "tracking_number_used")
    return Judged(found)


def _doubled(rows: Sequence[TrackingRow]) -> set[int]:
    """Rows whose parcel or number another row has too, with something else beside it or not."""
    seen: dict[str, list[int]] = {}
    for row in rows:
        for number in {row.parcel_number, row.tracking_number}:
            seen.setdefault(number, []).append(row.row)
    return {row for places in seen.values() if len(places) > 1 for row in places}


def _send(uow: UnitOfWork, found: store.Listed, number: str, on: date) -> None:
    parcel, entry, _document = found
    parcel.tracking_number, parcel.sent_on = number, on
    step(uow, parcel, "send", number)
    tell(uow, parcel, entry, on)


def _day(uow: UnitOfWork, said: date | None, field: str) -> date:
    today = uow.today()
    if said and said > today:
        raise Problem("request_invalid", errors=[FieldError(field, "invalid")])
    return said or today
