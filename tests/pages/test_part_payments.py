"""Whoever opens the page of an order reads what of it is under way by transfer: a slip, or a part of the money."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.databases import DatabaseFactory
from flask.testing import FlaskClient
from payment.providers.store import Payment
from sqlalchemy import update

from tests.author import Author
from tests.forms.filers import Filer
from tests.one_process import System
from tests.pages.test_batch_money import prepared, work_off
from tests.pages.test_closing import TOKEN, signed_in
from tests.pages.test_office_desks import at_desk, seen, words
from tests.pages.test_staff_bank import ACCOUNT, with_account


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with with_account(ACCOUNT, databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


def statement(system: System, day: str, *rows: tuple[str, str]) -> None:
    """Transfers (yuan and note) in a file that names our account."""
    desk, balance = at_desk(system, "cashier", id="acc-cashier-ann"), 0.0
    lines = [f"账号：{ACCOUNT}", "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"]
    for yuan, note in rows:
        balance += float(yuan)
        lines.append(f"{day},CNY,{yuan},{balance:.2f},转账,某公司,{note}")
    data = "\n".join(lines).encode("gb18030")
    sent = desk.post("/staff/bank/statements", data={"statement_file": (BytesIO(data), f"{day}.csv")})
    assert sent.status_code == 303
    system.services["payment"].run_worker()
    system.settle()


def unpaid(system: System, monkeypatch: pytest.MonkeyPatch) -> tuple[Author, dict[str, Any]]:
    """A case whose fee is owed, and of which no payment was begun."""
    author = Author.settled(system)
    monkeypatch.setattr(Author, "_transfer", lambda *_: None)
    case = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")
    with system.services["payment"].uow() as uow:
        uow.session.execute(update(Payment).where(Payment.order_id == case["order"]["order_id"]).values(state="closed"))
    return author, case


def chosen(browser: FlaskClient, page: str, method: str = "bank") -> str:
    """The address to which choosing a way to pay leads."""
    token = TOKEN.search(browser.get(page).text)
    assert token
    answer = browser.post(page, data={"method": method, "csrf_token": token[1]})
    assert answer.status_code == 303
    return str(answer.headers["Location"]).partition("#")[0]


def told(browser: Any, path: str, language: str = "zh") -> str:
    browser.set_cookie("lang", language)
    answer = words(browser.get(path))
    browser.set_cookie("lang", "zh")
    return answer


SLIP = ("开出银行汇款单", "已经汇出的，请不要再付", "一至两个工作日", "查看汇款单")
PART = ("已到账 ¥200.00，还差 ¥100.00", "用同样的附言补汇 ¥100.00")


@pytest.mark.requirement("P-02")
@pytest.mark.requirement("P-03")
def test_the_pages_of_a_case_say_that_a_slip_was_made_and_what_of_the_money_is_missing(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, case = unpaid(system, monkeypatch)
    browser, page = signed_in(author), f"/account/applications/{case['application_id']}"
    for place in (page, f"{page}/payment"):
        assert not any(part in told(browser, place) for part in SLIP)
    assert "选择付款方式" in told(browser, f"{page}/payment")
    slip = chosen(browser, f"{page}/payment")
    assert ("300.00" in told(browser, slip), "还差" in told(browser, slip)) == (True, False)
    for place in (page, f"{page}/payment"):
        assert [part for part in SLIP if part not in told(browser, place)] == []
        assert "If the money was sent, do not pay again" in told(browser, place, "en")
    again = seen(browser.get(f"{page}/payment"))
    assert "选择付款方式" not in again.text_content()
    assert [one.get("open") for one in again.xpath(".//details[@id='ways']")] == [None]
    opened = seen(browser.get(f"{page}/payment?other=1"))
    assert len(opened.xpath(".//details[@id='ways'][@open]//button[@value='wechat']")) == 1

    statement(system, "2026-11-20", ("200.00", case["serial_number"]))
    for place in (page, f"{page}/payment"):
        assert [part for part in (*SLIP, *PART) if part not in told(browser, place)] == []
    filled = told(browser, slip).partition("户名")[2]
    assert ("100.00" in filled, "300.00" in filled) == (True, False)
    assert "要一次付清 ¥300.00，已到账的 ¥200.00 原路退还" in told(browser, f"{page}/payment")
    order = author.get(f"/applications/{case['application_id']}/order")
    assert (order["received"], order["state"]) == (20_000, "pending")
    said = author.get("/messages")["items"][0]
    assert ("¥200.00" in said["subject"], "¥100.00" in said["subject"]) == (True, True)

    statement(system, "2026-11-21", ("100.00", case["serial_number"]))
    assert author.get(f"/applications/{case['application_id']}")["state"] == "accepted"
    assert not any(part in told(browser, page) for part in (*SLIP, *PART))


@pytest.mark.requirement("P-03")
def test_a_cashier_keeps_a_part_of_what_a_row_says_nothing_of(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    author, ann = Author.settled(system), at_desk(system, "cashier", id="acc-cashier-ann")
    monkeypatch.setattr(Author, "_transfer", lambda *_: None)
    case = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")
    statement(system, "2026-11-22", ("200.00", "没有号码"))
    [row] = [
        one for one in ann.get("/api/v1/staff/bank-rows?state=waiting").get_json()["items"] if one["amount"] == 20_000
    ]
    page = f"/staff/bank/rows/{row['row_id']}"
    short = ann.post(page, data={"step": "assign", "other_orders": case["serial_number"]})
    assert "记为部分缴款" in words(short, 409)
    assert ann.post(page, data={"step": "part", "other_orders": case["serial_number"]}).status_code == 303
    shown = words(ann.get(page))
    assert [part in shown for part in ("等付款人补齐的缴费单", "已到账 ¥200.00，还差 ¥100.00")] == [True] * 2
    [held] = ann.get("/api/v1/staff/refunds?queue=held").get_json()["items"]
    assert "等付款人补齐" in words(ann.get(f"/staff/refunds/{held['refund_id']}"))


@pytest.mark.requirement("P-02")
@pytest.mark.requirement("F-15")
def test_the_page_of_a_batch_says_that_a_slip_was_made_and_what_is_missing(system: System) -> None:
    company = Filer.organisation(system)
    batch_id = prepared(company)
    company.post(f"/batches/{batch_id}/submission", {"otp": company.code("sign")})
    for _ in range(3):
        work_off(system)
    first = company.get(f"/batches/{batch_id}/rows")["items"][0]["application_id"]
    order, batch = company.get(f"/applications/{first}/order"), f"/account/batches/{batch_id}"
    payment = f"/account/applications/{first}/payment"
    browser = company.browser
    assert not any(part in told(browser, place) for part in SLIP for place in (batch, payment))
    chosen(browser, payment)
    case = f"/account/applications/{first}"
    for place in (batch, payment):
        assert [part for part in SLIP if part not in told(browser, place)] == []
    assert "已经汇出的，请不要再付" in told(browser, case)
    statement(system, "2026-11-23", (f"{order['amount'] / 100 - 70:.2f}", order["serial_number"]))
    for place in (batch, payment, case):
        assert "还差 ¥70.00" in told(browser, place)
    said = company.get("/messages")["items"][0]
    assert ("b1" in said["subject"], "¥70.00" in said["subject"]) == (True, True)
