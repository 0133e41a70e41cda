"""Contracts of mailing (纸质证书邮寄): a paper certificate, sent by EMS to the address that its applicant gave.

A parcel is *asked* for (also in the form), *printed* with its label, *sent* with the carrier's number, and *delivered*
or *returned*; it can be *cancelled* while it is in no batch."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, Empty, EventType, Identifier, Model, RpcMethod, staff
from contracts.forms import Kind
from contracts.paging import Page, QueueTotals
from contracts.postal import PostalAddress as PostalAddress
from contracts.text import Compact, Line, Paragraphs

_S = "archive"
_OFFICE = staff("archivist")
_READERS = staff("archivist", "customer_service")

ParcelState = Literal["asked", "printed", "sent", "delivered", "returned", "cancelled"]
Stopped = Literal["", "replaced", "revoked"]
"""Why a parcel is not sent: its certificate holds no more."""
ReturnReason = Literal["unknown_address", "not_reached", "refused", "not_collected", "other"]
MOST_IN_BATCH = 40
"""Parcels printed at once: four sheets of labels."""
MOST_ROWS = 1000
"""Tracking numbers of one file."""


class AskParcel(Model, personal=("address",)):
    """Asks for the paper certificate of a registration, or corrects the address of a parcel that has not left."""

    registration_number: Annotated[str, Line(60)]
    address: PostalAddress


class CancelParcel(Model):
    registration_number: Annotated[str, Line(60)]


class ListParcels(Model):
    """The caller's own, of each registration the last: of these, or where none is named, those that came back."""

    registration_numbers: list[Annotated[str, Line(60)]] = Field(default=[], max_length=50)


class ParcelView(Model, personal=("address",)):
    """A parcel as its applicant sees it. ``changeable``: the address can be corrected, or another one asked for.
    ``cancellable``: it is in no batch yet. ``ended_on``: the day on which it was delivered, came back or was cancelled.
    ``address`` is deleted some time after that, of a cancelled one at once."""

    parcel_number: str
    registration_number: str
    state: ParcelState
    stopped: Stopped = ""
    changeable: bool
    cancellable: bool = False
    asked_at: datetime
    tracking_number: str = ""
    sent_on: date | None = None
    ended_on: date | None = None
    reason: str = ""
    address: PostalAddress | None = None


class OpenParcel(Model):
    registration_number: Annotated[str, Line(60)]


class ParcelPlace(Model):
    """A registration of the caller's, and its last parcel. ``asks``: one can be asked for, or its address corrected;
    ``names_others``: by now the certificate names an earlier owner."""

    registration_number: str
    title: str
    application_id: str
    status: Literal["valid", "replaced", "revoked"]
    asks: bool
    names_others: bool = False
    parcel: ParcelView | None = None


class ParcelList(Model):
    items: list[ParcelView]


class ListMailing(Page):
    """The office's parcels in a state, or of a batch, or (neither) all of them; the oldest first. Of the *asked* those
    whose certificate is valid. ``text``: a parcel, tracking or registration number, exactly."""

    state: ParcelState | None = None
    batch_id: Identifier = ""
    text: Annotated[str, Line(60)] = ""


class MailingItem(Model, personal=("recipient", "place")):
    """A parcel as the office sees it: the recipient masked, of the address province and city. ``document_id``: the
    certificate to print, once it is issued."""

    parcel_number: str
    registration_number: str
    title: str
    kind: Kind
    state: ParcelState
    stopped: Stopped = ""
    recipient: str = ""
    place: str = ""
    asked_at: datetime
    batch_id: str = ""
    document_id: str = ""
    tracking_number: str = ""
    sent_on: date | None = None
    ended_on: date | None = None
    reason: str = ""


class ParcelStepped(Model):
    """What was done with a parcel; ``note``: its number, or why. ``was_on``, ``was_because``: before a correction."""

    state: ParcelState
    at: datetime
    actor: str
    note: str = ""
    was_on: date | None = None
    was_because: str = ""


class MailingPage(Model):
    """``counts``: parcels that wait for the office, by state; *asked* those that can be printed. ``steps``: of the
    parcel that was asked for by its number."""

    steps: list[ParcelStepped] = []
    items: list[MailingItem]
    counts: dict[str, int]
    next_cursor: str | None = None


class TakeMailing(Model):
    """Takes the oldest that can be printed."""

    limit: int = Field(default=MOST_IN_BATCH, ge=1, le=MOST_IN_BATCH)


class MailingBatch(Model):
    """``parcels``: how many; with none there is no batch."""

    batch_id: str = ""
    parcels: int


class PrintMailing(Model):
    """*list*: what is to be printed and put into which parcel; *labels*: the addresses of those that have not left."""

    batch_id: Identifier
    part: Literal["list", "labels"]


class PrintedMailing(Model, personal=("data",)):
    """``data``: base64 of a PDF that is kept nowhere."""

    data: str


class SendParcel(Model):
    """A parcel was handed to EMS. ``sent_on``: by default today. ``correct``: replaces a number entered before."""

    parcel_number: Annotated[str, Compact(20)]
    tracking_number: Annotated[str, Compact(20)]
    sent_on: date | None = None
    correct: bool = False


class SettleParcel(Model):
    """What became of a parcel, by its own or its tracking number. ``on``: by default today."""

    number: Annotated[str, Compact(20)]
    outcome: Literal["delivered", "returned"]
    on: date | None = None
    reason: ReturnReason | None = None


class CorrectOutcome(Model):
    """What was entered of a parcel was wrong: it is still on its way (*sent*), or the other thing became of it. ``on``
    and ``reason`` as in :class:`SettleParcel`; ``why``: kept with the parcel."""

    number: Annotated[str, Compact(20)]
    outcome: Literal["sent", "delivered", "returned"]
    on: date | None = None
    reason: ReturnReason | None = None
    why: Annotated[str, Paragraphs(500)]


class PutBackMailing(Model):
    """A batch that was taken by mistake."""

    batch_id: Identifier


class TrackingRow(Model):
    """A line of a file of tracking numbers; ``row``: its place there."""

    row: int = Field(ge=1, le=100_000)
    parcel_number: Annotated[str, Compact(60)]
    tracking_number: Annotated[str, Compact(60)]


class SendParcels(Model):
    """A whole file of numbers: all of them are taken or none, with ``only_good`` those that are right."""

    rows: list[TrackingRow] = Field(min_length=1, max_length=MOST_ROWS)
    sent_on: date | None = None
    only_good: bool = False


class WrongRow(Model):
    """``code``: one of :data:`ROW_PROBLEMS`."""

    row: int
    parcel_number: str
    tracking_number: str
    problem: str


class ParcelsSent(Model):
    """``taken``: entered now; ``known``: entered before, with the same number; ``wrong``: told row by row."""

    taken: int
    known: int
    wrong: list[WrongRow] = []


ROW_PROBLEMS = (
    "parcel_unknown",
    "parcel_not_printed",
    "parcel_stopped",
    "parcel_sent_already",
    "tracking_number_wrong",
    "tracking_number_used",
    "tracking_number_doubled",
)
"""What can be wrong with a row: codes of problems, but for the last: the file has the parcel or the number twice."""


class ParcelAdvanced(Model):
    """A parcel was sent or came back. ``at_on``: the day; ``reason``: why it came back. ``corrected``: what was said of
    it before was wrong; only then it is *delivered* here."""

    application_id: str
    account_id: str
    title: str
    registration_number: str
    parcel_number: str
    state: Literal["sent", "returned", "delivered"]
    corrected: bool = False
    at_on: date
    tracking_number: str
    reason: str = ""


ASK_PARCEL = RpcMethod(_S, "ask_parcel", AskParcel, ParcelView, ACCOUNT, "command")
CANCEL_PARCEL = RpcMethod(_S, "cancel_parcel", CancelParcel, ParcelView, ACCOUNT, "command")
OPEN_PARCEL = RpcMethod(_S, "open_parcel", OpenParcel, ParcelPlace, ACCOUNT)
LIST_PARCELS = RpcMethod(_S, "list_parcels", ListParcels, ParcelList, ACCOUNT)
LIST_MAILING = RpcMethod(_S, "list_mailing", ListMailing, MailingPage, _READERS)
TOTAL_MAILING = RpcMethod(_S, "total_mailing", Empty, QueueTotals, _OFFICE)
"""What the office has to print and to hand to EMS; ``late``: nothing, no day is promised."""
TAKE_MAILING = RpcMethod(_S, "take_mailing", TakeMailing, MailingBatch, _OFFICE, "command")
# Safe to repeat by itself: it writes down only that the addresses were looked at.
PRINT_MAILING = RpcMethod(_S, "print_mailing", PrintMailing, PrintedMailing, _OFFICE, "command", keep_reply=False)
SEND_PARCEL = RpcMethod(_S, "send_parcel", SendParcel, MailingItem, _OFFICE, "command")
SEND_PARCELS = RpcMethod(_S, "send_parcels", SendParcels, ParcelsSent, _OFFICE, "command")
SETTLE_PARCEL = RpcMethod(_S, "settle_parcel", SettleParcel, MailingItem, _OFFICE, "command")
CORRECT_OUTCOME = RpcMethod(_S, "correct_outcome", CorrectOutcome, MailingItem, _OFFICE, "command")
PUT_BACK_MAILING = RpcMethod(_S, "put_back_mailing", PutBackMailing, MailingBatch, _OFFICE, "command")

EVENTS = (PARCEL_ADVANCED := EventType(_S, "parcel_advanced", ParcelAdvanced, "application_id", ("identity",)),)

ERRORS = {
    "certificate_not_valid": 409,
    "certificate_of_old_system": 409,
    "certificate_names_others": 409,
    "parcel_unknown": 404,
    "parcel_not_changeable": 409,
    "parcel_not_cancellable": 409,
    "parcel_not_printed": 409,
    "parcel_not_sent": 409,
    "parcel_not_settled": 409,
    "parcel_followed": 409,
    "parcel_address_deleted": 409,
    "mailing_batch_posted": 409,
    "parcel_stopped": 409,
    "parcel_sent_already": 409,
    "mailing_batch_unknown": 404,
    "tracking_file_unreadable": 422,
    "tracking_number_wrong": 422,
    "tracking_number_used": 409,
}
