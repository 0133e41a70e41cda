"""Money that came: every fen settles an order or waits for its payer, and goes back only by two people's will."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.testing import staff_actor
from contracts.filing import APPLICATION_WITHDRAWN, ApplicationWithdrawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payment.ledger.model import Cause, Entry, Posting, money_received
from payment.orders.handlers import mark_paid
from payment.orders.store import Order, OrderItem, change_state, find_order, lock_order
from payment.providers.model import ProviderReport
from payment.refunds.handlers import move
from payment.refunds.model import CLOSED, TRANSITIONS, allowed_actions, posts
from payment.refunds.store import Refund, open_refunds
from payment.settlement.handlers import take_in
from payment.settlement.store import MoneyAllocation, money_of
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from contracts import payment as contract

FEE = 30_000
ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
_transactions = count(1)


def came(amount: int, payment_id: str = "") -> ProviderReport:
    return ProviderReport("bank", payment_id, "paid", "statement", amount, transaction_id=f"T{next(_transactions)}")


def take(counter: Any, report: ProviderReport, settles: dict[str, int], about: str | None = None) -> bool:
    with counter.harness.uow() as uow:
        order = lock_order(uow.session, about) if about else None
        return take_in(report, list(settles.items()), order, "order_not_payable" if order else "order_unknown", uow)


def refunds(counter: Any) -> list[Refund]:
    with counter.harness.uow() as uow:
        return open_refunds(uow.session)


def step(counter: Any, action: str, actor: Any = ANN) -> str:
    with counter.harness.uow(actor) as uow:
        [refund] = open_refunds(uow.session)
        move(refund, action, uow)
        return str(refund.state)


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-05")
def test_money_that_nobody_can_place_waits_in_the_suspense_account(counter: Any) -> None:
    report = came(12_345)
    assert take(counter, report, {})
    assert counter.balances() == {"clearing_bank": 12_345, "suspense": -12_345}
    [refund] = refunds(counter)
    assert (refund.order_id, refund.amount, refund.because, refund.state) == (None, 12_345, "order_unknown", "held")
    assert counter.harness.events(contract.MONEY_HELD) == [], "nobody can be told"
    assert not take(counter, report, {}), "the same transaction again"
    assert len(refunds(counter)) == 1


@pytest.mark.requirement("P-05")
def test_a_part_of_what_is_owed_leaves_the_rest_receivable(counter: Any) -> None:
    order = counter.ordered()
    take(counter, came(10_000), {order.order_id: 10_000}, order.order_id)
    assert counter.balances(order) == {"clearing_bank": 10_000, "receivable": FEE - 10_000, "fees": -FEE}
    assert refunds(counter) == []
    take(counter, came(20_000), {order.order_id: 20_000}, order.order_id)
    assert counter.balances(order) == {"clearing_bank": FEE, "fees": -FEE}
    with counter.harness.uow() as uow:
        assert [part for _, part in money_of(uow.session, order.order_id)] == [10_000, 20_000]


@pytest.mark.requirement("P-05")
def test_more_than_is_owed_settles_the_order_and_is_held_for_the_rest(counter: Any) -> None:
    order = counter.ordered()
    take(counter, came(FEE + 500), {order.order_id: FEE}, order.order_id)
    assert counter.balances(order) == {"clearing_bank": FEE + 500, "fees": -FEE, "suspense": -500}
    [refund] = refunds(counter)
    assert (refund.order_id, refund.amount) == (order.order_id, 500)
    [told] = counter.harness.events(contract.MONEY_HELD)
    assert (told.application_id, told.amount) == (order.application_id, 500)


@pytest.mark.requirement("P-05")
def test_one_remittance_settles_several_orders(counter: Any) -> None:
    one, two = counter.ordered(), counter.ordered()
    take(counter, came(2 * FEE + 1), {one.order_id: FEE, two.order_id: FEE})
    for order in (one, two):
        assert counter.balances(order) == {"clearing_bank": FEE, "fees": -FEE}
    assert counter.balances() == {"clearing_bank": 2 * FEE + 1, "fees": -2 * FEE, "suspense": -1}


@pytest.mark.requirement("P-05")
def test_the_database_refuses_money_that_is_nowhere_or_in_two_places(counter: Any) -> None:
    order = counter.ordered()
    take(counter, came(FEE - 1), {order.order_id: FEE - 1}, order.order_id)

    def allocate(amount: int) -> None:
        with counter.harness.uow() as uow:
            [(money, _)] = money_of(uow.session, order.order_id)
            part = {"allocation_id": new_id("alc"), "money_id": money.money_id, "order_id": order.order_id}
            uow.session.add(MoneyAllocation(**part, amount=amount))

    for amount in (1, -1, -FEE):
        with pytest.raises(IntegrityError, match="is not what it settles"):
            allocate(amount)
    with pytest.raises(IntegrityError, match="takes more than it costs"):
        take(counter, came(2), {order.order_id: 2}, order.order_id)


@pytest.mark.requirement("P-05")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(receipts=st.lists(st.tuples(st.integers(1, 40_000), st.integers(0, 40_000), st.booleans()), max_size=6))
def test_whatever_comes_every_fen_is_somewhere(counter: Any, receipts: list[tuple[int, int, bool]]) -> None:
    order = counter.ordered()
    before, owed, total = counter.balances(), FEE, 0
    held = sum(refund.amount for refund in refunds(counter))
    for amount, wish, known in receipts:
        part = min(amount, wish, owed)
        take(counter, came(amount), {order.order_id: part} if part else {}, order.order_id if known else None)
        owed, total = owed - part, total + amount
    now = counter.balances()
    assert now.get("clearing_bank", 0) - before.get("clearing_bank", 0) == total
    assert counter.balances(order).get("receivable", 0) == owed
    assert sum(refund.amount for refund in refunds(counter)) - held == total - (FEE - owed)
    assert before.get("suspense", 0) - now.get("suspense", 0) == total - (FEE - owed)


@pytest.mark.requirement("P-05")
def test_an_entry_has_as_many_postings_as_it_needs_and_one_cause() -> None:
    entry = money_received("mny-1", "bank", 700, [("ord-1", 300), ("ord-2", 300)])
    assert len(entry.postings) == 6
    assert sum(posting.amount for posting in entry.postings) == 0
    with pytest.raises(ValueError, match="no more than came"):
        money_received("mny-1", "bank", 1, [("ord-1", 2)])
    for cause in ({}, {"order_id": "ord-1", "money_id": "mny-1"}):
        with pytest.raises(ValueError, match="one cause"):
            Entry("order_opened", "x", Cause(**cause), (Posting("fees", 1), Posting("receivable", -1)))


@pytest.mark.requirement("P-05")
def test_a_refund_is_asked_for_by_one_and_approved_by_another(counter: Any) -> None:
    take(counter, came(900), {})
    with pytest.raises(Problem, match="action_not_allowed"):
        step(counter, "send")
    assert step(counter, "request") == "requested"
    with pytest.raises(Problem, match="second_cashier_required"):
        step(counter, "approve")
    assert step(counter, "decline", BEA) == "held"
    assert step(counter, "request", BEA) == "requested"
    assert step(counter, "approve", ANN) == "approved"
    assert counter.balances() == {"clearing_bank": 900, "suspense": -900}
    assert step(counter, "send") == "sent"
    assert counter.balances() == {"clearing_bank": 900, "refunds_sent": -900}
    assert step(counter, "fail") == "failed"
    assert counter.balances() == {"clearing_bank": 900, "suspense": -900}
    assert step(counter, "send") == "sent"
    assert step(counter, "confirm") == "done"
    assert counter.balances() == {}
    assert refunds(counter) == []
    assert [facts["amount"] for facts in counter.audited("refund.send")] == [900, 900]


@pytest.mark.requirement("P-05")
def test_the_database_too_wants_a_second_person(counter: Any) -> None:
    take(counter, came(900), {})
    step(counter, "request")
    with pytest.raises(IntegrityError, match="second_person_approves"), counter.harness.uow() as uow:
        uow.session.execute(text("UPDATE refunds SET state = 'approved', approved_by = requested_by"))
    for forbidden in ("UPDATE refunds SET amount = 1", "UPDATE money_allocations SET amount = 1"):
        with pytest.raises(Exception, match="permission denied"), counter.harness.uow() as uow:
            uow.session.execute(text(forbidden))


@pytest.mark.requirement("P-05")
def test_the_order_of_an_ended_case_is_refunded_when_its_money_has_arrived(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order)
    facts = {
        "kind": "work",
        "type": "work_registration",
        "form_code": "Z11",
        "title": order.title,
        "serial_number": order.serial_number,
    }
    ended = ApplicationWithdrawn(
        application_id=order.application_id,
        account_id=order.account_id,
        withdrawn_at=datetime.now(UTC),
        reason="",
        **facts,
    )
    counter.harness.deliver(APPLICATION_WITHDRAWN, ended)
    for action, who in (("request", ANN), ("approve", BEA), ("send", ANN)):
        step(counter, action, who)
        assert counter.order(order.application_id).state == "returning"
    step(counter, "confirm")
    assert counter.order(order.application_id).state == "refunded"
    assert counter.balances() == {}


def test_every_state_of_a_refund_leads_on_until_it_is_closed() -> None:
    reached = {None, *TRANSITIONS.values()}
    assert {state for state in reached if not allowed_actions(state)} == CLOSED
    assert {state for state, _ in TRANSITIONS} == reached - CLOSED
    for (state, action), _target in TRANSITIONS.items():
        for method in ("wechat", "alipay", "bank"):
            moves = action in ("send", "confirm", "fail") or (state, action) == ("asked", "approve")
            assert (posts(state, action, method) is not None) == moves


def batch(*applications: str) -> Order:
    """One order for several applications, as a batch will open it."""
    facts = {"purpose": "registration", "title": "作品", "code": "software", "rate_from": date(2020, 8, 31)}
    items = [
        OrderItem(
            line=line,
            application_id=application,
            principal=True,
            open=True,
            serial_number=f"S{application}",
            fee_zh="费",
            fee_en="fee",
            quantity=1,
            amount=25_000,
            fee_basis={},
            **facts,
        )
        for line, application in enumerate(applications, start=1)
    ]
    return Order(
        order_id=new_id("ord"),
        account_id="acc-person",
        title="作品",
        serial_number=f"S{applications[0]}",
        payer="张三",
        amount=25_000 * len(items),
        state="pending",
        created_at=datetime.now(UTC),
        pay_by=date(2027, 1, 1),
        receipt_attempts=0,
        items=items,
    )


@pytest.mark.requirement("P-01")
def test_one_order_may_be_for_several_applications_and_each_hears_of_its_payment(counter: Any) -> None:
    with counter.harness.uow() as uow:
        order = batch("app-1", "app-2")
        uow.session.add(order)
    with counter.harness.uow() as uow:
        order = find_order(uow.session, application_id="app-2")
        assert [item.application_id for item in order.items] == ["app-1", "app-2"]
        change_state(order, "pay", uow)
        mark_paid(order, "bank", "", uow)
    said = counter.harness.events(contract.ORDER_PAID)
    assert [(event.application_id, event.amount) for event in said] == [("app-1", 25_000), ("app-2", 25_000)]


@pytest.mark.requirement("P-01")
def test_an_application_has_one_open_order_for_a_purpose_and_may_get_another_when_it_has_ended(counter: Any) -> None:
    with counter.harness.uow() as uow:
        uow.session.add(batch("app-1"))
    with pytest.raises(IntegrityError, match="uq_order_items_open"), counter.harness.uow() as uow:
        uow.session.add(batch("app-2", "app-1"))
    with counter.harness.uow() as uow:
        first = find_order(uow.session, application_id="app-1")
        change_state(first, "cancel", uow)
        first.cancelled_at = uow.legal_now()
    with counter.harness.uow() as uow:
        uow.session.add(batch("app-1"))
    with counter.harness.uow() as uow:
        assert find_order(uow.session, application_id="app-1").state == "pending"
        assert len(uow.session.scalars(select(Order)).all()) == 2


@pytest.mark.requirement("P-01")
def test_the_database_refuses_an_order_that_is_not_the_sum_of_its_items(counter: Any) -> None:
    order = batch("app-1")
    order.amount = 24_999
    with pytest.raises(IntegrityError, match="sum of its items"), counter.harness.uow() as uow:
        uow.session.add(order)
