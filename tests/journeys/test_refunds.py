"""Money that came twice goes back: through the real callbacks, by two cashiers, and its payer sees and hears it."""

from __future__ import annotations

from typing import Any

import pytest
from registry_infra.portal import wait_for

from tests.journeys.conftest import Problem
from tests.journeys.people import Person
from tests.staff import Staff


@pytest.mark.requirement("P-04")
def test_a_second_payment_and_a_part_of_the_fee_go_back_by_two_peoples_will(
    author: Person, staff: Staff, problem: Problem
) -> None:
    case = author.ready_to_sign()
    author.submit(case)
    payments = [author.start_payment(case, method) for method in ("wechat", "alipay")]
    for payment in payments:
        author.provider(payment["payment_id"])
    one, other = staff("cashier"), staff("cashier", 1)
    order = author.order(case)

    def held() -> dict[str, Any] | None:
        found = one.get("/staff/refunds?queue=held&limit=200")["items"]
        return next((item for item in found if item["application_id"] == case), None)

    surplus = wait_for("the second payment to be held", held)
    one.post("/staff/refunds", {"refund_id": surplus["refund_id"], "reason": "重复缴费"})
    line = {"order_id": order["order_id"], "lines": [{"line": 1, "amount": 1_000}], "reason": "多收"}
    [part] = one.post("/staff/refunds", line)["items"]
    for refund in (surplus, part):
        path = f"/staff/refunds/{refund['refund_id']}/decision"
        assert problem(one, "POST", path, {"step": "approve"})["code"] == "second_cashier_required"
        other.post(path, {"step": "approve"})

    def back() -> list[dict[str, Any]] | None:
        refunds = author.order(case)["refunds"]
        return refunds if [refund["state"] for refund in refunds] == ["done", "done"] else None

    assert sorted(refund["amount"] for refund in wait_for("both refunds to arrive", back, 60)) == [
        1_000,
        order["amount"],
    ]
    assert author.order(case)["state"] == "paid"
    invoices = author.me.get(f"/orders/{order['order_id']}/invoices")["items"]
    assert [invoice["amount"] for invoice in invoices] == [order["amount"], -1_000]

    def told() -> bool | None:
        return sum("已退回" in message["body"] for message in author.sms()) >= 2 or None

    wait_for("the payer to hear of both", told)
