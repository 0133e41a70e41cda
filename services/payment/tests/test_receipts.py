"""Receipts: one for each paid order, with a gapless number."""

from __future__ import annotations

from io import BytesIO

import pytest
from chassis.errors import Problem
from chassis.testing import person
from contracts.objects import GetDocument, ListDocuments
from payment.orders import receipts
from pypdf import PdfReader

from contracts import payment as contract


@pytest.mark.requirement("P-04")
def test_a_paid_order_gets_a_receipt(counter) -> None:
    order = counter.ordered()
    payment = counter.paid(order)
    assert counter.harness.sweep("issue_receipts") == 1
    assert counter.harness.sweep("issue_receipts") == 0
    request = ListDocuments(application_id=order.application_id)
    [receipt] = counter.harness.call(contract.LIST_DOCUMENTS, request, person()).items
    assert receipt.document_id.startswith("pay-")
    assert counter.order(order.application_id).receipt == receipt
    assert [e.documents for e in counter.harness.events(contract.RECEIPT_ISSUED)] == [[receipt]]
    text = (
        PdfReader(BytesIO(counter.harness.runtime.objects.open(receipt.object.sha256).read())).pages[0].extract_text()
    )
    for part in ("张三", order.serial_number, "叁佰元整", "微信支付", receipt.file_name.removesuffix(".pdf")):
        assert part in text.replace("\n", "")
    assert counter.books.find(payment.payment_id).transaction_id in text.replace("\n", "")


@pytest.mark.requirement("P-04")
def test_somebody_elses_receipt_is_unknown(counter) -> None:
    order = counter.ordered()
    counter.paid(order)
    counter.harness.sweep("issue_receipts")
    document_id = counter.order(order.application_id).receipt.document_id
    for who in (person(), person("acc-other")):
        call = (contract.GET_DOCUMENT, GetDocument(document_id=document_id), who)
        if who == person():
            assert counter.harness.call(*call).document_id == document_id
        else:
            with pytest.raises(Problem, match="document_unknown"):
                counter.harness.call(*call)
    asked = ListDocuments(application_id=order.application_id)
    assert len(counter.harness.call(contract.LIST_DOCUMENTS, asked, person()).items) == 1
    assert counter.harness.call(contract.LIST_DOCUMENTS, asked, person("acc-other")).items == []


@pytest.mark.requirement("S-01")
def test_a_receipt_that_cannot_be_drawn_neither_undoes_the_payment_nor_holds_up_others(
    counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [counter.ordered(), counter.ordered()]
    for order in orders:
        counter.paid(order)
    original = receipts.receipt_data

    def broken(order, *rest):
        if order.order_id == orders[0].order_id:
            raise ValueError("no glyph")
        return original(order, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(receipts, "receipt_data", broken)
        for _ in range(3):
            counter.harness.sweep("issue_receipts")
    now = [counter.order(order.application_id) for order in orders]
    assert [order.state for order in now] == ["paid", "paid"]
    assert [order.receipt is not None for order in now] == [False, True]
    assert counter.harness.sweep("issue_receipts") == 1
    numbers = {counter.order(order.application_id).receipt.file_name[-10:] for order in orders}
    assert numbers == {"000001.pdf", "000002.pdf"}
