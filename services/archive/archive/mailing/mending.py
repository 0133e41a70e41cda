"""What was entered of parcels by mistake is put right: a wrong outcome, and a batch that nobody meant to take."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.mailing import CorrectOutcome, MailingBatch, MailingItem, PutBackMailing

from archive.mailing import store
from archive.mailing.shown import item_of
from archive.mailing.steps import Action, step, tell

_AS: dict[str, Action] = {"sent": "send", "delivered": "delivered", "returned": "returned"}


def correct_outcome(request: CorrectOutcome, uow: UnitOfWork) -> MailingItem:
    """Says what really became of a parcel, or that nothing has yet; the applicant is told, what was said before stays
    among its steps. The same again changes nothing.

    Problems: ``parcel_unknown``; ``parcel_not_settled`` for one without an outcome; ``parcel_followed`` where another
    has been asked for since; ``parcel_address_deleted`` for one that would be on its way again with nowhere to go;
    ``request_invalid`` without a word, for a day before it was sent or to come, and for a return without a reason.
    """
    if not request.why.strip():
        raise Problem("request_invalid", errors=[FieldError("why", "required")])
    found = store.of_number(uow.session, request.number)
    if found is None:
        raise Problem("parcel_unknown")
    parcel, entry, _document = found
    if parcel.state not in ("delivered", "returned") or parcel.sent_on is None:
        raise Problem("parcel_not_settled")
    today = uow.today()
    on = None if request.outcome == "sent" else request.on or today
    if on is not None and not parcel.sent_on <= on <= today:
        raise Problem("request_invalid", errors=[FieldError("on", "invalid")])
    if request.outcome == "returned" and request.reason is None:
        raise Problem("request_invalid", errors=[FieldError("reason", "missing")])
    reason = (request.reason or "") if request.outcome == "returned" else ""
    if (parcel.state, parcel.ended_on, parcel.reason) == (request.outcome, on, reason):
        return item_of(uow.sealing, found)
    if parcel.state != request.outcome and _followed(parcel, uow):
        raise Problem("parcel_followed")
    if request.outcome == "sent" and parcel.address is None:
        raise Problem("parcel_address_deleted")
    before, was = parcel.state, (parcel.ended_on, parcel.reason)
    parcel.ended_on, parcel.reason = on, reason
    step(uow, parcel, _AS[request.outcome], request.why, was)
    if before != request.outcome:
        tell(uow, parcel, entry, on or today, corrected=True)
    return item_of(uow.sealing, found)


def _followed(parcel: store.Parcel, uow: UnitOfWork) -> bool:
    """Whether another parcel of the registration is under way, or was: it went where this one did not arrive. Who asks
    for one holds the lock of this."""
    return store.later(uow.session, parcel, cancelled=False) is not None


def put_back_mailing(request: PutBackMailing, uow: UnitOfWork) -> MailingBatch:
    """The parcels of a batch wait to be printed again, in their old order; its papers are void.

    Problems: ``mailing_batch_unknown``, also for one that was put back; ``mailing_batch_posted`` once any of it was
    handed to EMS.
    """
    parcels = store.locked_batch(uow.session, request.batch_id)
    if not parcels:
        raise Problem("mailing_batch_unknown")
    if any(parcel.state != "printed" for parcel in parcels):
        raise Problem("mailing_batch_posted")
    for parcel in parcels:
        parcel.batch_id = parcel.document_id = None
        step(uow, parcel, "put_back", request.batch_id)
    uow.audit("mailing.put_back_batch", subject=request.batch_id, parcels=len(parcels))
    return MailingBatch(batch_id=request.batch_id, parcels=len(parcels))
