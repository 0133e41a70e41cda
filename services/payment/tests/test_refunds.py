"""Refunds: asked for by one cashier, approved by another, sent once, and followed until they have arrived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import pytest
import requests
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from contracts.batches import BATCH_ORDER_PAID
from contracts.held import HeldBecause
from contracts.refunds import ORDER_REFUNDED, REFUND_ADVANCED
from payment.invoices.model import REASONS
from payment.orders import slips
from payment.orders.handlers import mark_paid
from payment.orders.store import change_state, lock_order
from payment.providers.model import ProviderReport, RefundReport
from payment.refunds import sending
from payment.refunds.sending import carry_refunds, hear
from payment.refunds.store import Refund, RefundLine
from payment.settlement.handlers import take_in
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from contracts import payment as contract

FEE = 30_000
ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
ANN_ELSEWHERE = Actor(ANN.subject, "staff", ANN.roles, "another session")
BOTH = pytest.mark.parametrize("method", ["wechat", "alipay"])
PAYEE = {"name": "张三", "account": "6222020200112233445", "bank": "中国工商银行北京分行", "bank_code": "102100099996"}


def code(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*args, **more)
    return refused.value.code


def surplus(counter: Any, method: str = "wechat") -> tuple[contract.OrderView, str]:
    """An order that was paid twice; the second payment is held."""
    order = counter.ordered()
    first, second = counter.start(order, method), counter.start(order, "alipay" if method == "wechat" else "wechat")
    for payment in (second, first):
        counter.pay(payment)
    for callback in counter.notices():
        counter.call_back(callback)
    [held] = counter.refunds("held", ANN)
    return counter.order(order.application_id), held.refund_id


@pytest.mark.requirement("P-04")
@BOTH
def test_money_that_came_twice_goes_back_the_way_it_came(counter: Any, method: str) -> None:
    order = counter.ordered()
    counter.paid(order, method)
    [refund] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": FEE}])
    assert (refund.state, refund.steps) == ("asked", ["decline"])
    assert counter.balances() == {f"clearing_{method}": FEE, "fees": -FEE}, "still a fee"
    assert counter.decide(refund.refund_id, "approve", BEA).state == "approved"
    assert counter.balances() == {f"clearing_{method}": FEE, "suspense": -FEE}
    assert counter.order(order.application_id).state == "returning"
    counter.carry()
    for callback in counter.notices():
        counter.call_back(callback)
    done = counter.refund(refund.refund_id, ANN)
    assert (done.state, [step.action for step in done.actions]) == ("done", ["ask", "approve", "send", "confirm"])
    shown = counter.order(order.application_id)
    assert (shown.state, [(one.amount, one.state) for one in shown.refunds]) == ("refunded", [(FEE, "done")])
    assert counter.balances() == {}
    [said] = counter.harness.events(ORDER_REFUNDED)
    assert (said.amount, said.whole, said.method, said.application_id) == (FEE, True, method, order.application_id)
    assert [event.step for event in counter.harness.events(REFUND_ADVANCED)] == ["approved"]


@pytest.mark.requirement("P-04")
def test_a_duplicate_payment_is_returned_and_the_order_stays_paid(counter: Any) -> None:
    order, refund_id = surplus(counter)
    assert order.state == "paid"
    counter.ask(ANN, refund_id=refund_id)
    counter.decide(refund_id, "approve", BEA)
    counter.carry()
    assert counter.refund(refund_id, ANN).state == "done"
    now = counter.order(order.application_id)
    assert (now.state, [one.state for one in now.refunds]) == ("paid", ["done"])
    [said] = counter.harness.events(ORDER_REFUNDED)
    assert not said.whole
    books = counter.balances()
    assert (books["fees"], sum(books.values()), len(books)) == (-FEE, 0, 2)


@pytest.mark.requirement("P-04")
def test_nobody_approves_their_own_not_from_another_session_and_nobody_twice(counter: Any) -> None:
    _, refund_id = surplus(counter)
    counter.ask(ANN, refund_id=refund_id)
    assert code(counter.ask, ANN, refund_id=refund_id) == "action_not_allowed"
    for same in (ANN, ANN_ELSEWHERE):
        assert code(counter.decide, refund_id, "approve", same) == "second_cashier_required"
    counter.decide(refund_id, "approve", BEA)
    for anybody in (ANN, BEA):
        assert code(counter.decide, refund_id, "approve", anybody) == "action_not_allowed"
        assert code(counter.ask, anybody, refund_id=refund_id) == "action_not_allowed"
    counter.carry()
    assert sum(refund.amount for refund in counter.provider_refunds()) == FEE
    for stranger in (person(), staff_actor("administrator"), staff_actor("reviewer")):
        assert code(counter.decide, refund_id, "approve", stranger) == "forbidden"


@pytest.mark.requirement("P-04")
def test_what_is_declined_is_as_it_was_and_may_be_asked_for_again(counter: Any) -> None:
    order, refund_id = surplus(counter)
    counter.ask(ANN, refund_id=refund_id)
    assert code(counter.decide, refund_id, "decline", BEA, note="") == "request_invalid"
    assert counter.decide(refund_id, "decline", BEA).state == "held"
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": 100}])
    assert counter.decide(wish.refund_id, "decline", ANN).state == "refused"
    assert counter.balances(order)["fees"] == -FEE
    [again] = counter.ask(BEA, order_id=order.order_id, lines=[{"line": 1, "amount": FEE}])
    counter.ask(BEA, refund_id=refund_id)
    assert {one.refund_id for one in counter.refunds("to_approve", ANN)} == {again.refund_id, refund_id}
    assert [one.state for one in counter.order(order.application_id).refunds] == ["deciding", "deciding"]


@pytest.mark.requirement("P-04")
def test_no_more_is_asked_for_than_was_paid(counter: Any) -> None:
    order, refund_id = surplus(counter)

    def line(amount: int, number: int = 1) -> dict[str, Any]:
        return {"order_id": order.order_id, "lines": [{"line": number, "amount": amount}]}

    assert code(counter.ask, ANN, refund_id=refund_id, amount=FEE + 1) == "refund_too_much"
    assert code(counter.ask, ANN, **line(FEE + 1)) == "refund_too_much"
    assert code(counter.ask, ANN, **line(1, 2)) == "refund_line_unknown"
    counter.ask(ANN, **line(FEE - 100))
    assert code(counter.ask, BEA, **line(101)) == "refund_too_much", "the first wish counts, though nobody has decided"
    counter.ask(BEA, **line(100))
    unpaid = counter.ordered()
    wish = {"order_id": unpaid.order_id, "lines": [{"line": 1, "amount": 1}]}
    assert code(counter.ask, ANN, **wish) == "action_not_allowed"
    for wrong in ({"refund_id": refund_id, **line(1)}, {}, {"order_id": order.order_id}, {**line(1), "reason": " "}):
        assert code(counter.ask, ANN, **wrong) == "request_invalid"
    assert code(counter.ask, ANN, refund_id="rfd-none") == "refund_unknown"
    assert code(counter.ask, ANN, order_id="ord-none", lines=[{"line": 1, "amount": 1}]) == "order_unknown"


@pytest.mark.requirement("P-05")
def test_the_database_too_returns_no_more_of_a_line_than_it_cost(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order)
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": FEE}])

    def ask_for_more() -> None:
        with counter.harness.uow() as uow:
            twin = uow.session.get(Refund, wish.refund_id)
            other = {"refund_id": "rfd-2", "money_id": twin.money_id, "opened_at": uow.now(), "requested_by": "x"}
            uow.session.add(Refund(**other, order_id=order.order_id, amount=1, because="lines_returned", state="asked"))
            uow.session.flush()
            uow.session.add(RefundLine(refund_id="rfd-2", line=1, order_id=order.order_id, amount=1))

    with pytest.raises(IntegrityError, match="returns more than it cost"):
        ask_for_more()
    with pytest.raises(IntegrityError, match="is not what it settles"), counter.harness.uow() as uow:
        uow.session.execute(text("UPDATE refunds SET state = 'approved', approved_by = 'y'"))


@pytest.mark.requirement("P-04")
def test_a_part_of_held_money_may_go_back_and_the_rest_stays_held(counter: Any) -> None:
    _, refund_id = surplus(counter)
    [part] = counter.ask(ANN, refund_id=refund_id, amount=1_000)
    assert (part.amount, part.state) == (1_000, "requested")
    [rest] = counter.refunds("held", ANN)
    assert rest.amount == FEE - 1_000
    counter.decide(part.refund_id, "approve", BEA)
    counter.ask(ANN, refund_id=rest.refund_id)
    counter.decide(rest.refund_id, "approve", BEA)
    counter.carry()
    assert sorted(refund.amount for refund in counter.provider_refunds()) == [1_000, FEE - 1_000]
    assert sum(counter.balances().values()) == 0
    assert "suspense" not in counter.balances()


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize(("method", "outcome"), [("wechat", "ABNORMAL"), ("wechat", "CLOSED"), ("alipay", "ABNORMAL")])
def test_what_the_provider_could_not_pay_comes_back_and_is_sent_again(counter: Any, method: str, outcome: str) -> None:
    order = counter.ordered()
    payment = counter.paid(order, method)
    counter.books.plan(payment.payment_id, outcome)
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": FEE}])
    counter.decide(wish.refund_id, "approve", BEA)
    counter.carry()
    failed = counter.refund(wish.refund_id, ANN)
    assert (failed.state, bool(failed.problem)) == ("failed", True)
    assert counter.order(order.application_id).refunds[0].state == "delayed"
    assert counter.balances() == {f"clearing_{method}": FEE, "suspense": -FEE}
    assert [refund.refund_id for refund in counter.refunds("failed", BEA)] == [wish.refund_id]
    counter.books.plan(payment.payment_id, "SUCCESS")
    counter.decide(wish.refund_id, "send", ANN)
    counter.carry()
    assert counter.refund(wish.refund_id, ANN).state == "done"
    assert counter.balances() == {}
    assert sum(refund.amount for refund in counter.provider_refunds() if refund.state == "SUCCESS") == FEE
    assert [event.step for event in counter.harness.events(REFUND_ADVANCED)] == ["approved", "failed"]


@pytest.mark.requirement("P-04")
def test_a_notice_alone_is_enough_and_so_is_asking(counter: Any) -> None:
    order, refund_id = surplus(counter)
    counter.ask(ANN, refund_id=refund_id)
    counter.decide(refund_id, "approve", BEA)
    counter.harness.sweep("carry_refunds")
    assert counter.refund(refund_id, ANN).state == "sent", "taken on, not arrived"
    notices = counter.notices()
    for callback in [*notices, *notices]:
        assert counter.call_back(callback).status == 200
    counter.carry()
    assert counter.refund(refund_id, ANN).state == "done"
    assert len(counter.harness.events(ORDER_REFUNDED)) == 1
    assert counter.order(order.application_id).state == "paid"


@pytest.mark.requirement("P-04")
def test_another_amount_than_asked_confirms_nothing(counter: Any) -> None:
    _, refund_id = surplus(counter)
    counter.ask(ANN, refund_id=refund_id)
    counter.decide(refund_id, "approve", BEA)
    with counter.harness.uow() as uow:
        assert carry_refunds(uow) == 1
    with counter.harness.uow() as uow:
        assert hear(RefundReport("wechat", refund_id, "done", "callback", FEE - 1), uow) == "conflict"
    assert counter.refund(refund_id, ANN).state == "sent"
    assert [fact["said"] for fact in counter.audited("refund.conflict")] == [FEE - 1]
    with counter.harness.uow() as uow:
        assert hear(RefundReport("wechat", "rfd-none", "done", "callback", FEE), uow) == "unknown"


@pytest.mark.requirement("P-04")
def test_the_simulator_can_be_told_what_becomes_of_refunds(provider_url: str, counter: Any) -> None:
    wish = {"out_trade_no": "pay-1", "outcome": "ABNORMAL"}
    assert requests.post(f"{provider_url}/simulator/refunds", json=wish, timeout=5).status_code == 200
    assert counter.books.planned("pay-1") == "ABNORMAL"


@pytest.mark.requirement("P-04")
def test_single_works_of_a_batch_are_withdrawn_and_the_rest_stays_paid(counter: Any) -> None:
    order = counter.batch()
    counter.paid(order)
    works = counter.works_of(order)
    for number, work in enumerate(works, start=1):
        counter.withdraw(work)
        counter.withdraw(work)
        shown = counter.order(works[0])
        assert shown.state == ("paid" if number < 3 else "returning")
        assert [refund.amount for refund in shown.refunds] == [FEE] * number
        assert counter.balances()["suspense"] == -FEE * number
    told = counter.harness.events(contract.MONEY_HELD)
    assert [(event.application_id, event.serial_number) for event in told] == list(
        zip(works, ("S1", "S2", "S3"), strict=True)
    )
    for refund in counter.refunds("held", ANN):
        counter.ask(ANN, refund_id=refund.refund_id)
        counter.decide(refund.refund_id, "approve", BEA)
    counter.carry()
    assert counter.order(works[0]).state == "refunded"
    assert counter.balances() == {}
    assert sorted(event.application_id for event in counter.harness.events(ORDER_REFUNDED)) == sorted(works)
    assert [event.whole for event in counter.harness.events(ORDER_REFUNDED)] == [False, False, True]


@pytest.mark.requirement("P-04")
def test_a_work_that_is_withdrawn_before_its_batch_is_paid_gets_its_fee_back_at_once(counter: Any) -> None:
    order = counter.batch()
    works = counter.works_of(order)
    counter.withdraw(works[1])
    assert counter.order(works[0]).state == "pending"
    counter.paid(order)
    [paid] = counter.harness.events(BATCH_ORDER_PAID)
    assert [work.application_id for work in paid.works] == [works[0], works[2]]
    [held] = counter.refunds("held", ANN)
    assert (held.amount, held.because, held.application_id) == (FEE, "case_ended", works[1])
    assert counter.balances() == {"clearing_wechat": 3 * FEE, "fees": -2 * FEE, "suspense": -FEE}
    for work in (works[0], works[2]):
        counter.withdraw(work)
    assert counter.order(works[0]).state == "returning"


@pytest.mark.requirement("P-04")
def test_a_batch_whose_works_all_end_before_it_is_paid_owes_nothing(counter: Any) -> None:
    order = counter.batch()
    for work in counter.works_of(order):
        counter.withdraw(work)
    assert counter.order(order.application_id).state == "cancelled"
    assert counter.balances() == {}


@pytest.mark.requirement("P-04")
def test_a_wish_for_lines_is_done_with_when_their_case_ends(counter: Any) -> None:
    order = counter.batch()
    counter.paid(order)
    lines = [{"line": 1, "amount": 500}, {"line": 2, "amount": 700}]
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=lines)
    counter.withdraw(order.application_id)
    assert counter.refund(wish.refund_id, ANN).state == "refused"
    assert code(counter.decide, wish.refund_id, "approve", BEA) == "action_not_allowed"
    [other] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 2, "amount": 700}])
    counter.decide(other.refund_id, "approve", BEA)
    counter.withdraw(counter.works_of(order)[1])
    assert sorted(one.amount for one in counter.order(order.application_id).refunds) == [700, FEE - 700, FEE]
    assert counter.balances() == {"clearing_wechat": 3 * FEE, "fees": -FEE, "suspense": -2 * FEE}


@pytest.mark.requirement("P-04")
def test_lines_that_several_remittances_paid_go_back_to_each(counter: Any) -> None:
    order = counter.batch()
    with counter.harness.uow() as uow:
        row = lock_order(uow.session, order.order_id)
        for number, amount in enumerate((50_000, 40_000)):
            report = ProviderReport("bank", "", "paid", "statement", amount, transaction_id=f"T{number}")
            take_in(report, [(order.order_id, amount)], row, "order_not_payable", uow)
        change_state(row, "pay", uow)
        mark_paid(row, "bank", "", uow)
    lines = [{"line": line, "amount": FEE} for line in (1, 2)]
    assert code(counter.ask, ANN, order_id=order.order_id, lines=lines) == "refund_payee_required"
    wished = counter.ask(ANN, order_id=order.order_id, lines=lines, payee=PAYEE, payee_why="按来信")
    assert [(refund.amount, refund.transaction_id) for refund in wished] == [(50_000, "T0"), (10_000, "T1")]
    assert [[line.amount for line in refund.lines] for refund in wished] == [[FEE, 20_000], [10_000]]
    for refund in wished:
        shown = counter.decide(refund.refund_id, "approve", BEA)
        assert shown.payee.account == PAYEE["account"]
    assert counter.balances() == {"clearing_bank": 3 * FEE, "fees": -FEE, "suspense": -2 * FEE}
    with counter.harness.uow() as uow:
        sealed = uow.session.scalars(select(Refund.payee)).all()
    assert not any(PAYEE["account"].encode() in payee for payee in sealed)


@pytest.mark.requirement("P-04")
def test_cashiers_find_a_refund_by_what_they_know_of_it(counter: Any) -> None:
    order, refund_id = surplus(counter)
    for words in (order.title[1:4], order.serial_number, "张三", "300.00", "¥300", refund_id):
        assert [one.refund_id for one in counter.refunds("held", ANN, text=words)] == [refund_id], words
    for words in ("城北", "%", "300.01", "_"):
        assert counter.refunds("held", ANN, text=words) == [], words


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize("amount", [1, FEE - 1, FEE + 500])
def test_another_amount_than_asked_goes_back_whole_and_the_order_can_still_be_paid(counter: Any, amount: int) -> None:
    order = counter.ordered()
    counter.paid(order, amount=amount)
    [held] = counter.refunds("held", ANN)
    assert (held.amount, held.because) == (amount, "payment_amount_mismatch")
    counter.ask(ANN, refund_id=held.refund_id)
    counter.decide(held.refund_id, "approve", BEA)
    counter.carry()
    counter.paid(order)
    assert counter.order(order.application_id).state == "paid"
    assert counter.balances() == {"clearing_wechat": FEE, "fees": -FEE}


@pytest.mark.requirement("P-04")
@BOTH
def test_the_late_payment_of_a_case_that_has_ended_goes_back(counter: Any, method: str) -> None:
    order = counter.ordered()
    payment = counter.start(order, method)
    counter.pay(payment)
    counter.withdraw(order.application_id)
    for callback in counter.notices():
        counter.call_back(callback)
    [held] = counter.refunds("held", ANN)
    assert (held.amount, held.because) == (FEE, "order_not_payable")
    counter.ask(ANN, refund_id=held.refund_id)
    counter.decide(held.refund_id, "approve", BEA)
    counter.carry()
    assert counter.refund(held.refund_id, ANN).state == "done"
    assert counter.balances() == {}
    assert counter.order(order.application_id).state == "cancelled"


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("S-01")
def test_many_at_once_ask_approve_and_send_one_refund(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order)

    def tried(call: Any, *args: Any, **more: Any) -> str:
        try:
            call(*args, **more)
        except Problem as problem:
            return problem.code
        return "done"

    lines = [{"line": 1, "amount": FEE}]
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(tried, counter.ask, ANN, order_id=order.order_id, lines=lines) for _ in range(6)]
        assert sorted(one.result() for one in asked) == ["done", *["refund_too_much"] * 5]
        [wish] = counter.refunds("to_approve", BEA)
        decided = [pool.submit(tried, counter.decide, wish.refund_id, "approve", BEA) for _ in range(6)]
        assert sorted(one.result() for one in decided) == [*["action_not_allowed"] * 5, "done"]
        list(pool.map(lambda _: counter.harness.sweep("carry_refunds"), range(6)))
    counter.carry()
    assert [one.amount for one in counter.provider_refunds()] == [FEE]
    assert counter.balances() == {}


def test_every_reason_of_a_refund_has_words_for_its_payer_and_on_its_slip() -> None:
    reasons = set(get_args(HeldBecause)) | {"order_unknown", "lines_returned"}
    assert set(slips._BECAUSE) == set(sending._SHOWN) == reasons
    no_fee = {"order_not_payable", "order_unknown", "payment_amount_mismatch", "part_payment", "part_unused"}
    assert set(REASONS) == reasons - no_fee
