"""The one order of a batch: opened once, paid once, told of once; a work that ends gets its share back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from chassis.testing import person
from contracts.batches import (
    BATCH_ORDER_CANCELLED,
    BATCH_ORDER_CREATED,
    BATCH_ORDER_PAID,
    BATCH_SUBMITTED,
    BatchSubmitted,
    SubmittedWork,
)
from contracts.fees import RECKON_FEES, ReckonFees
from contracts.filing import APPLICATION_SUBMITTED, ApplicationSubmitted

from contracts import payment as contract

from .conftest import FEE_OF_A_CASE, TEXT_WORK

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
BASIS = {name: value for name, value in TEXT_WORK.items() if name != "kind"}
SOFTWARE = {"form_code": "R11", "applicant_kind": "organisation", "documents": 1, "exceptional": False, "parts": 1}


def said(counter: Any, event: Any) -> list[Any]:
    return list(counter.harness.events(event))


@pytest.mark.requirement("F-15")
@pytest.mark.requirement("P-01")
def test_a_batch_is_one_order_and_one_payment(counter) -> None:
    order = counter.batch(3)
    assert (order.amount, [(line.quantity, line.amount) for line in order.lines]) == (90_000, [(3, 90_000)])
    [created] = said(counter, BATCH_ORDER_CREATED)
    assert [work.amount for work in created.works] == [FEE_OF_A_CASE] * 3
    counter.paid(order)
    [paid] = said(counter, BATCH_ORDER_PAID)
    assert (paid.batch_id, paid.amount, len(paid.works)) == (order.batch_id, 90_000, 3)
    assert said(counter, contract.ORDER_CREATED) == said(counter, contract.ORDER_PAID) == []


def test_heard_of_again_a_batch_has_still_one_order(counter) -> None:
    work = SubmittedWork(application_id="app-1", kind="work", title="作品", serial_number="S1", fee_basis=BASIS)
    data = BatchSubmitted(
        batch_id="bat-1", account_id="acc-person", applicant_name="张三", name="一件", submitted_at=NOW, works=[work]
    )
    counter.harness.deliver(BATCH_SUBMITTED, data)
    counter.harness.deliver(BATCH_SUBMITTED, data)
    assert len(said(counter, BATCH_ORDER_CREATED)) == 1


def test_a_work_of_a_batch_has_no_order_of_its_own(counter) -> None:
    data = ApplicationSubmitted(
        application_id="app-1",
        account_id="acc-person",
        kind="work",
        type="work_registration",
        form_code="Z11",
        title="作品",
        serial_number="S1",
        submitted_at=NOW,
        fee_basis=TEXT_WORK,
        materials=[],
        evidence="",
        batch_id="bat-1",
    )
    counter.harness.deliver(APPLICATION_SUBMITTED, data)
    assert said(counter, contract.ORDER_CREATED) == []


@pytest.mark.requirement("P-04")
def test_works_that_end_before_the_payment_are_not_accepted_and_get_their_share_back(counter) -> None:
    order = counter.batch(3)
    works = [work.application_id for work in said(counter, BATCH_ORDER_CREATED)[0].works]
    counter.withdraw(works[1])
    counter.paid(order)
    [paid] = said(counter, BATCH_ORDER_PAID)
    assert [work.application_id for work in paid.works] == [works[0], works[2]]
    assert counter.balances(order)["suspense"] in (FEE_OF_A_CASE, -FEE_OF_A_CASE)
    for work, share in ((works[0], 0), (works[1], FEE_OF_A_CASE)):
        asked = contract.GetOrder(order_id=order.order_id, share_of=work)
        [refund] = counter.harness.call(contract.GET_ORDER, asked, person()).refunds
        assert (refund.amount, refund.share) == (FEE_OF_A_CASE, share)
    [refund] = counter.order(works[1]).refunds
    assert refund.share is None


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("F-15")
def test_a_second_payment_for_a_batch_is_the_share_of_none_of_its_works(counter) -> None:
    order = counter.batch(2)
    works = [work.application_id for work in said(counter, BATCH_ORDER_CREATED)[0].works]
    first, second = counter.start(order), counter.start(order, "alipay")
    for payment in (first, second):
        counter.pay(payment)
    for callback in counter.notices():
        counter.call_back(callback)
    for work in works:
        asked = contract.GetOrder(order_id=order.order_id, share_of=work)
        [refund] = counter.harness.call(contract.GET_ORDER, asked, person()).refunds
        assert (refund.because, refund.amount, refund.share) == ("order_not_payable", order.amount, 0)


def test_a_batch_of_which_nothing_is_left_owes_nothing(counter) -> None:
    counter.batch(2)
    for work in said(counter, BATCH_ORDER_CREATED)[0].works:
        counter.withdraw(work.application_id)
    [cancelled] = said(counter, BATCH_ORDER_CANCELLED)
    assert cancelled.reason == "application_withdrawn"
    assert said(counter, contract.ORDER_CANCELLED) == []


def test_a_thousand_works_are_reckoned_and_told_of_at_once(counter) -> None:
    works = [
        SubmittedWork(
            application_id=f"app-{number}",
            kind="software" if number % 2 else "work",
            title=f"作品{number}",
            serial_number=f"S{number}",
            fee_basis=SOFTWARE if number % 2 else BASIS,
        )
        for number in range(1000)
    ]
    data = BatchSubmitted(
        batch_id="bat-1",
        account_id="acc-person",
        applicant_name="张三",
        name="千件",
        submitted_at=NOW,
        works=works,
    )
    counter.harness.deliver(BATCH_SUBMITTED, data)
    [created] = said(counter, BATCH_ORDER_CREATED)
    assert len(created.works) == 1000
    order = counter.order("app-0")
    assert [line.quantity for line in order.lines] == [500, 500]
    assert order.amount == created.amount == sum(work.amount for work in created.works)
    assert counter.order("app-999").order_id == order.order_id


@pytest.mark.requirement("P-01")
def test_the_fees_of_a_batch_are_told_before_it_is_filed_as_its_order_charges_them(counter) -> None:
    groups = [{"facts": {"kind": "work", **BASIS}, "works": 2}, {"facts": {"kind": "software", **SOFTWARE}, "works": 1}]
    groups.append({"facts": {"kind": "work", **BASIS, "word_count": 90}, "works": 1})
    groups.append({"facts": {"kind": "work", **BASIS, "word_count": 80}, "works": 3})
    told = counter.harness.call(RECKON_FEES, ReckonFees.model_validate({"groups": groups}), person())
    works = [group["facts"] for group in groups for _ in range(group["works"])]
    counter.harness.deliver(
        BATCH_SUBMITTED,
        BatchSubmitted(
            batch_id="bat-1",
            account_id="acc-person",
            applicant_name="张三",
            name="一批",
            submitted_at=datetime.now(UTC),
            works=[
                SubmittedWork(
                    application_id=f"app-{number}",
                    kind=facts["kind"],
                    title="作品",
                    serial_number=f"S{number}",
                    fee_basis={name: value for name, value in facts.items() if name != "kind"},
                )
                for number, facts in enumerate(works)
            ],
        ),
    )
    order = counter.harness.call(contract.GET_ORDER, contract.GetOrder(application_id="app-1"), person())
    assert (told.amount, order.works) == (order.amount, 7)
    alike = ("code", "title", "quantity", "amount", "rate_from")
    assert [[getattr(line, name) for name in alike] for line in told.lines] == [
        [getattr(line, name) for name in alike] for line in order.lines
    ]
    assert [line.quantity for line in told.lines] == [6, 1]


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize("facts", [{}, {"kind": "boat"}, {"kind": "work"}, {"kind": "work", "charge": "work_levy"}])
def test_no_amount_is_told_of_a_batch_while_that_of_one_of_its_works_cannot_be_said(counter, facts) -> None:
    groups = [{"facts": {"kind": "work", **BASIS}, "works": 2}, {"facts": facts, "works": 1}]
    told = counter.harness.call(RECKON_FEES, ReckonFees.model_validate({"groups": groups}), person())
    assert (told.amount, told.lines) == (None, [])
