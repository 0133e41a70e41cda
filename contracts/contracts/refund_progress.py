"""Money that goes back, as its payer is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from contracts.base import Model

HeldBecause = Literal["case_ended", "order_not_payable", "payment_amount_mismatch", "expedite_unearned"]


class RefundProgress(Model):
    """Fen on their way back. *prepared*: in a file that a cashier hands to the bank; *delayed*: it came back.
    ``share``: fen of it for the application of ``GetOrder.share_of``; nothing of money that had paid no fee."""

    refund_id: str
    amount: int
    state: Literal["deciding", "approved", "prepared", "sent", "delayed", "done"]
    because: HeldBecause | Literal["order_unknown", "lines_returned"]
    opened_at: datetime
    closed_at: datetime | None = None
    share: int | None = None
