"""How a batch stands: its states, its order, its adviser, and its works counted."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import Model
from contracts.payment import OrderState

BatchState = Literal[
    "checking", "refused", "checked", "preparing", "prepared", "filing", "filed", "accepting", "accepted", "discarded"
]
"""*refused*: the spreadsheet cannot be read at all; *checked*: waits for corrections or to be prepared; *preparing*:
the papers to sign are printed; *filed*: waits for its payment; *discarded*: given up before it was filed."""
WaitsFor = Literal["organisation", "payment", "office", "nobody"]
"""Whose turn it is. *organisation*: to correct, prepare or sign, or to do what accepted works await of it; *office*:
the system is at work; *nobody*: accepted or given up."""
RowState = Literal["waiting", "failed", "complete", "filed", "accepted", "left"]
"""Of one work. *failed*: cannot be filed as it is; *left*: not filed with the batch, by wish or since it was changed
after it had been signed for. What became of a case later is the case's."""
Awaited = Literal["applicant_correction", "paper"]
"""What accepted works await of their organisation by a day, as ``waiting_for`` of a case has it."""


class Adviser(Model, personal=("name", "phone", "mail")):
    """Who of customer service looks after a batch (客服专员)."""

    account_id: str
    name: str
    phone: str = ""
    mail: str = ""


class BatchOrder(Model):
    """``amount`` in fen, of all its works."""

    order_id: str
    amount: int
    state: OrderState
    pay_by: date


class BatchNote(Model):
    """What concerns the spreadsheet or the archive as a whole."""

    code: str
    params: dict[str, str | int] = {}


class BatchCounts(Model):
    """Works by their state."""

    waiting: int = 0
    failed: int = 0
    complete: int = 0
    filed: int = 0
    accepted: int = 0
    left: int = 0


class BatchProblemCount(Model):
    """``finding``: what a check of files found; its code is one of theirs, and may be a form's problem's as well."""

    code: str
    rows: int
    severity: Literal["error", "warning"]
    finding: bool = False


class BatchCaseCount(Model):
    """How many works have come to a state of their cases."""

    state: str
    works: int


class BatchTurn(Model):
    """What accepted works await of their organisation: how many, from the first to the last of their days. A day that
    has passed stays until the office has seen to it."""

    waiting_for: Awaited
    works: int
    due_on: date | None = None
    last_due_on: date | None = None
    application_id: str | None = Field(default=None, description="where it is one work")


class ChargedAlike(Model):
    """``works``: how many are charged by the same facts; ``fee_basis`` as of ``ApplicationSubmitted``."""

    works: int
    fee_basis: dict[str, str | int | bool]
