"""Money that goes back, as its payer is told of it: by message, and on their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.base import Model
from contracts.held import HeldBecause

Method = Literal["wechat", "alipay", "bank"]


class RefundProgress(Model, personal=("account_end", "said", "offered_end")):
    """Fen on their way back. *prepared*: in a file that a cashier hands to the bank; *delayed*: it came back.
    ``account_end``: last characters of the account to which a bank sends it; ``works``: which of a batch it is for.
    ``asks_account``: the bank sent it back (``said``: why), and the payer may give another account, whose end is
    ``offered_end``. ``share``: fen of it for the application of ``GetOrder.share_of``; nothing of money that had paid
    no fee."""

    refund_id: str
    amount: int
    state: Literal["deciding", "approved", "prepared", "sent", "delayed", "done"]
    because: HeldBecause | Literal["order_unknown", "lines_returned"]
    opened_at: datetime
    closed_at: datetime | None = None
    method: Method | None = None
    account_end: str = ""
    said: str = ""
    asks_account: bool = False
    offered_end: str = ""
    offered_at: datetime | None = None
    works: list[str] = []
    share: int | None = None


class RefundAdvanced(Model, personal=("account_end", "said")):
    """A step of a refund that its payer is told of; that it has arrived is ``order_refunded``. *sent*: a payment file
    for the bank was made, which a cashier hands in. ``account_end``: last characters of the account to which a bank
    sends it; ``said``: why the bank has sent it back."""

    refund_id: str
    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    title: str
    amount: int = Field(description="fen")
    batch: str = Field(default="", description="name of the batch, where it is of the batch as a whole")
    step: Literal["approved", "sent", "failed"]
    advanced_at: datetime
    method: Method | None = None
    account_end: str = ""
    said: str = ""


class OrderRefunded(Model):
    """Money has gone back to its payer. ``whole``: nothing of the order is kept any more."""

    order_id: str
    refund_id: str
    application_id: str
    account_id: str
    serial_number: str
    title: str
    amount: int = Field(description="fen")
    batch: str = Field(default="", description="name of the batch, where it is of the batch as a whole")
    method: Method
    whole: bool
    refunded_at: datetime
