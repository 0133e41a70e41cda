"""What provider and bank know to have happened, and what is wrong in the books beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chassis.testing import Harness


@dataclass
class Truth:
    """Fen by the provider's transaction; bookings of the bank by amount, payer and note; orders that nobody paid."""

    charged: dict[str, int] = field(default_factory=dict)
    booked: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    unpaid: set[str] = field(default_factory=set)


def unfinished(harness: Harness, folder: Path) -> list[str]:
    """What of the statements is not read or not put away yet."""
    reading = harness.as_owner("SELECT statement_id FROM bank_statements WHERE state <> 'done'")
    taking = folder / ".taking"
    waiting = [one.name for one in folder.iterdir() if one.is_file()]
    return [*(one for (one,) in reading), *waiting, *(taking.iterdir() if taking.exists() else ["nobody looked"])]


def complaints(harness: Harness, truth: Truth) -> list[str]:
    """Empty when every fen is where it should be, once."""
    return [*_money(harness, truth), *_ledger(harness, truth), *_orders(harness, truth)]


def _money(harness: Harness, truth: Truth) -> Iterator[str]:
    found = Counter(harness.as_owner("SELECT transaction_id, amount FROM money_received WHERE method = 'alipay'"))
    for (number, fen), count in (found - Counter(truth.charged.items())).items():
        yield f"{count} × {fen} fen of {number} are too much"
    for (number, fen), count in (Counter(truth.charged.items()) - found).items():
        yield f"{count} × {fen} fen of {number} are missing"
    rows = Counter(harness.as_owner("SELECT amount, payer, note FROM bank_rows"))
    yield from (f"row too much: {one} × {count}" for one, count in (rows - truth.booked).items())
    yield from (f"row missing: {one} × {count}" for one, count in (truth.booked - rows).items())


def _ledger(harness: Harness, truth: Truth) -> Iterator[str]:
    books = {
        account: int(fen)
        for account, fen in harness.as_owner("SELECT account, sum(amount) FROM ledger_postings GROUP BY account")
    }
    if sum(books.values()):
        yield f"the ledger's sum is {sum(books.values())}"
    for entry, fen in harness.as_owner(
        "SELECT entry_id, sum(amount) FROM ledger_postings GROUP BY 1 HAVING sum(amount) <> 0"
    ):
        yield f"entry {entry} is {fen} off"
    rows = {
        state: int(fen)
        for state, fen in harness.as_owner("SELECT state, sum(amount) FROM bank_rows WHERE amount > 0 GROUP BY state")
    }
    charged, booked = sum(truth.charged.values()), rows.get("settled", 0) + rows.get("returned", 0)
    if books.get("clearing_alipay", 0) != charged:
        yield f"Alipay holds {charged} fen, the books say {books.get('clearing_alipay', 0)}"
    if books.get("clearing_bank", 0) != booked:
        yield f"rows have settled {booked} fen, the books say {books.get('clearing_bank', 0)}"
    earned = -books.get("fees", 0) - books.get("receivable", 0)
    held, unmatched = -books.get("suspense", 0) - books.get("refunds_sent", 0), rows.get("waiting", 0)
    came = charged + sum(amount * count for (amount, _, _), count in truth.booked.items() if amount > 0)
    if came != earned + held + unmatched:
        yield f"in {came} is not fees {earned} + refunds {held} + unmatched {unmatched}"
    [(open_refunds,)] = harness.as_owner("SELECT coalesce(sum(amount), 0) FROM refunds WHERE closed_at IS NULL")
    if open_refunds != held:
        yield f"{held} fen are held, refunds say {open_refunds}"


def _orders(harness: Harness, truth: Truth) -> Iterator[str]:
    allocated = """SELECT o.order_id, o.state, o.amount, coalesce(sum(a.amount), 0), (SELECT count(*) FROM outbox e
            WHERE e.type LIKE 'payment.order_paid.%%' AND e.data ->> 'order_id' = o.order_id)
        FROM orders o LEFT JOIN money_allocations a USING (order_id) GROUP BY o.order_id"""
    for order_id, state, amount, settled, told in harness.as_owner(allocated):
        wanted = (amount, 1) if state == "paid" else (0, 0)
        if (settled, told) != wanted:
            yield f"{order_id} is {state} with {settled} of {amount} fen, told {told} times"
        if order_id in truth.unpaid and state != "pending":
            yield f"{order_id} is {state}, and nobody paid it"
