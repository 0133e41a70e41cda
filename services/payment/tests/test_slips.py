"""What follows a receipt: a slip for each refund, and for an order of several applications one for each alone."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from chassis.testing import person, staff_actor
from contracts.objects import DocumentRef, GetDocument, ListDocuments
from payment.orders import slips
from pypdf import PdfReader

from contracts import payment as contract

ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
FEE = 30_000


def documents(counter: Any, application_id: str, actor: Any = None) -> list[DocumentRef]:
    request = ListDocuments(application_id=application_id)
    found: list[DocumentRef] = counter.harness.call(contract.LIST_DOCUMENTS, request, actor or person()).items
    return found


def text_of(counter: Any, document: DocumentRef) -> str:
    data = counter.harness.runtime.objects.open(document.object.sha256).read()
    return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).replace("\n", "")


@pytest.mark.requirement("P-04")
def test_a_refund_that_has_arrived_has_a_slip_for_its_payer(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order)
    counter.harness.sweep("issue_receipts")
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": 12_345}])
    counter.decide(wish.refund_id, "approve", BEA)
    assert counter.harness.sweep("issue_slips") == 0, "not before it has arrived"
    counter.carry()
    assert counter.harness.sweep("issue_slips") == 1
    assert counter.harness.sweep("issue_slips") == 0
    receipt, slip = documents(counter, order.application_id)
    assert [receipt.kind, slip.kind] == ["receipt", "refund_slip"]
    text = text_of(counter, slip)
    for part in (wish.refund_id, "¥123.45", "壹佰贰拾叁元肆角伍分", order.serial_number, "微信支付", "张三"):
        assert part in text, part
    assert [event.documents for event in counter.harness.events(contract.RECEIPT_ISSUED)] == [[receipt], [slip]]
    asked = GetDocument(document_id=slip.document_id)
    assert counter.harness.call(contract.GET_DOCUMENT, asked, person()) == slip
    assert documents(counter, order.application_id, person("acc-other")) == []


@pytest.mark.requirement("P-04")
def test_each_application_of_an_order_has_a_receipt_of_its_own(counter: Any) -> None:
    order = counter.batch(23)
    counter.paid(order)
    works = counter.works_of(order)
    counter.harness.sweep("issue_receipts")
    assert counter.harness.sweep("issue_slips") == 23
    whole, own = documents(counter, works[2])
    assert whole.document_id == documents(counter, works[0])[0].document_id
    assert "¥6,900.00" in text_of(counter, whole)
    assert "S23" in text_of(counter, whole)
    alone = text_of(counter, own)
    assert "¥300.00" in alone
    assert "S3" in alone
    assert "¥6,900.00" not in alone
    number = whole.file_name.removesuffix(".pdf")
    assert f"其中，属于 {number}" in alone.replace("\u200b", "")
    assert f"Part of {number}, not a further payment" in alone.replace("\u200b", "")
    assert "Part of" not in text_of(counter, whole)
    assert own.title == f"缴费收据 {number}-3（其中，属于 {number}）"
    assert own.file_name == f"{whole.file_name.removesuffix('.pdf')}-3.pdf"
    assert len({documents(counter, work)[1].document_id for work in works}) == 23
    counter.withdraw(works[2])
    [held] = counter.refunds("held", ANN)
    counter.ask(ANN, refund_id=held.refund_id)
    counter.decide(held.refund_id, "approve", BEA)
    counter.carry()
    counter.harness.sweep("issue_slips")
    assert len(documents(counter, works[2])) == 3
    assert len(documents(counter, works[3])) == 2, "another's refund is not shown with it"


def test_a_large_batch_does_not_hold_up_the_receipts_of_a_small_one(counter: Any) -> None:
    large, small = counter.batch(23), counter.batch(2)
    for order in (large, small):
        counter.paid(order)
        counter.harness.sweep("issue_receipts")
    with counter.harness.runtime.unit_of_work() as uow:
        assert slips.issue_slips(uow) == 2
    assert [len(documents(counter, work)) for work in counter.works_of(small)] == [2, 2]
