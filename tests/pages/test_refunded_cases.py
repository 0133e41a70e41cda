"""Whose fee goes back reads how far it is on the page of the case, and is not told to telephone for it."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.clock import utc_now
from chassis.errors import Problem
from contracts.payment import GET_ORDER
from contracts.refund_progress import RefundProgress
from gateway.pages import case_matters, case_money
from gateway.web.calls import call
from lxml import html

from tests.one_process import System
from tests.pages.test_batch_papers import as_a_batch
from tests.pages.test_closing import newcomer, signed_in
from tests.pages.test_office_desks import at_desk

pytestmark = pytest.mark.requirement("P-04")
STEPS = (
    ("deciding", "出纳正在办理", "A cashier is seeing to it"),
    ("approved", "已核准，即将汇往末位 9009 的账户", "Approved, about to be sent to the account ending 9009"),
    ("sent", "已发出，等待到账", "Sent, on its way to you"),
    ("done", "已退回末位 9009 的账户", "Returned to the account ending 9009"),
)


def told(browser: Any, path: str, language: str = "zh") -> str:
    browser.set_cookie("lang", language)
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(html.fromstring(answer.text).find(".//main").text_content().split())


def test_a_withdrawn_case_says_how_far_its_refund_is(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    author = newcomer(system)
    known = author.accepted()
    page = f"/account/applications/{known['application_id']}"
    browser = signed_in(author)
    author.post(f"/applications/{known['application_id']}/withdrawal", {"reason": "不再需要"})
    system.settle()
    assert "认为应当退的，请致电" in told(browser, page)
    line = {"order_id": known["order_id"], "lines": [{"line": 1, "amount": 30_000}], "reason": "撤回"}
    payee = {"name": author.who.name, "account": "6222020200112233445", "bank": "工商银行"}
    asked = at_desk(system, "cashier").post(
        "/api/v1/staff/refunds", json=line | {"payee": payee, "payee_why": "申请人来电确认"}
    )
    assert asked.status_code == 201, asked.text
    state, bank = STEPS[0][0], {"method": "bank", "account_end": "9009"}

    def as_far_as(*asked: Any, **how: Any) -> Any:
        found = call(*asked, **how)
        [refund] = found.refunds
        assert refund.state == STEPS[0][0]
        return found.model_copy(update={"refunds": [refund.model_copy(update={"state": state, **bank})]})

    monkeypatch.setattr(case_money, "call", as_far_as)
    for state, zh, en in STEPS:
        for language, words in (("zh", zh), ("en", en)):
            shown = told(browser, page, language)
            assert ("¥300.00" in shown, words in shown, "010-61092299，由出纳" in shown) == (True, True, False), state
        assert f"{page}/payment" in browser.get(page).text


def test_a_case_page_stands_without_payment_and_asks_nobody_to_telephone(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    author.post(f"/applications/{case}/withdrawal", {"reason": "不再需要"})
    system.settle()

    def away(*_: object, **__: object) -> None:
        raise Problem("service_unavailable")

    monkeypatch.setattr(case_money, "call", away)
    shown = told(signed_in(author), f"/account/applications/{case}")
    assert ("已撤回" in shown, "由出纳核对" in shown) == (True, False)


@pytest.mark.requirement("I-12")
@pytest.mark.requirement("F-15")
def test_who_looks_up_a_work_of_a_batch_reads_its_share_and_what_all_have_paid(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    batch = "bat-01m80000000000000000000005"
    as_a_batch(author, [{"application_id": case}], batch)
    back = RefundProgress(
        refund_id="rfd-1",
        amount=60_000,
        state="done",
        because="lines_returned",
        opened_at=utc_now(),
        closed_at=utc_now(),
    )

    def of_a_batch(method: Any, request: Any, **how: Any) -> Any:
        found = call(method, request, **how)
        of_all = {"batch_id": batch, "title": "Autumn list", "works": 4, "amount": 120_000, "refunds": [back]}
        return found.model_copy(update=of_all) if method is GET_ORDER else found

    monkeypatch.setattr(case_matters, "call", of_a_batch)
    place = f"/staff/lookups/cases/{case}?purpose=enquiry"
    for language, share, refunds in (
        ("zh", "批量“Autumn list”，4 件共 ¥1,200.00；本件 ¥300.00", "下面是这一批的退款"),
        ("en", "Batch “Autumn list”: ¥1,200.00 for 4 works; this one ¥300.00", "refunds of the batch"),
    ):
        desk = at_desk(system, "customer_service").get(f"{place}&lang={language}")
        page = html.fromstring(desk.text).find(".//main")
        shown = " ".join(page.text_content().split())
        assert (share in shown, refunds in shown) == (True, True), shown
        assert page.xpath(f'.//a[@href="/staff/batches/{batch}"]')
        assert page.xpath('string(.//td[@class="amount"])') == "¥300.00"
