"""Contracts of money that came and pays nothing yet: kept for its payer, who is told. Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.base import EventType, Model

HeldBecause = Literal[
    "case_ended", "order_not_payable", "payment_amount_mismatch", "expedite_unearned", "part_payment", "part_unused"
]


class MoneyHeld(Model):
    """Money came that pays nothing; it is kept for its payer until a cashier returns or assigns it. *case_ended*: the
    case ended before it was accepted; *order_not_payable*: paid twice, or after the order's end;
    *payment_amount_mismatch*: another amount than asked; *expedite_unearned*: missed, or ended before it was paid.
    *part_payment*: a transfer of less than is owed, which pays its order together with the rest; *part_unused*: such a
    one whose order has ended, or was paid otherwise. The title is the application's; ``batch``: the name of the batch
    where the money is for it as a whole."""

    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    title: str
    amount: int = Field(description="fen")
    because: HeldBecause
    held_at: datetime
    batch: str = ""
    missing: int | None = Field(default=None, description="fen, of *part_payment*: what has still to come")
    pay_by: date | None = Field(default=None, description="of *part_payment*")


MONEY_HELD = EventType("payment", "money_held", MoneyHeld, "application_id", ("identity",))
