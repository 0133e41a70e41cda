"""What the bank sends back is asked of its payer: why, and which other account; two cashiers decide about that one."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person
from contracts.payment import OrderView, RefundProgress
from contracts.refunds import OFFER_PAYEE, ORDER_REFUNDED, REFUND_ADVANCED, OfferPayee
from payment.refunds.store import Refund

from .test_refunds_by_bank import ANN, BEA, PAYEE, WHY, debit, made
from .test_statements import account, csv, take

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = pytest.mark.requirement("P-04")
OTHER = {"name": "张三", "account": "6217 0000 1000 0009 009", "bank": "中国建设银行上海分行"}
CLOSED = "账号已销户，退汇"
_days = count(2)


@pytest.fixture(autouse=True)
def _account(account: None) -> None:
    """Statements are of the office's account."""


def returned(counter: Any) -> tuple[OrderView, str]:
    """An order of which a part was sent through the bank; its refund."""
    order = counter.ordered()
    take(counter, csv(("300.00", "张三", order.serial_number), day=f"2026-10-{next(_days):02d}"))
    lines = [{"line": 1, "amount": 500}]
    [refund] = counter.ask(ANN, order_id=order.order_id, lines=lines, payee=PAYEE, payee_why=WHY)
    counter.decide(refund.refund_id, "approve", BEA)
    made(counter)
    return order, str(refund.refund_id)


def came_back(counter: Any) -> tuple[OrderView, str]:
    """The same, sent back by the bank."""
    order, refund_id = returned(counter)
    counter.decide(refund_id, "fail", ANN, note=CLOSED)
    return order, refund_id


def offer(counter: Any, order: OrderView, actor: Any = None, **other: str) -> None:
    request = OfferPayee(order_id=order.order_id, **{**OTHER, **other})
    counter.harness.call(OFFER_PAYEE, request, actor or person(order.account_id))


def code(*args: Any, **more: Any) -> str:
    with pytest.raises(Problem) as refused:
        offer(*args, **more)
    return refused.value.code


def progress(counter: Any, order: OrderView) -> RefundProgress:
    [one] = counter.order(order.application_id).refunds
    found: RefundProgress = one
    return found


def test_a_payer_whose_account_is_closed_is_told_why_and_gives_another_that_two_cashiers_decide_about(
    counter: Any,
) -> None:
    order, refund_id = came_back(counter)
    told = progress(counter, order)
    assert (told.state, told.said, told.asks_account, told.account_end) == ("delayed", CLOSED, True, "3445")
    said = counter.harness.events(REFUND_ADVANCED)[-1]
    assert (said.step, said.method, said.said) == ("failed", "bank", CLOSED)

    offer(counter, order)
    shown = progress(counter, order)
    assert (shown.offered_end, shown.offered_at is not None, shown.state) == ("9009", True, "delayed")
    view = counter.refund(refund_id, ANN)
    assert (view.state, view.offered.account, view.offered.bank) == ("failed", "6217000010000009009", OTHER["bank"])
    assert view.payee.account == PAYEE["account"], "it goes nowhere yet"
    [listed] = counter.refunds("failed", ANN)
    assert (listed.offered_at, listed.offered) == (view.offered_at, None)
    with counter.harness.uow() as uow:
        assert b"9009" not in (uow.session.get_one(Refund, refund_id).offered or b"")

    payee = view.offered.model_dump()
    with pytest.raises(Problem, match="refund_payee_differs"):
        counter.ask(ANN, refund_id=refund_id, payee=payee)
    counter.ask(ANN, refund_id=refund_id, payee=payee, payee_why="付款人在缴费页给的账户")
    assert progress(counter, order).account_end == "", "nobody has decided yet"
    with pytest.raises(Problem, match="second_cashier_required"):
        counter.decide(refund_id, "approve", ANN)
    counter.decide(refund_id, "approve", BEA)
    assert "6217000010000009009" in made(counter).content
    debit(counter, f"退款 {refund_id}-2", "-5.00")
    done = progress(counter, order)
    assert (done.state, done.method, done.account_end, done.asks_account) == ("done", "bank", "9009", False)
    assert "9009" not in str(counter.harness.events(ORDER_REFUNDED)[-1]), "a public event names no account"
    with counter.harness.uow() as uow:
        assert uow.session.get_one(Refund, refund_id).offered is None, "what is done needs it no more"


def test_the_last_word_counts_and_a_second_return_asks_anew(counter: Any) -> None:
    order, refund_id = came_back(counter)
    offer(counter, order, account="6217000010000001111")
    offer(counter, order)
    assert progress(counter, order).offered_end == "9009"
    assert [one.action for one in counter.refund(refund_id, ANN).actions][-2:] == ["offer", "offer"]
    counter.ask(ANN, refund_id=refund_id, payee=OTHER, payee_why="付款人给的")
    assert code(counter, order) == "action_not_allowed", "too late: a cashier is at it"
    counter.decide(refund_id, "approve", BEA)
    made(counter)
    counter.decide(refund_id, "fail", BEA, note="户名不符")
    again = progress(counter, order)
    assert (again.said, again.offered_end, again.account_end) == ("户名不符", "", "9009")


@pytest.mark.requirement("S-01")
def test_nobody_but_the_payer_gives_an_account_and_none_but_the_payers(counter: Any) -> None:
    order, refund_id = came_back(counter)
    assert code(counter, order, person("acc-other")) == "order_unknown"
    assert code(counter, order, ANN) in ("forbidden", "order_unknown")
    assert code(counter, order, name="李四") == "refund_payee_not_payer"
    assert counter.refund(refund_id, ANN).offered is None
    sent, _ = returned(counter)
    assert code(counter, sent) == "action_not_allowed", "nothing of it has come back"


@pytest.mark.requirement("F-15")
def test_a_refund_of_a_batch_names_the_works_that_it_is_for(counter: Any) -> None:
    order = counter.batch(3)
    counter.paid(order)
    counter.ask(ANN, order_id=order.order_id, lines=[{"line": 2, "amount": 70}])
    counter.ask(ANN, order_id=order.order_id, lines=[{"line": line, "amount": 50} for line in (1, 2)])
    told = {one.amount: one.works for one in counter.order(order.application_id).refunds}
    assert told == {70: ["作品2"], 100: ["作品1", "作品2"]}
    listed = {one.amount: one for one in counter.refunds("to_approve", ANN)}
    assert (listed[70].title, listed[70].serial_number) == ("作品2", "S2")
    assert (listed[100].title, listed[100].batch_id) == ("秋季作品", order.batch_id), "not its first work"


@pytest.mark.requirement("F-15")
def test_a_work_that_ends_before_its_batch_is_paid_is_named_beside_the_amount(counter: Any) -> None:
    order = counter.batch(3)
    assert order.ended == []
    gone = counter.works_of(order)[1]
    counter.withdraw(gone)
    shown = counter.order(order.application_id)
    assert (shown.amount, [(one.application_id, one.amount) for one in shown.ended]) == (
        order.amount,
        [(gone, order.amount // 3)],
    )
    counter.paid(order)
    paid = counter.order(order.application_id)
    assert (paid.ended, [(one.amount, one.works) for one in paid.refunds]) == ([], [(order.amount // 3, ["作品2"])])
