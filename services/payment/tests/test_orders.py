"""Orders: one for each application, owed for fifteen working days, cancelled with the application."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from chassis.calendar import add_working_days
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from contracts.filing import APPLICATION_LAPSED, APPLICATION_WITHDRAWN, ApplicationLapsed, ApplicationWithdrawn
from payment.orders.model import TRANSITIONS, allowed_actions
from payment.tariff.store import TariffRate

from contracts import payment as contract


def withdrawn(order: contract.OrderView) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(
        application_id=order.application_id,
        account_id=order.account_id,
        kind="work",
        type="work_registration",
        form_code="Z11",
        title=order.title,
        serial_number=order.serial_number,
        withdrawn_at=datetime.now(UTC),
        reason="",
    )


@pytest.mark.requirement("P-01")
def test_a_submitted_text_work_owes_300_yuan_within_15_working_days(counter) -> None:
    order = counter.ordered()
    assert (order.amount, order.state, order.payments) == (30_000, "pending", [])
    assert [(line.code, line.quantity, line.amount) for line in order.lines] == [("text_individual", 1, 30_000)]
    with counter.harness.uow() as uow:
        assert order.pay_by == add_working_days(uow.today(), 15)
    said = counter.harness.events(contract.ORDER_CREATED)
    assert [(event.order_id, event.amount, event.pay_by) for event in said] == [(order.order_id, 30_000, order.pay_by)]
    assert counter.balances() == {"receivable": 30_000, "fees": -30_000}


@pytest.mark.requirement("S-01")
def test_a_submission_heard_twice_makes_one_order(counter) -> None:
    application = counter.submitted()
    counter.submitted(application_id=application)
    assert len(counter.harness.events(contract.ORDER_CREATED)) == 1
    assert counter.balances() == {"receivable": 30_000, "fees": -30_000}


def test_an_order_that_does_not_exist_yet_is_pending(counter) -> None:
    with pytest.raises(Problem, match="order_pending"):
        counter.order("app-not-yet")


@pytest.mark.parametrize("who", [person("acc-other")])
def test_somebody_elses_order_is_unknown(counter, who) -> None:
    order = counter.ordered()
    payment = counter.start(order)
    with pytest.raises(Problem, match="order_unknown"):
        counter.harness.call(contract.GET_ORDER, contract.GetOrder(order_id=order.order_id), who)
    with pytest.raises(Problem, match="order_unknown"):
        counter.harness.call(
            contract.START_PAYMENT, contract.StartPayment(order_id=order.order_id, method="wechat"), who
        )
    with pytest.raises(Problem, match="payment_unknown"):
        counter.harness.call(contract.GET_PAYMENT, contract.GetPayment(payment_id=payment.payment_id), who)
    assert counter.harness.call(contract.LIST_ORDERS, contract.ListOrders(), who).items == []


def test_staff_and_the_owner_see_the_order(counter) -> None:
    order = counter.ordered()
    assert counter.order(order.application_id, staff_actor("cashier")).order_id == order.order_id
    listed = counter.harness.call(contract.LIST_ORDERS, contract.ListOrders(), person()).items
    assert [item.order_id for item in listed] == [order.order_id]


@pytest.mark.requirement("F-01")
def test_withdrawing_cancels_what_is_owed(counter) -> None:
    order = counter.ordered()
    counter.harness.deliver(APPLICATION_WITHDRAWN, withdrawn(order))
    now = counter.order(order.application_id)
    assert (now.state, now.cancel_reason) == ("cancelled", "application_withdrawn")
    assert [event.order_id for event in counter.harness.events(contract.ORDER_CANCELLED)] == [order.order_id]
    assert counter.balances() == {}
    with pytest.raises(Problem, match="order_not_payable") as refused:
        counter.start(order)
    assert refused.value.params == {"state": "cancelled"}


def test_a_lapse_cancels_what_is_owed(counter) -> None:
    order = counter.ordered()
    facts = withdrawn(order).model_dump(exclude={"withdrawn_at", "reason"})
    lapsed = ApplicationLapsed(**facts, lapsed_on=order.pay_by, reason="fee_not_paid")
    counter.harness.deliver(APPLICATION_LAPSED, lapsed)
    assert counter.order(order.application_id).cancel_reason == "fee_not_paid"


def test_withdrawing_an_accepted_application_leaves_the_payment(counter) -> None:
    order = counter.ordered()
    counter.paid(order)
    accepted = withdrawn(order).model_copy(update={"acceptance_number": "2026Z11L000001"})
    counter.harness.deliver(APPLICATION_WITHDRAWN, accepted)
    assert counter.order(order.application_id).state == "paid"
    assert counter.harness.events(contract.ORDER_CANCELLED) == []


def test_an_overdue_order_cannot_be_paid_although_its_lapse_is_still_to_come(counter) -> None:
    order = counter.ordered()
    counter.harness.advance(60)
    with pytest.raises(Problem, match="order_not_payable") as refused:
        counter.start(order)
    assert refused.value.params == {"state": "overdue"}


@pytest.mark.requirement("P-01")
def test_a_fee_of_nothing_is_waived_at_once(counter) -> None:
    with counter.harness.uow() as uow:
        rate = {"title_zh": "软件", "title_en": "Software", "source": "财税[2017]20号"}
        uow.session.add(TariffRate(code="software", valid_from=uow.today(), amount=0, **rate))
    order = counter.ordered(kind="software", form_code="R11", category="")
    assert (order.amount, order.state) == (0, "paid")
    [paid] = counter.harness.events(contract.ORDER_PAID)
    assert (paid.method, paid.payment_id, paid.amount) == ("waived", "", 0)
    assert counter.balances() == {}
    assert counter.harness.sweep("issue_receipts") == 0


def test_the_table_of_transitions_leads_nowhere_from_an_end() -> None:
    assert allowed_actions("paid") == ["return"]
    assert allowed_actions("cancelled") == allowed_actions("returning") == allowed_actions("refunded") == []
    assert set(TRANSITIONS.values()) == {"paid", "cancelled", "returning"}
