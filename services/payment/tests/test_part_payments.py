"""A transfer of less than is owed is kept, its payer is told what is missing, and it pays together with the rest."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.payment import GET_PAYMENT, MONEY_HELD, GetPayment, MoneyHeld, OrderView
from contracts.refunds import ASSIGN_HELD, FIND_ORDERS, TOTAL_REFUNDS, AssignHeld, FindOrders

from .test_statements import account as account
from .test_statements import csv, decide, money, row, rows, take

ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
pytestmark = pytest.mark.requirement("P-03")


def told(counter: Any) -> list[MoneyHeld]:
    return list(counter.harness.events(MONEY_HELD))


def came(counter: Any, order: OrderView, *yuan: str, day: str = "2026-11-20", start: int = 0) -> None:
    take(counter, csv(*((one, "张三", f"登记费{order.serial_number}") for one in yuan), day=day, start=start))


def now(counter: Any, order: OrderView) -> tuple[str, int]:
    shown = counter.order(order.application_id)
    return shown.state, shown.received


def held(counter: Any) -> list[tuple[int, str]]:
    return sorted((one.amount, one.because) for one in counter.refunds("held", ANN))


def test_what_is_missing_is_said_and_the_rest_pays_with_it(counter: Any) -> None:
    order = counter.ordered()
    slip = counter.start(order, "bank")
    came(counter, order, "250.00")
    assert now(counter, order) == ("pending", 25_000)
    [said] = told(counter)
    assert (said.because, said.amount, said.missing, said.pay_by) == ("part_payment", 25_000, 5_000, order.pay_by)
    assert counter.order(order.application_id).refunds == [], "it is on no way back"
    shown = counter.harness.call(GET_PAYMENT, GetPayment(payment_id=slip.payment_id), ANN)
    assert shown.remittance["amount"] == "50.00"
    assert counter.harness.call(TOTAL_REFUNDS, Empty(), ANN).count == 0, "it waits for its payer, and for no cashier"
    [first] = rows(counter)
    assert (first.state, first.reason) == ("settled", "part_payment")
    assert [(one.order_id, one.received) for one in row(counter, first.row_id).orders] == [(order.order_id, 25_000)]
    assert money(counter) == {"clearing_bank": 25_000, "suspense": -25_000}
    came(counter, order, "50.00", day="2026-11-23", start=100)
    assert now(counter, order) == ("paid", 0)
    assert money(counter) == {"clearing_bank": 30_000}
    assert counter.balances(order)["fees"] == -30_000
    assert "receivable" not in counter.balances(order)
    assert [[one.order_id for one in row(counter, each.row_id).orders] for each in rows(counter)] == [
        [order.order_id],
        [order.order_id],
    ]
    assert len(told(counter)) == 1
    assert counter.refunds("held", ANN) == []


@pytest.mark.parametrize("order_of_rows", [("250.00", "50.00"), ("50.00", "250.00"), ("100.00", "150.00", "50.00")])
def test_parts_of_one_file_pay_whichever_comes_first_and_no_row_counts_twice(
    counter: Any, order_of_rows: tuple[str, ...]
) -> None:
    order = counter.ordered()
    came(counter, order, *order_of_rows)
    assert now(counter, order) == ("paid", 0)
    came(counter, order, *order_of_rows, "7.00")  # the same days again, with one more row
    assert money(counter) == {"clearing_bank": 30_000}
    assert [(one.amount, one.reason) for one in rows(counter, state="waiting")] == [(700, "late")]


def test_more_than_the_rest_waits_for_a_cashier_and_what_is_over_is_held(counter: Any) -> None:
    order = counter.ordered()
    came(counter, order, "250.00")
    came(counter, order, "80.00", day="2026-11-23", start=100)
    [over] = rows(counter, state="waiting")
    assert (over.amount, over.reason) == (8_000, "over")
    assert [one.received for one in row(counter, over.row_id).candidates] == [25_000]
    decide(counter, over.row_id, "assign", order_ids=[order.order_id])
    assert now(counter, order)[0] == "paid"
    assert held(counter) == [(3_000, "payment_amount_mismatch")]
    assert money(counter) == {"clearing_bank": 33_000, "suspense": -3_000}


def test_a_cashier_enters_a_part_whose_note_says_nothing_and_the_rest_comes_before(counter: Any) -> None:
    order = counter.ordered()
    take(counter, csv(("250.00", "张三", "登记费")))
    [silent] = rows(counter, state="waiting")
    with pytest.raises(Problem, match="bank_rows_too_little"):
        decide(counter, silent.row_id, "assign", order_ids=[order.order_id])
    came(counter, order, "40.00", day="2026-11-23", start=100)
    assert told(counter)[-1].missing == 26_000
    found = decide(counter, silent.row_id, "part", order_ids=[order.serial_number], note="来电核实")
    assert (found.state, found.reason) == ("settled", "part_payment")
    assert (told(counter)[-1].amount, told(counter)[-1].missing) == (25_000, 1_000)
    [known] = counter.harness.call(FIND_ORDERS, FindOrders(text=order.order_id), ANN).items
    assert known.received == 29_000
    take(counter, csv(("10.00", "张三", "补款"), day="2026-11-24", start=100))
    [last] = rows(counter, state="waiting")
    with pytest.raises(Problem, match="bank_rows_enough"):
        decide(counter, last.row_id, "part", order_ids=[order.order_id])
    decide(counter, last.row_id, "assign", order_ids=[order.order_id])
    assert now(counter, order)[0] == "paid"
    assert money(counter) == {"clearing_bank": 30_000}


def test_paid_otherwise_meanwhile_the_part_is_its_payers_again(counter: Any) -> None:
    order = counter.ordered()
    came(counter, order, "250.00")
    counter.paid(order)
    assert now(counter, order) == ("paid", 0)
    assert held(counter) == [(25_000, "part_unused")]
    assert [(one.because, one.amount) for one in told(counter)][1:] == [("part_unused", 25_000)]
    assert [one.state for one in counter.order(order.application_id).refunds] == ["deciding"]
    assert counter.harness.call(TOTAL_REFUNDS, Empty(), ANN).count == 1


def test_an_order_that_ends_unpaid_gives_back_what_came(counter: Any) -> None:
    order = counter.ordered()
    came(counter, order, "250.00")
    counter.withdraw(order.application_id)
    assert now(counter, order)[0] == "cancelled"
    assert held(counter) == [(25_000, "part_unused")]
    assert money(counter) == {"clearing_bank": 25_000, "suspense": -25_000}
    came(counter, order, "50.00", day="2026-11-23", start=100)
    assert [one.reason for one in rows(counter, state="waiting")] == ["late"]


def test_a_payer_who_asks_for_the_part_gets_it_and_owes_the_whole_again(counter: Any) -> None:
    order = counter.ordered()
    came(counter, order, "250.00")
    [part] = counter.refunds("held", ANN)
    payee = {"name": "张三", "account": "6222020200001111", "bank": "交通银行"}
    [asked] = counter.ask(ANN, refund_id=part.refund_id, payee=payee, payee_why="流水没有账号")
    assert now(counter, order) == ("pending", 0)
    assert counter.decide(asked.refund_id, "decline", BEA).state == "held"
    assert now(counter, order) == ("pending", 25_000)
    counter.ask(ANN, refund_id=part.refund_id, payee=payee, payee_why="流水没有账号")
    assert counter.decide(asked.refund_id, "approve", BEA).state == "approved"
    came(counter, order, "50.00", day="2026-11-23", start=100)
    assert told(counter)[-1].missing == 25_000
    assert now(counter, order) == ("pending", 5_000)


def test_a_part_with_a_wrong_number_is_turned_to_the_order_it_was_meant_for(counter: Any) -> None:
    wrong, right = counter.ordered(), counter.ordered()
    came(counter, wrong, "250.00")
    came(counter, right, "50.00", day="2026-11-23", start=100)
    [part] = [one for one in counter.refunds("held", ANN) if one.order_id == wrong.order_id]
    asked = AssignHeld(refund_id=part.refund_id, order=right.order_id, note="来电核实")
    counter.harness.call(ASSIGN_HELD, asked, ANN)
    assert (now(counter, right), now(counter, wrong)) == (("paid", 0), ("pending", 0))
    assert money(counter) == {"clearing_bank": 30_000}
    assert counter.refunds("held", ANN) == []


def test_the_part_of_a_batch_names_the_batch(counter: Any) -> None:
    order = counter.batch(2)
    take(counter, csv(("250.00", "某公司", "作品")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "part", order_ids=[order.order_id])
    [said] = told(counter)
    assert (said.batch, said.missing) == ("秋季作品", order.amount - 25_000)
    assert now(counter, order) == ("pending", 25_000)


@pytest.mark.requirement("P-04")
def test_what_is_over_of_a_batch_names_it_and_what_is_one_work_s_names_that(counter: Any) -> None:
    order = counter.batch(2)
    first, again = counter.start(order), counter.start(order, "alipay")
    for payment in (first, again):
        counter.pay(payment)
        for callback in counter.notices():
            counter.call_back(callback)
    counter.withdraw(counter.works_of(order)[1])
    assert [(one.because, one.batch) for one in told(counter)] == [
        ("order_not_payable", "秋季作品"),
        ("case_ended", ""),
    ]


@pytest.mark.requirement("P-03")
def test_who_has_paid_with_too_much_is_not_told_to_pay(counter: Any) -> None:
    order = counter.ordered()
    came(counter, order, "310.00")
    [over] = rows(counter, state="waiting")
    decide(counter, over.row_id, "assign", order_ids=[order.order_id])
    assert [(one.because, one.amount) for one in told(counter)] == [("order_not_payable", 1_000)]
    assert held(counter) == [(1_000, "payment_amount_mismatch")]
