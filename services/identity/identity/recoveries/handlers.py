"""Asking to get an account back, following that, objecting to it (I-09): what strangers may call.

Nothing here looks at whose a number is, so no answer, time or count can tell it. Who may know it of an old one is asked
about every number alike, later, and answers the office only.
"""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.identity import (
    FollowRecovery,
    ObjectionHeard,
    ObjectToRecovery,
    RecoveryProgress,
    RecoveryReceipt,
    SubmitRecovery,
)

from identity.base import lock_name
from identity.numbers.store import spelled
from identity.otp import handlers as otp
from identity.photos import handlers as photos
from identity.recoveries import model, store
from identity.recoveries.behind import ask_whose
from identity.recoveries.effects import may_put_back_alone, put_back
from identity.recoveries.steps import act, objection_code, tell_contact, tell_office
from identity.recoveries.store import Recovery

_log = logger("identity.recoveries")


def submit_recovery(request: SubmitRecovery, uow: UnitOfWork) -> RecoveryReceipt:
    """Puts the request on the office's list. The address is proved by its code; the number is only noted.

    The same number and address again is the same request, while that is under way. Problems:
    ``recovery_number_invalid``, ``recovery_contact_missing``, ``mobile_invalid``, ``email_invalid``, ``otp_wrong``,
    ``otp_expired``, ``otp_too_many``, and of a photograph those of :func:`identity.photos.handlers.receive`.
    """
    return enter(request, uow, "web", otp.requester(request.client, request.browser))


def enter(request: SubmitRecovery, uow: UnitOfWork, channel: str, by: otp.Requester) -> RecoveryReceipt:
    """As :func:`submit_recovery`, by whatever way it came."""
    number = spelled(request.number)
    if not model.is_number(number):
        raise Problem("recovery_number_invalid", errors=[FieldError("number", "recovery_number_invalid")])
    contact = otp.contact_of(request.mobile, request.email)
    code = otp.check_code(uow, "recover", contact, request.otp, by)
    lock_name(uow.session, f"recovery {contact}")
    recovery = store.same(uow.session, number, contact)
    if recovery is None:
        recovery = Recovery(
            recovery_id=new_id("rec"),
            receipt=model.new_receipt(uow.today()),
            number=number,
            channel=channel,
            contact=contact,
            contact_kind="mobile" if request.mobile else "email",
            lost=list(request.lost),
            note=request.note,
            language=request.language,
            submitted_by=uow.actor.subject if uow.actor.session_id else "",
            submitted_at=uow.now(),
            due_on=model.due_date(uow.today()),
        )
        act(uow, recovery, "submit")
        ask_whose(uow, recovery)
    if request.photo and recovery.state == "open":
        photos.receive(uow, recovery, request.photo, request.uploaded_by, request.client)
    otp.use_code(uow, code)
    tell_contact(uow, recovery, "recovery_received", due_on=recovery.due_on)
    return RecoveryReceipt(receipt=recovery.receipt, due_on=recovery.due_on)


def follow_recovery(request: FollowRecovery, uow: UnitOfWork) -> RecoveryProgress:
    """Where a request stands, for whoever has its address and number.

    What one person has proposed counts as open until another has confirmed it. Problems: those of the code;
    ``recovery_unknown`` for another's number and one that does not exist alike.
    """
    contact = otp.contact_of(request.mobile, request.email)
    code = otp.check_code(uow, "recover", contact, request.otp, otp.requester(request.client, request.browser))
    recovery = store.by_receipt(uow.session, spelled(request.receipt))
    if recovery is None or recovery.contact != contact:
        raise Problem("recovery_unknown")
    otp.use_code(uow, code)
    return RecoveryProgress.model_validate(
        {
            "receipt": recovery.receipt,
            "state": "open" if recovery.state == "proposed" else recovery.state,
            "submitted_at": recovery.submitted_at,
            "due_on": recovery.due_on,
            "reason": recovery.reason,
            "waits_until": recovery.waits_until,
        }
    )


def object_to_recovery(request: ObjectToRecovery, uow: UnitOfWork) -> ObjectionHeard:
    """Stops a change for good, and the office is told; said twice, it is said once.

    Heard until the change takes effect. After that, cases that were moved go back as long as nothing was done with
    them; anything else changes nothing, but the office is told all the same, and can put it back. Problems:
    ``recovery_objection_wrong`` (whatever of the two is wrong), ``recovery_objection_late``.
    """
    recovery = store.by_receipt(uow.session, spelled(request.receipt), lock=True)
    # A number that nobody has takes the same work.
    expected = objection_code(uow, recovery.recovery_id if recovery else "none")
    if not model.same_code(request.code, expected) or recovery is None or recovery.waits_until is None:
        raise Problem("recovery_objection_wrong", errors=[FieldError("code", "recovery_objection_wrong")])
    if recovery.state in ("objected", "returned"):
        return ObjectionHeard.model_validate({"state": recovery.state})
    recovery.objected_at = uow.now()
    if may_put_back_alone(uow, recovery):
        put_back(uow, recovery)
        _log.warning("recovery_objected", recovery=recovery.recovery_id, late=True)
        tell_office(uow, recovery, "recovery_objected", "returned")
        return ObjectionHeard(state="returned")
    late = recovery.state != "waiting"
    if not late:
        act(uow, recovery, "object")
        tell_contact(uow, recovery, "recovery_stopped")
    _log.warning("recovery_objected", recovery=recovery.recovery_id, late=late)
    tell_office(uow, recovery, "recovery_objected", "late" if late else "objected")
    if late:
        uow.audit("recovery.object_late", subject=recovery.recovery_id)
        uow.keep()
        raise Problem("recovery_objection_late")
    return ObjectionHeard()
