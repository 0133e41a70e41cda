"""邮寄纸质证书: asked for by whose certificate it is, printed and sent by the archive, which prints from its pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from contracts.base import ACCOUNT, staff
from contracts.mailing import (
    ASK_PARCEL,
    CANCEL_PARCEL,
    CORRECT_OUTCOME,
    LIST_MAILING,
    OPEN_PARCEL,
    PUT_BACK_MAILING,
    SEND_PARCEL,
    SEND_PARCELS,
    SETTLE_PARCEL,
    TAKE_MAILING,
    AskParcel,
    CancelParcel,
    CorrectOutcome,
    ListMailing,
    MailingBatch,
    MailingItem,
    MailingPage,
    OpenParcel,
    ParcelPlace,
    ParcelsSent,
    ParcelView,
    PostalAddress,
    PutBackMailing,
    ReturnReason,
    SendParcel,
    SendParcels,
    SettleParcel,
    TakeMailing,
)
from contracts.text import Compact, Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call

routes = ApiGroup("mailing", _l("纸质证书邮寄"))
ARCHIVISTS = staff("archivist")
READERS = staff("archivist", "customer_service")
SENT = ("parcel_unknown", "parcel_not_printed", "parcel_stopped", "parcel_sent_already", "tracking_number_wrong")


class HandedOver(BaseModel):
    """``sent_on``: by default today. ``correct``: replaces a number that was entered before."""

    model_config = ConfigDict(extra="forbid")

    tracking_number: Annotated[str, Compact(20)]
    sent_on: date | None = None
    correct: bool = False


class ParcelOutcome(BaseModel):
    """``on``: by default today; ``reason``: why it came back."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["delivered", "returned"]
    on: date | None = None
    reason: ReturnReason | None = None


class CorrectedOutcome(BaseModel):
    """``outcome``: *sent* where it is still on its way. ``why``: kept with the parcel."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["sent", "delivered", "returned"]
    on: date | None = None
    reason: ReturnReason | None = None
    why: Annotated[str, Paragraphs(500)]


@routes.get(
    "/registrations/<registration_number>/parcel",
    _l("纸质证书的邮寄情况"),
    access=ACCOUNT,
    reply=ParcelPlace,
    problems=("registration_number_unknown",),
)
def open_parcel(registration_number: str) -> ParcelPlace:
    """Whether one can be asked for, and where the last one is."""
    return call(OPEN_PARCEL, OpenParcel(registration_number=registration_number[:60]))


@routes.post(
    "/registrations/<registration_number>/parcel",
    _l("申请邮寄纸质证书"),
    access=ACCOUNT,
    body=PostalAddress,
    reply=ParcelView,
    problems=(
        "registration_number_unknown",
        "certificate_not_valid",
        "certificate_of_old_system",
        "certificate_names_others",
        "parcel_not_changeable",
    ),
)
def ask_parcel(registration_number: str, body: PostalAddress) -> ParcelView:
    """Asks for it, or corrects the address until the parcel is handed over; after it came back, asks anew."""
    return call(ASK_PARCEL, AskParcel(registration_number=registration_number[:60], address=body))


@routes.delete(
    "/registrations/<registration_number>/parcel",
    _l("取消邮寄纸质证书"),
    access=ACCOUNT,
    reply=ParcelView,
    problems=("registration_number_unknown", "parcel_unknown", "parcel_not_cancellable"),
)
def cancel_parcel(registration_number: str) -> ParcelView:
    """As long as it is in no batch; its address is deleted at once. Another can be asked for afterwards."""
    return call(CANCEL_PARCEL, CancelParcel(registration_number=registration_number[:60]))


@routes.get("/staff/parcels", _l("待邮寄的纸质证书"), access=READERS, query=ListMailing, reply=MailingPage)
def list_mailing(query: ListMailing) -> MailingPage:
    """The oldest first; recipients masked."""
    return call(LIST_MAILING, query)


@routes.post(
    "/staff/parcel-batches",
    _l("取一批纸质证书打印"),
    access=ARCHIVISTS,
    body=TakeMailing,
    reply=MailingBatch,
    status=201,
)
def take_mailing(body: TakeMailing) -> MailingBatch:
    """The oldest that can be printed. With none there is no batch."""
    return call(TAKE_MAILING, body)


@routes.post(
    "/staff/parcels/<parcel_number>/tracking",
    _l("登记 EMS 单号"),
    access=ARCHIVISTS,
    body=HandedOver,
    reply=MailingItem,
    problems=(*SENT, "tracking_number_used"),
)
def send_parcel(parcel_number: str, body: HandedOver) -> MailingItem:
    """The parcel was handed to EMS; the applicant is told."""
    return call(SEND_PARCEL, SendParcel(parcel_number=parcel_number[:20], **body.model_dump()))


@routes.post(
    "/staff/parcels/tracking",
    _l("登记一批 EMS 单号"),
    access=ARCHIVISTS,
    body=SendParcels,
    reply=ParcelsSent,
)
def send_parcels(body: SendParcels) -> ParcelsSent:
    """All rows are taken or none, with ``only_good`` those that are right; what is wrong is told row by row."""
    return call(SEND_PARCELS, body)


@routes.post(
    "/staff/parcels/<parcel_number>/outcome",
    _l("登记妥投或退回"),
    access=ARCHIVISTS,
    body=ParcelOutcome,
    reply=MailingItem,
    problems=("parcel_unknown", "parcel_not_sent"),
)
def settle_parcel(parcel_number: str, body: ParcelOutcome) -> MailingItem:
    """Of a parcel that came back the applicant is told, and may give another address."""
    return call(SETTLE_PARCEL, SettleParcel(number=parcel_number[:20], **body.model_dump()))


@routes.post(
    "/staff/parcels/<parcel_number>/outcome-correction",
    _l("更正登记错的妥投或退回"),
    access=ARCHIVISTS,
    body=CorrectedOutcome,
    reply=MailingItem,
    problems=("parcel_unknown", "parcel_not_settled", "parcel_followed", "parcel_address_deleted"),
)
def correct_outcome(parcel_number: str, body: CorrectedOutcome) -> MailingItem:
    """What really became of it, or that nothing has yet; the applicant is told, and what was said before is kept."""
    return call(CORRECT_OUTCOME, CorrectOutcome(number=parcel_number[:20], **body.model_dump()))


@routes.delete(
    "/staff/parcel-batches/<batch_id>",
    _l("把一批纸质证书放回待打印"),
    access=ARCHIVISTS,
    reply=MailingBatch,
    problems=("mailing_batch_unknown", "mailing_batch_posted"),
)
def put_back_mailing(batch_id: str) -> MailingBatch:
    """A batch that was taken by mistake, as long as nothing of it was handed to EMS."""
    return call(PUT_BACK_MAILING, PutBackMailing(batch_id=batch_id))
