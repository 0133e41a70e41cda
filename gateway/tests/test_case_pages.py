"""我的登记: what a case page asks of its reader."""

from __future__ import annotations

import pytest
from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.filing.cases import OrderSummary
from contracts.payment import GET_ORDER, OrderView
from gateway.pages import cases


def filed(state: str, waiting_for: str, order_state: str | None = None) -> ApplicationView:
    order = OrderSummary(order_id="ord_1", amount=30_000, state=order_state) if order_state else None
    return ApplicationView.model_construct(application_id="app_1", state=state, waiting_for=waiting_for, order=order)


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize(("known", "expected"), [("paid", True), ("pending", False), (None, False)])
def test_who_has_paid_is_not_asked_to_pay_before_filing_has_heard_of_it(
    monkeypatch: pytest.MonkeyPatch, known: str | None, expected: bool
) -> None:
    def call(operation: object, _: object) -> OrderView:
        assert operation is GET_ORDER
        if known is None:
            raise Problem("service_unavailable")
        return OrderView.model_construct(state=known)

    monkeypatch.setattr(cases, "call", call)
    assert cases.is_paid(filed("submitted", "applicant_payment", "pending")) is expected


def test_payment_is_asked_only_while_a_fee_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "call", lambda *_: pytest.fail("payment was asked"))
    assert cases.is_paid(filed("submitted", "order", "paid"))
    assert not cases.is_paid(filed("submitted", "order"))
    assert not cases.is_paid(filed("accepted", "examiner", "pending"))
