"""What providers' bills say of a day, against the books: every difference has a kind, and is explained or a task."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from chassis.clock import SHANGHAI
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.books import (
    EXPLAIN_DIFFERENCE,
    GET_RECONCILIATION,
    LIST_RECONCILIATIONS,
    RECONCILE_AGAIN,
    Difference,
    ExplainDifference,
    ListReconciliations,
    ReconciliationOf,
    ReconciliationView,
)
from payment.providers.bills import BillRow, BillUnreadable, alipay_rows, wechat_rows
from payment.providers.model import ProviderUnavailable
from payment.providers.store import Payment
from payment.reconciliation import handlers
from payment.reconciliation.model import Record, compare
from registry_infra.provider.bills import alipay_bill, wechat_bill

ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
FEE = 30_000
DAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=SHANGHAI)
BOTH = pytest.mark.parametrize("method", ["wechat", "alipay"])


def record(number: str = "T1", amount: int = FEE, at: datetime = NOON, **more: Any) -> Record:
    facts = {"what": "payment", "state": "paid", "good": True, **more}
    return Record(number=number, amount=amount, at=at, **facts)


def row(
    number: str = "T1", amount: int = FEE, what: Any = "payment", state: str = "SUCCESS", good: bool = True
) -> BillRow:
    return BillRow(what, number, amount, NOON, state, good)


def kinds(ours: list[Record], theirs: list[BillRow], *others: Record) -> list[tuple[str, str, str]]:
    found = compare(DAY, ours, theirs, {(one.what, one.number): one for one in (*ours, *others)})
    return [(one.kind, one.number, one.why) for one in found]


@pytest.mark.requirement("P-04")
def test_each_difference_has_its_kind() -> None:
    late, early = NOON.replace(hour=23, minute=59), NOON + timedelta(hours=12, seconds=5)
    returned = record("R1", what="refund", state="done")
    assert kinds([record()], [row()]) == []
    assert kinds([], [row()]) == [("missing_here", "T1", "")]
    assert kinds([record()], []) == [("missing_there", "T1", "")]
    assert kinds([record(amount=1)], [row()]) == [("amount", "T1", "")]
    assert kinds([record(at=late)], []) == [("timing", "T1", "")]
    assert kinds([], [row()], record(at=early)) == [("timing", "T1", "booked:2026-11-29")]
    assert kinds([], [row()], record(at=early, amount=1)) == [("amount", "T1", "")]
    assert kinds([returned], [row("R1", what="refund", state="CLOSED", good=False)]) == [("state", "R1", "")]
    assert kinds([], [row("R1", what="refund", state="CLOSED", good=False)]) == []
    sent = record("R1", what="refund", state="sent", good=False)
    assert kinds([sent], [row("R1", what="refund")]) == [("state", "R1", "")]
    assert kinds([sent], [row("R1", what="refund", state="PROCESSING")]) == []
    assert kinds([sent], []) == []
    assert kinds([record(), returned], [row(), row("R1", what="refund", state="PROCESSING")]) == []
    assert kinds([record("X")], [row("X", what="refund")]) == [("missing_there", "X", ""), ("missing_here", "X", "")]


def today() -> date:
    return datetime.now(SHANGHAI).date()


def reconcile(counter: Any, method: str, day: date | None = None) -> ReconciliationView:
    """Runs the day that is today in truth; the legal clock has moved past it."""
    asked = ReconciliationOf(day=day or today(), method=method)
    counter.harness.call(RECONCILE_AGAIN, asked, ANN)
    counter.harness.sweep("compare_days")
    return counter.harness.call(GET_RECONCILIATION, asked, ANN)


def a_day(counter: Any, method: str) -> tuple[Any, Any]:
    """Two payments, one of which goes back."""
    kept, returned = counter.ordered(), counter.ordered()
    payments = [counter.paid(order, method) for order in (kept, returned)]
    [wish] = counter.ask(ANN, order_id=returned.order_id, lines=[{"line": 1, "amount": 10_000}])
    counter.decide(wish.refund_id, "approve", BEA)
    counter.carry()
    counter.harness.advance(1)
    return payments[0], wish


def alike(differences: list[Difference]) -> list[tuple[str, str, int | None, int | None]]:
    return [(one.kind, one.what, one.ours, one.theirs) for one in differences if one.cleared_at is None]


@pytest.mark.requirement("P-04")
@BOTH
def test_a_day_without_differences_says_so_and_again(counter: Any, method: str) -> None:
    a_day(counter, method)
    first = reconcile(counter, method)
    assert first.differences == []
    sums = first.reconciliation
    assert (sums.state, sums.rows, sums.open) == ("done", 3, 0)
    assert (sums.our_payments, sums.our_refunds) == (sums.their_payments, sums.their_refunds) == (2 * FEE, 10_000)
    again = reconcile(counter, method).reconciliation
    assert again.model_copy(update={"compared_at": None}) == sums.model_copy(update={"compared_at": None})


@pytest.mark.requirement("P-04")
@BOTH
def test_differences_are_found_explained_and_cleared(counter: Any, method: str) -> None:
    payment, wish = a_day(counter, method)
    trades, refunds = "UPDATE trades SET paid_amount", "UPDATE refunds SET amount"
    with counter.books._transaction() as db:
        db.execute(f"{trades} = paid_amount + 5 WHERE out_trade_no = ?", (payment.payment_id,))
        db.execute(f"{refunds} = amount - 7 WHERE out_refund_no = ?", (wish.refund_id,))
        db.execute(
            "INSERT INTO trades SELECT provider, 'pay-elsewhere', scene, amount, description, notify_url, expires_at,"
            " 'code-x', state, '4200000', paid_amount, paid_at FROM trades WHERE out_trade_no = ?",
            (payment.payment_id,),
        )
    found = reconcile(counter, method)
    assert sorted(alike(found.differences)) == [
        ("amount", "payment", FEE, FEE + 5),
        ("amount", "refund", 10_000, 9_993),
        ("missing_here", "payment", None, FEE + 5),
    ]
    assert found.reconciliation.open == 3
    missing = next(one for one in found.differences if one.kind == "missing_here")
    explained = counter.harness.call(
        EXPLAIN_DIFFERENCE, ExplainDifference(difference_id=missing.difference_id, explanation="测试交易"), ANN
    )
    assert (explained.explained_by, explained.explanation) == (ANN.subject, "测试交易")
    again = reconcile(counter, method)
    assert (again.reconciliation.open, len(again.differences)) == (2, 3), "the explanation stays"
    with counter.books._transaction() as db:
        db.execute(f"{trades} = paid_amount - 5 WHERE out_trade_no = ?", (payment.payment_id,))
        db.execute(f"{refunds} = amount + 7 WHERE out_refund_no = ?", (wish.refund_id,))
    assert alike(reconcile(counter, method).differences) == [("missing_here", "payment", None, FEE + 5)]
    open_days = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(open_only=True), ANN)
    assert (open_days.items, open_days.open) == ([], 0)
    wrong = ExplainDifference(difference_id="dif-none", explanation="x")
    with pytest.raises(Problem, match="difference_unknown"):
        counter.harness.call(EXPLAIN_DIFFERENCE, wrong, ANN)


@pytest.mark.requirement("P-04")
def test_money_that_never_reached_us_is_missing_here_until_it_is_found(counter: Any) -> None:
    payment = counter.start(counter.ordered())
    counter.pay(payment, times=0)
    counter.harness.advance(1)
    assert alike(reconcile(counter, "wechat").differences) == [("missing_here", "payment", None, FEE)]
    with counter.harness.uow() as uow:
        uow.session.get(Payment, payment.payment_id).next_poll_at = uow.now()
    counter.harness.sweep("ask_providers")
    assert alike(reconcile(counter, "wechat").differences) == []


@pytest.mark.requirement("P-04")
def test_what_lies_across_midnight_is_explained_by_the_other_days_bill(counter: Any) -> None:
    payment, _ = a_day(counter, "wechat")
    yesterday = today() - timedelta(days=1)
    midnight = datetime.combine(today(), datetime.min.time(), SHANGHAI)
    counter.harness.as_owner(
        "UPDATE money_received SET provider_paid_at = %s WHERE payment_id = %s",
        midnight - timedelta(seconds=2),
        payment.payment_id,
    )
    before = reconcile(counter, "wechat", yesterday)
    assert alike(before.differences) == [("timing", "payment", FEE, None)]
    assert before.reconciliation.open == 1
    after = reconcile(counter, "wechat")
    assert alike(after.differences) == [("timing", "payment", FEE, FEE)]
    assert (after.differences[0].explained_by, after.reconciliation.open) == ("system", 0)
    asked = ReconciliationOf(day=yesterday, method="wechat")
    assert counter.harness.call(GET_RECONCILIATION, asked, ANN).reconciliation.open == 0


@pytest.mark.requirement("P-04")
def test_the_last_days_are_planned_by_the_legal_clock_and_once(counter: Any) -> None:
    counter.harness.advance(1)
    assert counter.harness.sweep("plan_days") == 14
    assert counter.harness.sweep("plan_days") == 0
    assert counter.harness.sweep("compare_days") == 14
    found = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(limit=3), ANN)
    assert {one.state for one in found.items} == {"done"}
    assert found.next_cursor
    rest = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(cursor=found.next_cursor), ANN)
    assert len(rest.items) == 11


@pytest.mark.requirement("P-04")
def test_a_bill_that_cannot_be_had_is_asked_for_again_and_in_the_end_somebody_is_told(
    counter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise ProviderUnavailable("being made")

    counter.harness.advance(1)
    monkeypatch.setattr(handlers, "provider_for", away)
    counter.harness.sweep("plan_days")
    for _ in range(13):
        counter.harness.sweep("compare_days")
        counter.harness.as_owner("UPDATE reconciliations SET leased_until = NULL")
    found = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(), ANN).items
    assert {(one.state, one.problem) for one in found} == {("failed", "being made")}
    monkeypatch.undo()
    assert reconcile(counter, "wechat", found[0].day).reconciliation.state == "done"


@pytest.mark.requirement("P-04")
def test_a_day_that_is_not_over_is_not_compared(counter: Any) -> None:
    with pytest.raises(Problem, match="request_invalid"):
        counter.harness.call(RECONCILE_AGAIN, ReconciliationOf(day=today(), method="wechat"), ANN)
    with pytest.raises(Problem, match="reconciliation_unknown"):
        counter.harness.call(GET_RECONCILIATION, ReconciliationOf(day=today(), method="wechat"), ANN)


@pytest.mark.requirement("P-04")
def test_a_bill_that_was_cut_short_or_is_something_else_is_no_bill(counter: Any) -> None:
    a_day(counter, "wechat")
    a_day(counter, "alipay")
    text = wechat_bill(counter.books, today())
    packed = alipay_bill(counter.books, today())
    assert text
    assert packed
    assert len(wechat_rows(text)) == len(alipay_rows(packed)) == 3
    lines = text.splitlines()
    for wrong in (
        "",
        "<html>",
        "\n".join(lines[:2] + lines[3:]),
        "\n".join(lines[:4]),
        text.replace("`300.00", "`3e2"),
    ):
        with pytest.raises(BillUnreadable):
            wechat_rows(wrong)
    for bytes_ in (b"", b"PK\x03\x04", packed[:-40]):
        with pytest.raises(BillUnreadable):
            alipay_rows(bytes_)
