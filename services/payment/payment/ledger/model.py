"""What each event of an order posts. Amounts are fen, debit positive, credit negative; every entry sums to zero.

| event | debit | credit |
|---|---|---|
| order opened | receivable | fees |
| order cancelled | fees | receivable |
| money for the order | clearing of the provider | receivable |
| money that fits no open order | clearing of the provider | suspense |
| paid order of a case that ended before acceptance | fees | suspense |

*suspense* (待处理款项) is money that belongs to a payer until a cashier returns or assigns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.payment import Method

Account = Literal["receivable", "fees", "suspense", "clearing_wechat", "clearing_alipay", "clearing_bank"]
ACCOUNTS: tuple[tuple[Account, str, str], ...] = (
    ("receivable", "应收登记费", "Fees receivable"),
    ("fees", "登记费", "Registration fees"),
    ("suspense", "待处理款项", "Suspense: money of payers, to be returned or assigned"),
    ("clearing_wechat", "微信支付待清算款", "Money held by WeChat Pay"),
    ("clearing_alipay", "支付宝待清算款", "Money held by Alipay"),
    ("clearing_bank", "银行存款", "Money at the bank"),
)
EntryKind = Literal["order_opened", "order_cancelled", "order_settled", "money_suspended", "order_returned"]
_CLEARING: dict[Method, Account] = {
    "wechat": "clearing_wechat",
    "alipay": "clearing_alipay",
    "bank": "clearing_bank",
}


@dataclass(frozen=True)
class Posting:
    account: Account
    amount: int


@dataclass(frozen=True)
class Entry:
    """One balanced entry. ``reference`` (order, or provider's transaction) makes it unique within its kind."""

    kind: EntryKind
    reference: str
    postings: tuple[Posting, Posting]

    def __post_init__(self) -> None:
        if sum(posting.amount for posting in self.postings) != 0 or any(p.amount == 0 for p in self.postings):
            raise ValueError("an entry's postings are not zero and sum to zero")


def _entry(kind: EntryKind, reference: str, debit: Account, credit: Account, amount: int) -> Entry:
    return Entry(kind, reference, (Posting(debit, amount), Posting(credit, -amount)))


def order_opened(order_id: str, amount: int) -> Entry:
    return _entry("order_opened", order_id, "receivable", "fees", amount)


def order_cancelled(order_id: str, amount: int) -> Entry:
    return _entry("order_cancelled", order_id, "fees", "receivable", amount)


def order_settled(method: Method, transaction_id: str, amount: int) -> Entry:
    return _entry("order_settled", f"{method}:{transaction_id}", _CLEARING[method], "receivable", amount)


def money_suspended(method: Method, transaction_id: str, amount: int) -> Entry:
    return _entry("money_suspended", f"{method}:{transaction_id}", _CLEARING[method], "suspense", amount)


def order_returned(order_id: str, amount: int) -> Entry:
    return _entry("order_returned", order_id, "fees", "suspense", amount)
