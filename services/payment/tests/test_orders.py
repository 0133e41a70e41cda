"""Orders: one for each application, owed for fifteen working days, cancelled with the application."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from chassis.calendar import add_working_days
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.testing import person, staff_actor
from contracts.filing import (
    APPLICATION_LAPSED,
    APPLICATION_MOVED,
    APPLICATION_WITHDRAWN,
    ApplicationLapsed,
    ApplicationMoved,
    ApplicationWithdrawn,
)
from payment.orders import handlers
from payment.orders.model import TRANSITIONS, allowed_actions
from payment.providers.store import Payment
from payment.tariff.store import TariffRate
from sqlalchemy.orm import Session

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
@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("listed", [False, True])
def test_an_order_that_is_paid_while_it_is_read_is_not_shown_as_owed(
    counter, monkeypatch: pytest.MonkeyPatch, listed: bool
) -> None:
    """The page of its payment stopped waiting, and asked for the money again."""
    order = counter.ordered()
    payment = counter.start(order)
    read = handlers.payments_by_order

    def paid_meanwhile(session: Session, order_ids: list[str]) -> dict[str, list[Payment]]:
        counter.pay(payment)
        for callback in counter.notices():
            counter.call_back(callback)
        return read(session, order_ids)

    monkeypatch.setattr(handlers, "payments_by_order", paid_meanwhile)
    if listed:
        [seen] = counter.harness.call(contract.LIST_ORDERS, contract.ListOrders(), person()).items
    else:
        seen = counter.order(order.application_id)
    assert ([each.state for each in seen.payments], seen.state) == (["succeeded"], "paid")
    assert seen.paid_at is not None


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


SOFTWARE = {"kind": "software", "form_code": "R11", "category": "", "documents": 1, "exceptional": False}


@pytest.mark.requirement("P-01")
def test_software_owes_for_itself_its_further_documents_and_an_exceptional_deposit(counter) -> None:
    order = counter.ordered(**{**SOFTWARE, "documents": 3, "exceptional": True}, applicant_kind="organisation")
    assert [(line.code, line.quantity, line.amount) for line in order.lines] == [
        ("software", 1, 25_000),
        ("software_document", 2, 16_000),
        ("software_exceptional_deposit", 1, 32_000),
    ]
    assert {line.application_id for line in order.lines} == {order.application_id}
    assert order.amount == 73_000
    counter.paid(order)
    counter.harness.sweep("issue_receipts")
    assert counter.order(order.application_id).receipt


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize("applicant", ["natural_person", "organisation"])
def test_a_fee_of_nothing_is_waived_at_once(counter, applicant: str) -> None:
    """Filing hears the same event as of a paid fee, at once; nobody is asked to pay, nothing is booked or receipted."""
    with counter.harness.uow() as uow:
        rate = {"title_zh": "软件", "title_en": "Software", "source": "财税[2017]20号"}
        uow.session.add(TariffRate(code="software", valid_from=uow.today(), amount=0, **rate))
    order = counter.ordered(**SOFTWARE, applicant_kind=applicant)
    assert (order.amount, order.state) == (0, "paid")
    [paid] = counter.harness.events(contract.ORDER_PAID)
    assert (paid.application_id, paid.order_id) == (order.application_id, order.order_id)
    assert (paid.method, paid.payment_id, paid.amount) == ("waived", "", 0)
    assert counter.balances() == {}
    assert counter.harness.sweep("issue_receipts") == 0
    with pytest.raises(Problem, match="order_not_payable"):
        counter.start(order)


@pytest.mark.requirement("P-01")
def test_the_fee_of_software_ends_on_the_day_of_its_row(counter) -> None:
    with counter.harness.uow() as uow:
        rate = {"title_zh": "软件", "title_en": "Software", "source": "财税[2017]20号"}
        tomorrow = uow.today() + timedelta(days=1)
        uow.session.add(TariffRate(code="software", valid_from=tomorrow, amount=0, **rate))
    assert counter.ordered(**SOFTWARE).amount == 25_000


def test_the_table_of_transitions_leads_nowhere_from_an_end() -> None:
    assert allowed_actions("paid") == ["return"]
    assert allowed_actions("returning") == ["refund", "correct"]
    assert allowed_actions("cancelled") == allowed_actions("refunded") == allowed_actions("corrected") == []
    assert set(TRANSITIONS.values()) == {"pending", "paid", "cancelled", "returning", "refunded", "corrected"}
    to_pending = {action for (_, action), after in TRANSITIONS.items() if after == "pending"}
    assert to_pending == {"ask_write_off", "decline_write_off"}, "which change no more than who is asked"


@pytest.mark.requirement("I-09")
def test_an_order_follows_its_case_whenever_that_is_heard(counter):
    """Twice, before the case itself, and an earlier word after a later one."""
    known, unheard = counter.submitted(), new_id("app")
    now = datetime.now(UTC)
    for case in (known, unheard):
        for account, at in (("acc-new", now), ("acc-new", now), ("acc-between", now - timedelta(hours=1))):
            moved = ApplicationMoved(application_id=case, account_id=account, moved_at=at)
            counter.harness.deliver(APPLICATION_MOVED, moved)
    counter.submitted(application_id=unheard)
    counter.harness.sweep("follow_moved_orders")
    for case in (known, unheard):
        assert counter.order(case, person("acc-new")).account_id == "acc-new"
        with pytest.raises(Problem, match="order_pending"):
            counter.order(case)
    assert len(counter.audited("case.hold")) == 2, "each once"
    counter.harness.deliver(
        APPLICATION_MOVED, ApplicationMoved(application_id=known, account_id="acc-person", moved_at=now + timedelta(1))
    )
    assert counter.order(known).account_id == "acc-person"
