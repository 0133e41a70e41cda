"""What a payment provider is asked and what it reports, the same for every provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from contracts.payment import Method

from payment.providers.bills import BillRow

Scene = Literal["qr", "h5"]
CODE_LIFETIME = timedelta(hours=2)
"""WeChat Pay's code_url lives two hours; Alipay is asked for the same."""

FIRST_POLL = timedelta(seconds=15)
LONGEST_POLL = timedelta(minutes=10)


def poll_delay(polls: int) -> timedelta:
    """How long to wait before asking a provider again: 15 s, doubling up to ten minutes."""
    return min(FIRST_POLL * (1 << min(polls, 10)), LONGEST_POLL)


@dataclass(frozen=True)
class Charge:
    """What the provider is to collect. ``payment_id`` is the provider's out_trade_no; ``amount`` is fen; of ``h5``,
    ``return_to`` is the page that the payer comes back to."""

    payment_id: str
    amount: int
    description: str
    expires_at: datetime
    scene: Scene = "qr"
    client_ip: str = ""
    return_to: str = ""


@dataclass(frozen=True)
class Invitation:
    """How the payer pays: a code to scan, or the address of the provider's page."""

    code_url: str | None = None
    pay_url: str | None = None


@dataclass(frozen=True)
class ProviderReport:
    """What a provider says about one payment, by callback, in answer to a query, or on a statement.

    ``payment_id`` is what the provider repeats to us and may name nothing of ours. ``amount`` is fen.
    """

    method: Method
    payment_id: str
    status: Literal["paid", "unpaid", "closed"]
    source: Literal["callback", "query", "statement"]
    amount: int = 0
    currency: str = "CNY"
    transaction_id: str = ""
    paid_at: datetime | None = None
    notice_id: str = ""
    remark: str = ""
    """What else it says, to be recorded: how much has been refunded."""
    refund_number: str = ""
    """The refund that it tells of as well; what became of that is to be asked."""


@dataclass(frozen=True)
class RefundOrder:
    """What the provider is to return of a payment. Fen; ``total`` is what came with the payment.

    ``refund_number`` is ours, and the same for the same refund however often it is asked for; ``reason`` is shown to
    the payer.
    """

    refund_number: str
    payment_id: str
    amount: int
    total: int
    reason: str


@dataclass(frozen=True)
class RefundReport:
    """What a provider says about one refund, in fen.

    *unknown*: it never heard of the number. *failed*: it did not arrive, but may yet under the same number. *closed*:
    nothing was and nothing will be paid under this number.
    """

    method: Method
    refund_number: str
    status: Literal["done", "under_way", "failed", "closed", "unknown"]
    source: Literal["callback", "query"]
    amount: int = 0
    provider_number: str = ""
    refunded_at: datetime | None = None
    notice_id: str = ""
    remark: str = ""


@dataclass(frozen=True)
class OtherNotice:
    """An authentic notice that says nothing of money that came: understood, recorded, and of no other effect."""

    method: Method
    payment_id: str
    notice_id: str
    about: str


Notice = ProviderReport | RefundReport | OtherNotice


class ProviderUnavailable(Exception):
    """The provider did not answer in time, or not in a way that can be trusted. Nothing is known; ask again later."""


class ProviderRefused(Exception):
    """The provider answered that it will not: its own code and words, for the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class CallbackRefused(Exception):
    """A callback that is not the provider's (``callback_invalid``) or too old (``callback_stale``)."""

    def __init__(self, code: Literal["callback_invalid", "callback_stale"], reason: str) -> None:
        super().__init__(reason)
        self.code: Literal["callback_invalid", "callback_stale"] = code
        self.reason = reason


@dataclass(frozen=True)
class Bill:
    """A provider's bill of a day: its rows and the SHA-256 of the file. A day without any has no file."""

    rows: Sequence[BillRow]
    sha256: str = ""


class Provider(Protocol):
    """A way to pay. Calls raise :class:`ProviderUnavailable` or :class:`ProviderRefused`; each has a deadline."""

    def invite(self, charge: Charge) -> Invitation:
        """Registers the charge; the same charge again gives an invitation again."""

    def query(self, payment_id: str) -> ProviderReport:
        """What became of it; a charge the provider does not know is *unpaid*."""

    def close(self, payment_id: str) -> None:
        """Makes it unpayable. ``ProviderRefused`` when it has been paid."""

    def refund(self, order: RefundOrder) -> RefundReport:
        """Returns money; the same number again only tells what became of it. ``ProviderRefused``: not taken on."""

    def query_refund(self, order: RefundOrder) -> RefundReport:
        """What became of it; *unknown* when the provider never heard of it."""

    def bill(self, day: date) -> Bill:
        """What it says of a day (Asia/Shanghai) that is over. ``ProviderUnavailable`` while it is being made."""

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> Notice:
        """An authentic notice's content. Raises :class:`CallbackRefused`, also for one that cannot be understood."""
