"""咨询记录: what people asked customer service, and the calls that were promised."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from contracts.base import staff
from contracts.enquiries import (
    LIST_CALLBACKS,
    LIST_ENQUIRIES,
    NOTE_ENQUIRY,
    OPEN_ENQUIRY,
    SETTLE_CALLBACK,
    CallbackOutcome,
    EnquiryPage,
    EnquiryRef,
    EnquiryView,
    ListCallbacks,
    ListEnquiries,
    NoteEnquiry,
    SettleCallback,
)
from contracts.text import Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call

routes = ApiGroup("enquiries", _l("咨询记录"))
SERVICE = staff("customer_service")
READERS = staff("customer_service", "administrator")


class CallbackResult(BaseModel):
    """``again_on``: by when somebody tries again, where it has not ended."""

    model_config = ConfigDict(extra="forbid")

    outcome: CallbackOutcome
    text: Annotated[str, Paragraphs(2000)] = ""
    again_on: date | None = None


@routes.post(
    "/staff/enquiries",
    _l("记下一次咨询"),
    access=SERVICE,
    body=NoteEnquiry,
    reply=EnquiryRef,
    status=201,
    problems=("enquiry_of_nobody", "callback_day", "callback_number_missing", "not_found"),
)
def note_enquiry(body: NoteEnquiry) -> EnquiryRef:
    """Of an account, of a case, or of somebody who is not known; with the day by which a call was promised."""
    return call(NOTE_ENQUIRY, body)


@routes.get(
    "/staff/enquiries", _l("一个账号或一件申请的咨询记录"), access=READERS, query=ListEnquiries, reply=EnquiryPage
)
def list_enquiries(query: ListEnquiries) -> EnquiryPage:
    """The newest first."""
    return call(LIST_ENQUIRIES, query)


@routes.get("/staff/callbacks", _l("回电"), access=READERS, query=ListCallbacks, reply=EnquiryPage)
def list_callbacks(query: ListCallbacks) -> EnquiryPage:
    """*due*: today's and late ones; *open*; *done*: ended."""
    return call(LIST_CALLBACKS, query)


@routes.get(
    "/staff/enquiries/<enquiry_id>",
    _l("一条咨询记录"),
    access=READERS,
    reply=EnquiryView,
    problems=("enquiry_unknown",),
)
def open_enquiry(enquiry_id: str) -> EnquiryView:
    """With the number to call. It is written down who opened it."""
    return call(OPEN_ENQUIRY, EnquiryRef(enquiry_id=enquiry_id))


@routes.post(
    "/staff/enquiries/<enquiry_id>/calls",
    _l("记下回电的结果"),
    access=SERVICE,
    body=CallbackResult,
    reply=EnquiryView,
    status=201,
    problems=("enquiry_unknown", "callback_settled", "callback_day", "callback_day_missing"),
)
def settle_callback(enquiry_id: str, body: CallbackResult) -> EnquiryView:
    """The call has ended, or there is another day."""
    return call(SETTLE_CALLBACK, SettleCallback(enquiry_id=enquiry_id, **body.model_dump()))
