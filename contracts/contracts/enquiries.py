"""Contracts of enquiries (咨询记录): what somebody asked customer service, and whom they promised to call back by when.

A note is of an account, of a case, or of nobody that is known here. It is never changed: what comes later is a step.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.paging import Page, QueueTotals
from contracts.text import Line, Mobile, Paragraphs

_S = "identity"
_SERVICE = staff("customer_service")
_READERS = staff("customer_service", "administrator")

LATEST_CALLBACK = 90
"""Days from today: what is promised for later is no promise."""

EnquirySubject = Literal["account", "application", "nobody"]
EnquiryChannel = Literal["telephone", "counter", "letter", "message"]
CallbackOutcome = Literal["reached", "not_reached", "postponed", "not_needed"]
"""*reached* and *not_needed* end it; the others have a new day."""
CallbackScope = Literal["due", "open", "done"]
"""*due*: today or before; *done*: ended."""


class NoteEnquiry(Model, personal=("caller", "text", "telephone")):
    """``caller``: who asked, in their own words where nobody is known. ``call_back_on`` promises a call by that day, to
    ``telephone`` or, of a known account, to the number that it has."""

    subject: EnquirySubject
    subject_id: Annotated[str, Line(64)] = ""
    channel: EnquiryChannel = "telephone"
    caller: Annotated[str, Line(100)] = ""
    text: Annotated[str, Paragraphs(2000), Field(min_length=1)]
    call_back_on: date | None = None
    telephone: Annotated[str, Mobile(40)] = ""


class EnquiryRef(Model):
    enquiry_id: Identifier


class SettleCallback(Model, personal=("text",)):
    """What came of a promised call. ``again_on``: by when somebody tries again, where it has not ended."""

    enquiry_id: Identifier
    outcome: CallbackOutcome
    text: Annotated[str, Paragraphs(2000)] = ""
    again_on: date | None = None


class ListEnquiries(Page):
    """Of one account or case."""

    subject: Literal["account", "application"]
    subject_id: Identifier


class ListCallbacks(Page):
    scope: CallbackScope = "due"


class EnquiryStep(Model, personal=("by_name", "text")):
    at: datetime
    by_name: str = ""
    outcome: CallbackOutcome
    text: str = ""
    again_on: date | None = None


class EnquiryView(Model, personal=("caller", "text", "telephone", "by_name")):
    """``call_back_on``: by when somebody calls, while that is open; ``steps``: what was tried, as it happened."""

    enquiry_id: str
    subject: EnquirySubject
    subject_id: str = ""
    channel: EnquiryChannel
    caller: str = ""
    text: str
    telephone: str = ""
    by_name: str = ""
    at: datetime
    call_back_on: date | None = None
    late: bool = False
    promised: bool = Field(default=False, description="a call was promised, whether it is still open or not")
    steps: list[EnquiryStep] = []


class EnquiryPage(Model):
    """Notes: the newest first; open calls: the most urgent first; ended ones: the last ended first."""

    items: list[EnquiryView] = []
    next_cursor: str | None = None


NOTE_ENQUIRY = RpcMethod(_S, "note_enquiry", NoteEnquiry, EnquiryRef, _SERVICE, "command")
SETTLE_CALLBACK = RpcMethod(_S, "settle_callback", SettleCallback, EnquiryView, _SERVICE, "command")
LIST_ENQUIRIES = RpcMethod(_S, "list_enquiries", ListEnquiries, EnquiryPage, _READERS)
LIST_CALLBACKS = RpcMethod(_S, "list_callbacks", ListCallbacks, EnquiryPage, _READERS)
# A command, since it is written down who opened it.
OPEN_ENQUIRY = RpcMethod(_S, "open_enquiry", EnquiryRef, EnquiryView, _READERS, "command", keep_reply=False)
TOTAL_CALLBACKS = RpcMethod(_S, "total_callbacks", Empty, QueueTotals, _READERS)
