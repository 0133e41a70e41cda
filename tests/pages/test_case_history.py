"""What was paid for a case stands in its history, between what was done with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chassis.clock import utc_now
from chassis.errors import Problem
from contracts.archive import GET_DOSSIER, DossierEntry
from contracts.objects import DocumentRef
from gateway.pages import case_history, case_money, documents
from gateway.web.calls import call

from tests.one_process import System
from tests.pages.test_batch_papers import as_a_batch
from tests.pages.test_closing import newcomer, signed_in

LINE = re.compile(r"<li><time>[^<]*</time> <span>(.*?)</span>", re.DOTALL)


@pytest.mark.requirement("P-04")
def test_the_payment_of_a_case_stands_in_its_history(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    browser = signed_in(author)
    page = browser.get(f"/account/applications/{case}").text
    told = [" ".join(re.sub("<[^>]*>", "", line).split()) for line in LINE.findall(page[page.index("经过") :])]
    amount = author.get(f"/applications/{case}/order")["amount"]
    paid = next(line for line in told if line.startswith("缴费成功"))
    assert f"{amount // 100}" in paid
    newest_first = [line.split(" ")[0] for line in told]
    assert newest_first.index("受理") < newest_first.index("生成缴费单") < newest_first.index("提交申请")
    assert "生成缴费单" in newest_first


@pytest.mark.requirement("P-04")
def test_without_the_archive_the_history_is_told_as_far_as_it_is_known(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    browser = signed_in(author)

    def away(*_: object, **__: object) -> None:
        raise Problem("service_unavailable")

    monkeypatch.setattr(case_history, "call", away)
    page = browser.get(f"/account/applications/{case}")
    assert (page.status_code, "提交申请" in page.text, "缴费成功" in page.text) == (200, True, False)


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("F-15")
def test_a_work_that_was_paid_for_with_its_batch_has_its_share_in_its_history(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive hears of the order of a batch under none of its works."""
    author = newcomer(system)
    case = author.accepted()["application_id"]
    browser = signed_in(author)
    order = author.get(f"/applications/{case}/order")["order_id"]
    batch = "bat-01m80000000000000000000004"
    as_a_batch(author, [{"application_id": case}], batch)

    def as_of_a_batch(method: Any, request: Any, **how: Any) -> Any:
        found = call(method, request, **how)
        if method is GET_DOSSIER:
            kept = [one for one in found.entries if one.source != "payment"]
            back = {"source": "payment", "event": "order_refunded", "summary": {"amount": 99900}}
            return found.model_copy(update={"entries": [*kept, kept[-1].model_copy(update=back)]})
        assert request.order_id == order
        lines = [line.model_copy(update={"amount": 99900}) for line in found.lines]  # of all works together
        return found.model_copy(update={"batch_id": batch, "lines": lines, "amount": 99900})

    for asks in (case_history, case_money):
        monkeypatch.setattr(asks, "call", as_of_a_batch)
    page = browser.get(f"/account/applications/{case}").text
    told = [" ".join(re.sub("<[^>]*>", "", line).split()) for line in LINE.findall(page[page.index("经过") :])]
    paid = next(line for line in told if line.startswith("缴费成功"))
    assert "300" in paid
    assert "999" not in page
    assert [line.split(" ")[0] for line in told].count("缴费成功") == 1


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize(
    ("kind", "words"),
    [("receipt", "开具收据"), ("refund_slip", "开具退款凭证"), ("receipt_cancellation", "冲销收据")],
)
def test_what_follows_a_receipt_is_told_as_what_it_is(
    system: System, monkeypatch: pytest.MonkeyPatch, kind: str, words: str
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    browser = signed_in(author)
    [document, *_] = author.get(f"/applications/{case}/documents")["items"]

    def with_a_document(method: Any, request: Any, **how: Any) -> Any:
        found = call(method, request, **how)
        if method is GET_DOSSIER:
            issued = DossierEntry(
                at=utc_now(),
                event="receipt_issued",
                source="payment",
                actor="service:payment",
                documents=[DocumentRef.model_validate(document | {"kind": kind})],
            )
            others = [one for one in found.entries if one.event != "receipt_issued"]
            return found.model_copy(update={"entries": [*others, issued]})
        return found

    monkeypatch.setattr(case_history, "call", with_a_document)
    monkeypatch.setattr(documents, "call", with_a_document)
    for address in (f"/account/applications/{case}", f"/account/dossiers/{case}"):
        page = browser.get(address).text
        told = [" ".join(re.sub("<[^>]*>", "", line).split()) for line in LINE.findall(page)]
        assert [line for line in told if "收据" in line or "凭证" in line] == [words], address
