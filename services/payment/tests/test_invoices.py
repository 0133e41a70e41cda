"""Invoice data: what was paid in blue, what went back in red; together they are what was kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from contracts.identity import IDENTITY_VERIFIED, IdentityVerified
from contracts.identity.events import ACCOUNT_CLOSED, IDENTITY_REOPENED
from contracts.invoices import LIST_INVOICES, InvoiceLine, InvoiceList, InvoicesOf
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from payment.invoices.model import blue, red

from contracts import payment as contract

ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
FEE = 30_000


def invoices(counter: Any, order: contract.OrderView, actor: Any = None) -> InvoiceList:
    found: InvoiceList = counter.harness.call(LIST_INVOICES, InvoicesOf(order_id=order.order_id), actor or person())
    return found


def returned(counter: Any, order: contract.OrderView, amount: int) -> str:
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": amount}])
    counter.decide(wish.refund_id, "approve", BEA)
    counter.carry()
    return str(wish.refund_id)


@pytest.mark.requirement("P-04")
def test_a_paid_order_is_invoiced_and_each_refund_reverses_its_part(counter: Any) -> None:
    order = counter.ordered()
    with pytest.raises(Problem, match="invoice_not_due"):
        invoices(counter, order)
    counter.paid(order)
    [first] = invoices(counter, order).items
    assert (first.kind, first.serial, first.amount, first.tax, first.buyer_name) == (
        "blue",
        order.order_id,
        FEE,
        0,
        "张三",
    )
    assert first.total_words == "叁佰元整"
    assert (first.seller_name, first.seller_tax_id) == ("版权登记机构（演示）", "000000000000000001")
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": 10_000}])
    assert len(invoices(counter, order).items) == 1, "not before it has arrived"
    counter.decide(wish.refund_id, "approve", BEA)
    counter.carry()
    rest = returned(counter, order, 20_000)
    found = invoices(counter, order)
    assert [(one.kind, one.amount, one.serial) for one in found.items[1:]] == [
        ("red", -10_000, wish.refund_id),
        ("red", -20_000, rest),
    ]
    assert {one.original_serial for one in found.items[1:]} == {order.order_id}
    assert {one.red_reason for one in found.items[1:]} == {"02"}
    assert sum(one.amount for one in found.items) == 0
    document = etree.fromstring(found.xml)
    assert [element.get("kind") for element in document] == ["蓝字", "红字", "红字"]
    assert [element.findtext("JSHJ") for element in document] == ["300.00", "-100.00", "-200.00"]
    assert invoices(counter, order, ANN) == found == invoices(counter, order)
    with pytest.raises(Problem, match="order_unknown"):
        invoices(counter, order, person("acc-other"))


@pytest.mark.requirement("P-04")
def test_money_that_paid_nothing_was_never_invoiced(counter: Any) -> None:
    order = counter.ordered()
    first, second = counter.start(order), counter.start(order, "alipay")
    for payment in (first, second):
        counter.pay(payment)
    for callback in counter.notices():
        counter.call_back(callback)
    [held] = counter.refunds("held", ANN)
    counter.ask(ANN, refund_id=held.refund_id)
    counter.decide(held.refund_id, "approve", BEA)
    counter.carry()
    assert [one.kind for one in invoices(counter, order).items] == ["blue"]


@given(costs=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 500)), min_size=1, max_size=5), data=st.data())
def test_a_reversal_is_the_lines_that_went_back(costs: list[tuple[int, int]], data: st.DataObject) -> None:
    lines = [
        InvoiceLine(line=at, name="费", quantity=quantity, unit_price=price, amount=quantity * price)
        for at, (quantity, price) in enumerate(costs, start=1)
    ]
    first = blue("ord-1", date(2026, 11, 29), ("卖方", "1"), ("买方", ""), lines, "")
    back = {line.line: data.draw(st.integers(0, line.amount)) for line in lines}
    reversal = red(first, "rfd-1", date(2026, 11, 30), "02", back)
    assert reversal.total == -sum(back.values())
    for line in reversal.lines:
        assert line.quantity * line.unit_price == line.amount < 0


def verified(counter: Any, name: str, tax_id: str, verification: str = "ver-1", day: int = 1) -> None:
    told = IdentityVerified(
        account_id="acc-person",
        verification_id=verification,
        kind="organisation" if tax_id else "natural_person",
        name=name,
        id_type="uscc" if tax_id else "resident_id",
        masked_id_number="9142****0001",
        tax_id=tax_id,
        verified_at=datetime(2026, 11, day, tzinfo=UTC),
    )
    counter.harness.deliver(IDENTITY_VERIFIED, told)


def buyer(counter: Any, order: contract.OrderView) -> tuple[str, str]:
    [first] = invoices(counter, order).items
    return first.buyer_name, first.buyer_tax_id


@pytest.mark.requirement("P-04")
def test_an_invoice_to_an_organisation_names_its_tax_id_also_of_orders_before_it_was_known(counter: Any) -> None:
    earlier = counter.ordered()
    verified(counter, "张三", "91420000MA00000001")
    later = counter.batch(2)
    for order in (earlier, later):
        counter.paid(order)
        assert buyer(counter, order) == ("张三", "91420000MA00000001")
    document = etree.fromstring(invoices(counter, earlier).xml)
    assert document[0].findtext("GMFNSRSBH") == "91420000MA00000001"
    verified(counter, "张三", "91420000MA00000002", "ver-2", day=2)
    verified(counter, "张三", "91420000MA00000001", "ver-1", day=1)  # late, and again
    assert buyer(counter, earlier) == ("张三", "91420000MA00000001"), "an invoice does not change afterwards"


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize("ended", [IDENTITY_REOPENED, ACCOUNT_CLOSED])
def test_a_person_another_name_and_who_was_verified_by_mistake_have_no_tax_id(counter: Any, ended: Any) -> None:
    verified(counter, "张三", "")
    verified(counter, "别的单位", "91420000MA00000001", "ver-2", day=2)
    facts = {"account_id": "acc-person", "verification_id": "ver-3", "reason": "看错了"}
    moments = {"reopened_at": datetime(2026, 11, 4, tzinfo=UTC), "closed_at": datetime(2026, 11, 4, tzinfo=UTC)}
    verified(counter, "张三", "91420000MA00000003", "ver-3", day=3)
    told = {name: value for name, value in (facts | moments).items() if name in ended.data.model_fields}
    counter.harness.deliver(ended, ended.data(**told))
    order = counter.ordered()
    counter.paid(order)
    assert buyer(counter, order) == ("张三", "")
    assert "GMFNSRSBH" not in invoices(counter, order).xml
