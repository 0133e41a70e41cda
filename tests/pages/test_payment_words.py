"""The payment page says what became of the case, names the works of a batch, and has the papers of what was paid."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.clock import utc_now
from contracts.payment import GET_ORDER, EndedWork, RefundProgress
from gateway.pages import case_money, payments
from gateway.web.calls import call
from lxml import html

from tests.one_process import System
from tests.pages.test_batch_papers import as_a_batch
from tests.pages.test_closing import newcomer, signed_in
from tests.pages.test_refunded_cases import told

pytestmark = pytest.mark.requirement("P-04")


def test_who_withdrew_an_accepted_case_is_not_told_that_it_will_be_accepted(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()
    page = f"/account/applications/{case['application_id']}/payment"
    browser = signed_in(author)
    assert "这件申请已经受理" in told(browser, page)
    author.post(f"/applications/{case['application_id']}/withdrawal", {"reason": "不再需要"})
    system.settle()
    shown = told(browser, page)
    for part, said in (
        ("这件申请已撤回", True),
        ("这件的费用 ¥300.00 不退还", True),
        ("受理后会发消息", False),
        ("别忘了寄出", False),
    ):
        assert (part in shown) is said, part
    assert ("已缴¥300.00" in shown, "应缴" in shown) == (True, False)
    assert "This application was withdrawn." in told(browser, page, "en")
    names = html.fromstring(browser.get(page).text).xpath('.//section[@aria-labelledby="papers-title"]//a/@href')
    assert any("/documents/pay-" in one for one in names), "the receipt"
    cells = html.fromstring(browser.get(page).text).xpath('.//*[@class="as-cards"]//td/@data-label')
    assert len(cells) == 6, "each stands with its name on a phone"


def test_who_pays_for_a_batch_reads_which_works_are_withdrawn_and_what_comes_back(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    back = RefundProgress(
        refund_id="rfd-1", amount=15_000, state="deciding", because="lines_returned", opened_at=utc_now(), works=["甲"]
    )
    ended = EndedWork(application_id="app-1", title="The Ropemaker", serial_number="S", amount=15_000)

    def of_a_batch(method: Any, request: Any, **how: Any) -> Any:
        found = call(method, request, **how)
        more = {
            "state": "pending",
            "paid_at": None,
            "batch_id": "bat-1",
            "works": 3,
            "amount": 45_000,
            "ended": [ended],
            "refunds": [back],
        }
        return found.model_copy(update=more) if method is GET_ORDER else found

    monkeypatch.setattr(payments, "call", of_a_batch)
    browser, page = signed_in(author), f"/account/applications/{case}/payment"
    shown = told(browser, page)
    assert ("《The Ropemaker》 已经撤回" in shown, "其中 ¥150.00 将在缴费之后退还" in shown) == (True, True), shown
    assert "《甲》" in shown, "which work a refund is for"
    assert "Part of this comes back after you pay: ¥150.00" in told(browser, page, "en")


@pytest.mark.requirement("F-15")
def test_the_page_of_an_ended_work_of_a_batch_asks_for_its_order_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    author.post(f"/applications/{case}/withdrawal", {"reason": "不再需要"})
    as_a_batch(author, [{"application_id": case}], "bat-01m80000000000000000000006")
    system.settle()
    asked: list[str] = []

    def counted(method: Any, request: Any, **how: Any) -> Any:
        asked.append(method.name)
        return call(method, request, **how)

    monkeypatch.setattr(case_money, "call", counted)
    assert "已撤回" in told(signed_in(author), f"/account/applications/{case}")
    assert asked.count(GET_ORDER.name) == 1
