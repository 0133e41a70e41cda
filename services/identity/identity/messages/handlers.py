"""Messages about cases: written when filing, payment and archive say that something happened; listed; marked read."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from chassis.access import acting_for, may
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    ListMessages,
    MessageList,
    MessageView,
    ReadMessage,
    SandboxMessages,
    UnreadMessages,
)
from contracts.identity.messages import MOST_COUNTED
from contracts.legacy.cases import LegacyCaseAdvanced
from contracts.text import email, mobile

from contracts import expedite, filing, mailing
from identity.accounts import store as accounts
from identity.messages import store
from identity.messages.model import TEXTS, Told, legacy_template, render, wording
from identity.messages.notices import Params, body_of, notify
from identity.messages.store import Message
from identity.numbers import store as numbers

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")


def list_messages(request: ListMessages, uow: UnitOfWork) -> MessageList:
    """The in-app messages of the caller's party, newest first."""
    account_id = acting_for(uow.actor, "read")
    rows = store.in_app(
        uow.session, account_id, unread=request.unread_only, before=request.cursor, limit=request.limit + 1
    )
    page = rows[: request.limit]
    return MessageList(
        items=[shown(uow, row, request.language) for row in page],
        next_cursor=page[-1].message_id if len(rows) > request.limit else None,
        unread=store.count_unread(uow.session, account_id),
    )


def count_unread(request: Empty, uow: UnitOfWork) -> UnreadMessages:
    """How many of them are unread."""
    account_id = acting_for(uow.actor, "read")
    return UnreadMessages(unread=store.count_unread_up_to(uow.session, account_id, MOST_COUNTED))


def read_message(request: ReadMessage, uow: UnitOfWork) -> Empty:
    """Marks one of the messages of the caller's party read. Problem ``message_unknown``."""
    message = uow.session.get(Message, request.message_id)
    if message is None or message.channel != "in_app" or not may(uow.actor, message.account_id or "", "read"):
        raise Problem("message_unknown")
    message.read_at = message.read_at or uow.now()
    return Empty()


def read_all_messages(request: Empty, uow: UnitOfWork) -> Empty:
    """Marks every unread message of the caller's party read."""
    store.mark_all_read(uow.session, acting_for(uow.actor, "read"), uow.now())
    return Empty()


def sandbox_messages(request: SandboxMessages, uow: UnitOfWork) -> MessageList:
    """Everything that was "sent" to a mobile number, e-mail address or account, newest first."""
    to = [request.to, email(request.to), mobile(request.to)] if request.to else []
    rows = store.sent(uow.session, to, request.limit)
    return MessageList(items=[shown(uow, row, None) for row in rows])


def shown(uow: UnitOfWork, row: Message, language: str | None) -> MessageView:
    """In a language, or as it was written."""
    subject, body = row.subject, body_of(uow, row)
    if language and row.sealed_body is None and TEXTS.knows("subject", row.template):
        rendered = render(row.template, row.channel, language, wording(language, _revived(row.params)))
        subject, body = rendered.subject, rendered.body
    facts: dict[str, Any] = {
        "message_id": row.message_id,
        "channel": row.channel,
        "to": row.recipient,
        "subject": subject,
        "body": body,
        "sent_at": row.sent_at,
        "read_at": row.read_at,
        "application_id": row.application_id,
        "template": row.template,
    }
    return MessageView.model_validate(facts)


def _revived(params: dict[str, Any]) -> Params:
    """Dates and moments again, from their ISO form."""
    revived: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, str) and _MOMENT.match(value):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and _DATE.fullmatch(value):
            value = date.fromisoformat(value)
        revived[name] = value
    return revived


def tell(uow: UnitOfWork, account_id: str, application_id: str | None, template: str, params: Params) -> None:
    """Writes the messages of the event being handled. An account that is not ours has nobody to tell."""
    account = accounts.get(uow.session, account_id)
    if account is None or uow.event is None:
        return
    notify(uow, account, template, uow.event.id, params, application_id=application_id)


def tell_submitted(data: filing.ApplicationSubmitted, uow: UnitOfWork) -> None:
    """The case is filed, under its serial number. Of a batch people are told once for all works."""
    numbers.remember(uow.session, data.serial_number, data.account_id, data.application_id)
    if data.batch_id is not None:
        return
    tell(uow, data.account_id, data.application_id, "application_submitted", _case(data))


def tell_accepted(data: filing.ApplicationAccepted, uow: UnitOfWork) -> None:
    """The case has its acceptance number and a date; where paper is still awaited, it is asked for."""
    if data.acceptance_number:
        numbers.remember(uow.session, data.acceptance_number, data.account_id, data.application_id)
    if data.batch_id is not None:
        return
    awaited = data.paper_required if data.paper_awaited is None else data.paper_awaited
    template = "application_accepted_paper" if awaited else "application_accepted"
    params = {**_case(data), "accepted_on": data.accepted_on, "due_on": data.examination_due_on}
    tell(uow, data.account_id, data.application_id, template, params)


def tell_paper_received(data: filing.PaperReceived, uow: UnitOfWork) -> None:
    """The paper has arrived, so the clock of examination may run."""
    tell(uow, data.account_id, data.application_id, "paper_received", {**_case(data), "at": data.received_at})


def tell_receipt_corrected(data: filing.PaperReceiptCorrected, uow: UnitOfWork) -> None:
    """What was said of the paper was wrong: it has not come, with time left to send it or not, or on another day."""
    template, params = "paper_taken_back_late", _case(data)
    if data.received_at is not None:
        template, params = "paper_day_corrected", {**params, "at": data.received_at}
    elif data.due_on is not None and data.due_on >= uow.today():
        template, params = "paper_taken_back", {**params, "due_on": data.due_on}
    tell(uow, data.account_id, data.application_id, template, params)


def tell_paper_deficient(data: filing.PaperDeficient, uow: UnitOfWork) -> None:
    """What of the paper is still missing, by its names in the reader's language, and until when."""
    template, params = "paper_deficient", {**_case(data), "missing": _lacking(data)}
    if data.due_on is not None and data.due_on >= uow.today():
        template, params = "paper_deficient_until", {**params, "due_on": data.due_on}
    tell(uow, data.account_id, data.application_id, template, params)


def _lacking(data: filing.PaperDeficient) -> str | dict[str, str]:
    """The papers by their names in each language, and what the clerk has added."""
    if not data.papers:
        return data.missing
    remark = [line.strip() for line in data.remark.split("\n") if line.strip()]
    return {
        "zh": "；".join([*(paper.zh for paper in data.papers), *remark]),
        "en": "; ".join([*(paper.en for paper in data.papers), *remark]),
    }


def tell_correction_requested(data: filing.CorrectionRequested, uow: UnitOfWork) -> None:
    """What must be mended and by when."""
    params = {**_case(data), "due_on": data.due_on, "defects": data.defects}
    tell(uow, data.account_id, data.application_id, "correction_requested", params)


def tell_correction_answered(data: filing.CorrectionAnswered, uow: UnitOfWork) -> None:
    """The answer has arrived; the examiner goes on."""
    params = {**_case(data), "at": data.answered_at}
    tell(uow, data.account_id, data.application_id, "correction_answered", params)


def tell_approved(data: filing.ApplicationApproved, uow: UnitOfWork) -> None:
    """The case is approved, and what is being made: a certificate, a paper about a registration, or the proof that it
    was cancelled."""
    template = {"registered": "application_approved", "revoked": "application_approved_cancellation"}.get(
        data.act, "application_approved_procedure"
    )
    tell(uow, data.account_id, data.application_id, template, {**_case(data), "at": data.approved_at})


def tell_refused(data: filing.ApplicationRefused, uow: UnitOfWork) -> None:
    """The case is refused, and why; standard reasons in the language of who is told."""
    account = accounts.get(uow.session, data.account_id)
    english = account is not None and account.language == "en"
    reason = data.reason_en if english and data.reason_en else data.reason
    params = {**_case(data), "at": data.refused_at, "reason": reason}
    tell(uow, data.account_id, data.application_id, "application_refused", params)


def tell_withdrawn(data: filing.ApplicationWithdrawn, uow: UnitOfWork) -> None:
    """The case is withdrawn, so that its holder hears of it should it have been somebody else."""
    params: Params = {**_case(data), **_fee(data.fee), "at": data.withdrawn_at}
    template = "application_withdrawn"
    if data.fee is not None:
        kept = data.fee.accepted_on is not None
        template = "application_withdrawn_fee_kept" if kept else "application_withdrawn_fee_returned"
    tell(uow, data.account_id, data.application_id, template, params)


def tell_lapsed(data: filing.ApplicationLapsed, uow: UnitOfWork) -> None:
    """The case has lapsed; why has words of its own."""
    params: Params = {**_case(data), **_fee(data.fee), "on": data.lapsed_on}
    template = f"application_lapsed_{data.reason}"
    if data.reason == "correction_not_answered" and data.fee is not None and data.fee.accepted_on is not None:
        template = "application_lapsed_correction_not_answered_fee_kept"
    tell(uow, data.account_id, data.application_id, template, params)


def _fee(fee: filing.FeePaid | None) -> Params:
    return {"amount": fee.amount, "accepted_on": fee.accepted_on or "—"} if fee else {}


def tell_expedite(data: expedite.ExpediteAdvanced, uow: UnitOfWork) -> None:
    """A step of a request to hurry a case; each has words of its own. That it is granted is told with its order."""
    if data.state == "granted":
        return
    template = "expedite_unavailable" if data.text == "not_offered" else f"expedite_{data.state}"
    if data.state == "active" and data.paused:
        template = "expedite_waiting"
    params: Params = {
        "title": data.title,
        "serial_number": data.serial_number,
        "due_on": data.due_on or data.advanced_at,
        "text": data.text or "—",
    }
    tell(uow, data.account_id, data.application_id, template, params)


def tell_parcel(data: mailing.ParcelAdvanced, uow: UnitOfWork) -> None:
    """The paper certificate was sent, or came back: then the applicant is asked where it should go."""
    params: Params = {
        "title": data.title,
        "registration_number": data.registration_number,
        "tracking_number": data.tracking_number,
        "on": data.at_on,
    }
    template = "parcel_corrected_delivered" if data.state == "delivered" else "parcel_returned"
    if data.state == "sent":
        template = "parcel_corrected_sent" if data.corrected else "parcel_sent"
    tell(uow, data.account_id, data.application_id, template, params)


def tell_legacy_case(data: LegacyCaseAdvanced, uow: UnitOfWork) -> None:
    """Where an old case stands now, or that a period is near its end; how it ended has words of its own."""
    params: Params = {
        "title": data.title,
        "serial_number": data.serial_number,
        "acceptance_number": data.acceptance_number or "—",
        "at": data.advanced_at,
        "due_on": data.due_on or data.advanced_at,
        "amount": data.amount,
        "text": data.text or "—",
        "registration_number": data.registration_number or "—",
    }
    tell(uow, data.account_id, data.application_id, legacy_template(data), params)


def _case(data: filing.CaseFacts) -> dict[str, Told]:
    return {
        "title": data.title,
        "serial_number": data.serial_number,
        "acceptance_number": data.acceptance_number or "—",
    }
