"""Money that goes back, as its payer is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

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
