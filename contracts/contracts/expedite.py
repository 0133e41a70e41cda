"""Contracts of expedited examination (加急), and of the recorded and published order of the examination queue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Empty, EventType, Identifier, Model, RpcMethod, Token, staff
from contracts.forms import FilingType, Kind
from contracts.objects import DocumentRef
from contracts.paging import Page, QueueTotals
from contracts.text import Paragraphs

_S = "filing"
_OFFICE = staff("senior_examiner")
MOST_FILES = 5

ExpediteState = Literal["requested", "granted", "active", "kept", "missed", "refused", "withdrawn", "lapsed", "ended"]
"""*granted*: waits for its fee. *active*: paid, the promised day is set. *kept*, *missed*: decided by that day, or not.
*lapsed*: not paid in time. *ended*: its case was decided or ended before the promise was due."""
AskBecause = Literal["dispute", "enforcement", "transaction", "listing", "funding", "other"]
RefuseBecause = Literal["not_urgent", "not_proven", "capacity", "other"]


class Tier(Model):
    """What is offered today: decided within ``working_days`` of payment, for the fee of ``tariff``."""

    code: str
    title_zh: str
    title_en: str
    working_days: int
    pay_working_days: int
    tariff: str = Field(description="code of the tariff; offered only while that has an amount")
    types: list[FilingType]


class ExpediteOffer(Model):
    """Empty ``items``: the office does not expedite at present."""

    on: date
    items: list[Tier]


class AskExpedite(Model):
    """``evidence``: receipts of uploads, at most five."""

    application_id: Identifier
    tier: Identifier
    because: AskBecause
    reason: Annotated[str, Paragraphs(1000)]
    evidence: list[Token] = Field(default=[], max_length=MOST_FILES)


class ExpediteRef(Model):
    expedite_id: Identifier


class EvidenceRef(Model):
    expedite_id: Identifier
    file_id: Identifier


class EvidenceView(Model):
    file_id: str
    file_name: str
    size: int
    state: Literal["checking", "ready", "unscanned", "quarantined"]


class ExpediteView(Model):
    """One request. ``due_on``: the promised day, paused while a correction or the paper is awaited. What the
    office says is final text for the applicant."""

    expedite_id: str
    application_id: str
    state: ExpediteState
    tier: str
    tier_zh: str
    tier_en: str
    working_days: int
    because: AskBecause
    reason: str
    evidence: list[EvidenceView] = []
    asked_at: datetime
    decided_at: datetime | None = None
    refused_because: RefuseBecause | None = None
    answer: str = ""
    pay_by: date | None = None
    order_id: str | None = None
    amount: int | None = Field(default=None, description="fen")
    started_on: date | None = None
    due_on: date | None = None
    paused: bool = False
    closed_on: date | None = None
    title: str = ""
    kind: Kind | None = None
    acceptance_number: str | None = None
    case_state: str = ""
    steps: list[Literal["withdraw", "grant", "refuse"]] = Field(default=[], description="what the caller may do now")


class ListExpedites(Page):
    queue: Literal["requested", "running", "done"] = "requested"


class ExpediteList(Model):
    items: list[ExpediteView]
    next_cursor: str | None = None
    counts: dict[str, int] = {}


class DecideExpedite(Model):
    """A refusal needs ``because`` and ``answer``, which the applicant reads; a grant says why for the record."""

    expedite_id: Identifier
    step: Literal["grant", "refuse"]
    because: RefuseBecause | None = None
    answer: Annotated[str, Paragraphs(1000)]


class Waiting(Model):
    """How long cases of one type wait. Small numbers are not told (None): they could be somebody's."""

    type: FilingType
    waiting: int | None
    median_days: int | None = None
    p90_days: int | None = None
    claimed: int | None = Field(default=None, description="claimed in the last 30 days")
    claimed_median_days: int | None = None
    out_of_order: int | None = Field(default=None, description="of these, before a case that was due earlier")


class Hurried(Model):
    """What became of requests of one tier in the last 90 days."""

    tier: str
    title_zh: str
    title_en: str
    asked: int | None
    active: int | None
    kept: int | None
    missed: int | None


class QueueFigures(Model):
    """The queue as it stood at the beginning of a legal day; frozen then. ``entries`` and ``head``: how many entries
    its record had and the hash over them, so that an entry that is taken out or changed later shows."""

    on: date
    waiting: list[Waiting]
    hurried: list[Hurried]
    entries: int
    head: str


class QueueStatistics(Model):
    """The newest days first. ``least``: smaller numbers are not told."""

    days: list[QueueFigures]
    least: int


class ExpediteAdvanced(Model, personal=("applicant_name",)):
    """A step of a request; payment reckons the fee by ``tariff``. ``previous``: the state before."""

    expedite_id: str
    application_id: str
    account_id: str
    kind: Kind
    title: str
    serial_number: str
    acceptance_number: str | None = None
    applicant_name: str = Field(default="", description="the payer on the receipt")
    tier: str
    tier_zh: str
    tier_en: str
    working_days: int
    tariff: str
    previous: ExpediteState | None
    state: ExpediteState
    advanced_at: datetime
    pay_by: date | None = None
    due_on: date | None = None
    paused: bool = Field(default=False, description="the working days count once what is awaited has come")
    text: str = Field(default="", description="why it was refused; *not_offered*: lapsed as its fee has no amount")


OFFER_EXPEDITE = RpcMethod(_S, "offer_expedite", Empty, ExpediteOffer, ANONYMOUS)
ASK_EXPEDITE = RpcMethod(_S, "ask_expedite", AskExpedite, ExpediteView, ACCOUNT, "command")
WITHDRAW_EXPEDITE = RpcMethod(_S, "withdraw_expedite", ExpediteRef, ExpediteView, ACCOUNT, "command")
GET_EXPEDITE = RpcMethod(_S, "get_expedite", ExpediteRef, ExpediteView, SIGNED_IN)
OPEN_EVIDENCE = RpcMethod(_S, "open_evidence", EvidenceRef, DocumentRef, SIGNED_IN)
LIST_EXPEDITES = RpcMethod(_S, "list_expedites", ListExpedites, ExpediteList, _OFFICE)
TOTAL_EXPEDITES = RpcMethod(_S, "total_expedites", Empty, QueueTotals, _OFFICE)
DECIDE_EXPEDITE = RpcMethod(_S, "decide_expedite", DecideExpedite, ExpediteView, _OFFICE, "command")
QUEUE_STATISTICS = RpcMethod(_S, "queue_statistics", Empty, QueueStatistics, ANONYMOUS)

EVENTS = (
    EXPEDITE_ADVANCED := EventType(
        _S, "expedite_advanced", ExpediteAdvanced, "application_id", ("payment", "archive", "identity")
    ),
)

ERRORS = {
    "expedite_unknown": 404,
    "expedite_not_offered": 422,
    "expedite_open": 409,
    "expedite_own_case": 403,
    "expedite_evidence_unknown": 404,
    "claim_reason_required": 409,
}
