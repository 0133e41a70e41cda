"""我的登记: what a case page asks of its reader."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.filing.cases import OrderSummary
from contracts.objects import DocumentRef, ObjectRef
from contracts.payment import GET_ORDER, OrderView
from gateway.pages import cases
from gateway.web.documents import once


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
    shown = filed("submitted", "applicant_payment", "pending")
    assert cases.is_paid(shown, cases.fee_asked(shown)) is expected


def test_payment_is_asked_only_while_a_fee_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "call", lambda *_: pytest.fail("payment was asked"))
    for paid, shown in (
        (True, filed("submitted", "order", "paid")),
        (False, filed("submitted", "order")),
        (False, filed("accepted", "examiner", "pending")),
    ):
        assert cases.is_paid(shown, cases.fee_asked(shown)) is paid


@pytest.mark.requirement("F-09")
def test_what_was_signed_is_listed_once_as_its_signed_edition() -> None:
    """Walk: two entries of one name; a document that is not sealed yet, or never signed, stands as it is."""

    def issued(*kinds: str) -> list[DocumentRef]:
        return [
            DocumentRef(
                document_id=f"fil-{number}",
                kind=kind,
                title=kind,
                file_name=f"{kind}.pdf",
                content_type="application/pdf",
                object=ObjectRef(sha256="ab" * 32, size=1),
                issued_at=datetime(2026, 11, 29, tzinfo=UTC),
            )
            for number, kind in enumerate(kinds)
        ]

    def kinds(*given: str) -> list[str]:
        return [document.kind for document in once(issued(*given))]

    assert kinds("declaration", "cover_sheet", "signed_declaration") == ["cover_sheet", "signed_declaration"]
    assert kinds("declaration", "signed_declaration", "declaration") == ["signed_declaration", "declaration"]
    assert kinds("declaration", "application_form") == ["declaration", "application_form"]
    assert kinds() == []
