"""加急: what is offered, asking for it, deciding it; and the public figures of the examination queue."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Empty, Identifier, staff
from contracts.expedite import (
    ASK_EXPEDITE,
    DECIDE_EXPEDITE,
    GET_EXPEDITE,
    LIST_EXPEDITES,
    MOST_FILES,
    OFFER_EXPEDITE,
    OPEN_EVIDENCE,
    QUEUE_STATISTICS,
    WITHDRAW_EXPEDITE,
    AskBecause,
    AskExpedite,
    DecideExpedite,
    EvidenceRef,
    ExpediteList,
    ExpediteOffer,
    ExpediteRef,
    ExpediteView,
    ListExpedites,
    QueueStatistics,
    RefuseBecause,
)
from contracts.payment import TARIFF
from contracts.text import Paragraphs
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads.receipt import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import deliver

routes = ApiGroup("expedites", _l("加急与排队"))
SENIORS = staff("senior_examiner")


class NewExpedite(BaseModel):
    """``evidence``: finished uploads that show why it is urgent."""

    model_config = ConfigDict(extra="forbid")

    tier: Identifier
    because: AskBecause
    reason: Annotated[str, Paragraphs(1000)]
    evidence: list[Identifier] = Field(default=[], max_length=MOST_FILES)


class GrantOfExpedite(BaseModel):
    """``answer`` says why, for the record; of a refusal the applicant reads it."""

    model_config = ConfigDict(extra="forbid")

    answer: Annotated[str, Paragraphs(1000)]


class RefusalOfExpedite(GrantOfExpedite):
    because: RefuseBecause


def offered() -> tuple[ExpediteOffer, dict[str, int]]:
    """The tiers that the office offers and the tariff has an amount for, and the fen of each by code."""
    offer = call(OFFER_EXPEDITE, Empty())
    if not offer.items:
        return offer, {}
    amounts = {line.code: line.amount for line in call(TARIFF, Empty()).lines}
    items = [tier for tier in offer.items if tier.tariff in amounts]
    return offer.model_copy(update={"items": items}), {tier.code: amounts[tier.tariff] for tier in items}


@routes.get("/expedite", _l("可以申请的加急"), access=ANONYMOUS, reply=ExpediteOffer)
def offer_expedite() -> ExpediteOffer:
    """Tiers that can be asked for today; none where the office does not expedite. Fees: `GET /tariff`."""
    offer, _fees = offered()
    return offer


@routes.get("/statistics/queue", _l("审查排队统计"), access=ANONYMOUS, reply=QueueStatistics)
def queue_statistics() -> QueueStatistics:
    """One entry a day, as the queue stood when the day began; small numbers are null."""
    return call(QUEUE_STATISTICS, Empty())


@routes.post(
    "/applications/<application_id>/expedites",
    _l("申请加急"),
    access=ACCOUNT,
    body=NewExpedite,
    reply=ExpediteView,
    status=201,
    problems=(
        "application_unknown",
        "action_not_allowed",
        "expedite_not_offered",
        "expedite_open",
        "receipt_invalid",
        "upload_unknown",
        "work_too_many",
    ),
)
def ask_expedite(application_id: str, body: NewExpedite) -> ExpediteView:
    """Of an accepted case that is not decided. A senior examiner decides; the fee is due only after a grant."""
    tokens = [receipt_for(upload_id).token for upload_id in body.evidence]
    return call(
        ASK_EXPEDITE,
        AskExpedite(
            application_id=application_id, tier=body.tier, because=body.because, reason=body.reason, evidence=tokens
        ),
    )


@routes.get(
    "/expedites/<expedite_id>", _l("一件加急申请"), access=SIGNED_IN, reply=ExpediteView, problems=("expedite_unknown",)
)
def get_expedite(expedite_id: str) -> ExpediteView:
    """With the promised day, once it is paid."""
    return call(GET_EXPEDITE, ExpediteRef(expedite_id=expedite_id))


@routes.post(
    "/expedites/<expedite_id>/withdrawal",
    _l("收回加急申请"),
    access=ACCOUNT,
    reply=ExpediteView,
    problems=("expedite_unknown", "action_not_allowed"),
)
def withdraw_expedite(expedite_id: str) -> ExpediteView:
    """Before it is decided."""
    return call(WITHDRAW_EXPEDITE, ExpediteRef(expedite_id=expedite_id))


@routes.get(
    "/expedites/<expedite_id>/evidence/<evidence_id>",
    _l("加急的证明文件"),
    access=SIGNED_IN,
    raw=True,
    content_type="application/octet-stream",
    problems=("expedite_unknown", "expedite_evidence_unknown", "material_quarantined", "material_unscanned"),
)
def open_evidence(expedite_id: str, evidence_id: str) -> Response:
    """The file itself."""
    return deliver(call(OPEN_EVIDENCE, EvidenceRef(expedite_id=expedite_id, file_id=evidence_id)))


@routes.get("/staff/expedites", _l("加急申请队列"), access=SENIORS, query=ListExpedites, reply=ExpediteList)
def list_expedites(query: ListExpedites) -> ExpediteList:
    """The oldest first."""
    return call(LIST_EXPEDITES, query)


@routes.post(
    "/staff/expedites/<expedite_id>/grant",
    _l("同意加急"),
    access=SENIORS,
    body=GrantOfExpedite,
    reply=ExpediteView,
    problems=("expedite_unknown", "expedite_own_case", "action_not_allowed"),
)
def grant_expedite(expedite_id: str, body: GrantOfExpedite) -> ExpediteView:
    """The applicant is asked for the fee; the promised period counts from its payment."""
    return call(DECIDE_EXPEDITE, DecideExpedite(expedite_id=expedite_id, step="grant", answer=body.answer))


@routes.post(
    "/staff/expedites/<expedite_id>/refusal",
    _l("不同意加急"),
    access=SENIORS,
    body=RefusalOfExpedite,
    reply=ExpediteView,
    problems=("expedite_unknown", "expedite_own_case", "action_not_allowed"),
)
def refuse_expedite(expedite_id: str, body: RefusalOfExpedite) -> ExpediteView:
    """With a reason that the applicant reads."""
    return call(
        DECIDE_EXPEDITE,
        DecideExpedite(expedite_id=expedite_id, step="refuse", because=body.because, answer=body.answer),
    )
