"""封存: by whose deposit it is; on the order of a court opened by two people of the office."""

from __future__ import annotations

from typing import Annotated, Literal

from contracts.base import ACCOUNT, SIGNED_IN, staff
from contracts.seals import (
    DECIDE_OPENING,
    GET_SEAL,
    LIFT_SEAL,
    LIST_OPENINGS,
    PROPOSE_OPENING,
    SEAL_DEPOSIT,
    DecideOpening,
    ListOpenings,
    OpeningList,
    OpeningView,
    ProposeOpening,
    SealRef,
    SealView,
)
from contracts.text import Line
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.web.api import ApiGroup
from gateway.web.calls import call

routes = ApiGroup("seals", _l("封存与启封"))
OFFICE = staff("archivist", "senior_examiner")


class CourtOrder(BaseModel):
    """``order_number``: of the court's document (文书号)."""

    model_config = ConfigDict(extra="forbid")

    court: Annotated[str, Line(100), Field(min_length=1)]
    order_number: Annotated[str, Line(60), Field(min_length=1)]


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step: Literal["confirm", "dismiss"]


@routes.get(
    "/applications/<application_id>/seal",
    _l("交存的材料是否封存"),
    access=SIGNED_IN,
    reply=SealView,
    problems=("application_unknown",),
)
def get_seal(application_id: str) -> SealView:
    """With the orders of courts on which it was opened."""
    return call(GET_SEAL, SealRef(application_id=application_id))


@routes.post(
    "/applications/<application_id>/seal",
    _l("封存一件登记的材料"),
    access=ACCOUNT,
    reply=SealView,
    problems=("application_unknown", "deposit_not_sealable"),
)
def seal_deposit(application_id: str) -> SealView:
    """Of what is registered. Sealed twice, nothing changes."""
    return call(SEAL_DEPOSIT, SealRef(application_id=application_id))


@routes.delete(
    "/applications/<application_id>/seal",
    _l("启封交存的材料"),
    access=ACCOUNT,
    reply=SealView,
    problems=("application_unknown",),
)
def lift_seal(application_id: str) -> SealView:
    """Lifts the seal. Lifted twice, nothing changes."""
    return call(LIFT_SEAL, SealRef(application_id=application_id))


@routes.get("/staff/seal-openings", _l("启封的列表"), access=OFFICE, query=ListOpenings, reply=OpeningList)
def list_openings(query: ListOpenings) -> OpeningList:
    """The newest first."""
    return call(LIST_OPENINGS, query)


@routes.post(
    "/staff/applications/<application_id>/seal-openings",
    _l("凭法院文书提出启封"),
    access=OFFICE,
    body=CourtOrder,
    reply=SealView,
    status=201,
    problems=("application_unknown", "deposit_not_sealed", "opening_proposed"),
)
def propose_opening(application_id: str, body: CourtOrder) -> SealView:
    """Nothing is opened before a second person confirms."""
    return call(PROPOSE_OPENING, ProposeOpening(application_id=application_id, **body.model_dump()))


@routes.post(
    "/staff/seal-openings/<opening_id>/decision",
    _l("复核启封"),
    access=OFFICE,
    body=Decision,
    reply=OpeningView,
    problems=("opening_unknown", "opening_closed", "second_person_required", "deposit_not_sealed"),
)
def decide_opening(opening_id: str, body: Decision) -> OpeningView:
    """By another person than who proposed; the applicant is told."""
    return call(DECIDE_OPENING, DecideOpening(opening_id=opening_id, step=body.step))
