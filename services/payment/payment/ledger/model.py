"""What each event posts. Amounts are fen, debit positive, credit negative; every entry sums to zero.

| event | debit | credit |
|---|---|---|
| order opened | receivable | fees |
| order cancelled | fees | receivable |
| money received, as far as it settles orders | clearing of the provider | receivable |
| money received, the rest of it | clearing of the provider | suspense |
| lines of a paid order that are given back (all of them, where its case ended before acceptance) | fees | suspense |
| refund sent | suspense | refunds under way |
| refund that arrived | refunds under way | clearing of the provider |
| refund that came back | refunds under way | suspense |

*suspense* (待处理款项) is money that belongs to a payer until a cashier returns or assigns it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.payment import Method

Account = Literal[
    "receivable", "fees", "suspense", "refunds_sent", "clearing_wechat", "clearing_alipay", "clearing_bank"
]
ACCOUNTS: tuple[tuple[Account, str, str], ...] = (
    ("receivable", "应收登记费", "Fees receivable"),
    ("fees", "登记费", "Registration fees"),
    ("suspense", "待处理款项", "Suspense: money of payers, to be returned or assigned"),
    ("refunds_sent", "在途退款", "Refunds under way"),
    ("clearing_wechat", "微信支付待清算款", "Money held by WeChat Pay"),
    ("clearing_alipay", "支付宝待清算款", "Money held by Alipay"),
    ("clearing_bank", "银行存款", "Money at the bank"),
)
EntryKind = Literal[
    "order_opened",
    "order_cancelled",
    "lines_returned",
    "money_received",
    "refund_sent",
    "refund_arrived",
    "refund_came_back",
    "held_assigned",
]
CLEARING: dict[Method, Account] = {
    "wechat": "clearing_wechat",
    "alipay": "clearing_alipay",
    "bank": "clearing_bank",
}


@dataclass(frozen=True)
class Cause:
    """What an entry is booked for: exactly one of an order, money that came, and a refund."""

    order_id: str | None = None
    money_id: str | None = None
    refund_id: str | None = None

    def __post_init__(self) -> None:
        if [self.order_id, self.money_id, self.refund_id].count(None) != 2:
            raise ValueError("an entry has one cause")


@dataclass(frozen=True)
class Posting:
    """Fen on an account; ``order_id``: the order that this part of the money is about, where there is one."""

    account: Account
    amount: int
    order_id: str | None = None


@dataclass(frozen=True)
class Entry:
    """One balanced entry of two or more postings. ``reference`` makes it unique within its kind."""

    kind: EntryKind
    reference: str
    cause: Cause
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if sum(posting.amount for posting in self.postings) != 0 or any(p.amount == 0 for p in self.postings):
            raise ValueError("an entry's postings are not zero and sum to zero")


def _order(kind: EntryKind, order_id: str, debit: Account, credit: Account, amount: int) -> Entry:
    postings = (Posting(debit, amount, order_id), Posting(credit, -amount, order_id))
    return Entry(kind, order_id, Cause(order_id=order_id), postings)


def order_opened(order_id: str, amount: int) -> Entry:
    """``amount`` fen are owed from now on (应收登记费)."""
    return _order("order_opened", order_id, "receivable", "fees", amount)


def order_cancelled(order_id: str, amount: int) -> Entry:
    """``amount`` fen are owed no longer and were never paid; takes :func:`order_opened` back."""
    return _order("order_cancelled", order_id, "fees", "receivable", amount)


def money_received(
    money_id: str, method: Method, amount: int, settles: Sequence[tuple[str, int]], about: str | None = None
) -> Entry:
    """Money of ``amount`` fen that settles orders (id and fen of each) and leaves the rest in suspense.

    ``about``: the order that the payer meant, as far as that is known. Raises ``ValueError`` when more is settled than
    came.
    """
    rest = amount - sum(part for _, part in settles)
    if rest < 0 or any(part <= 0 for _, part in settles):
        raise ValueError("money settles no more than came")
    where = Counter[tuple[Account, str | None]]()
    for order_id, part in settles:
        where[CLEARING[method], order_id] += part
        where["receivable", order_id] -= part
    if rest:
        where[CLEARING[method], about] += rest
        where["suspense", about] -= rest
    postings = tuple(Posting(account, fen, order_id) for (account, order_id), fen in where.items())
    return Entry("money_received", money_id, Cause(money_id=money_id), postings)


def refund_moved(
    kind: EntryKind, action_id: str, refund_id: str, debit: Account, credit: Account, amount: int, order_id: str | None
) -> Entry:
    """A step of a refund; sent again after it came back, it is booked again: the action is the reference."""
    postings = (Posting(debit, amount, order_id), Posting(credit, -amount, order_id))
    return Entry(kind, action_id, Cause(refund_id=refund_id), postings)


def held_assigned(refund_id: str, amount: int, order_id: str, about: str | None, rest: int = 0) -> Entry:
    """``amount`` fen that were held settle an order after all; ``about``: the order that was thought of before.
    ``rest``: fen that are held for the order's payer from now on, too."""
    postings = [Posting("suspense", amount + rest, about), Posting("receivable", -amount, order_id)]
    if rest:
        postings.append(Posting("suspense", -rest, order_id))
    return Entry("held_assigned", refund_id, Cause(refund_id=refund_id), tuple(postings))
