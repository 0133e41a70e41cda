"""The cashier's pages for what goes wrong with remittances: a statement without an account, a row matched wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory

from tests.author import Author
from tests.one_process import System, running_system
from tests.pages.test_closing import signed_in
from tests.pages.test_office_desks import at_desk, seen, words

ACCOUNT = "110060000010149999999"


@contextmanager
def with_account(account: str, databases: DatabaseFactory, keys: Path, folder: Path) -> Iterator[System]:
    """A system whose office has this account at its bank."""
    create_sandbox_pki(keys / "pki")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REGISTRY_BANK_PAYEE", "中国版权保护中心")
        patched.setenv("REGISTRY_BANK_NAME", "交通银行")
        patched.setenv("REGISTRY_BANK_ACCOUNT", account)
        with running_system(databases, keys, folder) as running:
            yield running


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with with_account(ACCOUNT, databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


def waiting_row(system: System, desk: Any, line: str) -> str:
    """The page of the one row of a statement that names no account."""
    head = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    data = f"{head}\n{line}".encode("gb18030")
    sent = desk.post("/staff/bank/statements", data={"statement_file": (BytesIO(data), "对账单.csv")})
    system.services["payment"].run_worker()
    rows = set(seen(desk.get(sent.headers["Location"])).xpath(".//a[contains(@href, '/staff/bank/rows/')]/@href"))
    return str(rows.pop())


@pytest.mark.requirement("P-03")
def test_what_a_row_is_to_pay_is_asked_about_once_before_a_case_is_accepted(
    system: System, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = at_desk(system, "cashier", id="acc-cashier-ann")
    monkeypatch.setattr(Author, "_transfer", lambda *_: None)
    case = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")
    row = waiting_row(system, ann, "2026-11-21,CNY,310.00,310.00,转账,王小二,登记费")
    chosen = {"step": "assign", "other_orders": case["serial_number"], "note": "来电核实"}
    asked = ann.post(row, data=chosen)
    told = words(asked)
    known = (case["serial_number"], case["title"], author.who.name)
    for part in (*known, "不能撤销", "¥300.00", "¥310.00", "王小二", "马上受理", "¥10.00"):
        assert part in told, part
    assert author.get(f"/applications/{case['application_id']}")["state"] == "submitted"
    hidden = {one.get("name"): one.get("value") for one in seen(asked).xpath(".//form[@data-decision]//input")}
    assert ann.post(row, data=hidden).status_code == 303
    system.settle()
    assert author.get(f"/applications/{case['application_id']}")["state"] == "accepted"
    assert ann.post(row, data=chosen).status_code == 409


@pytest.mark.requirement("P-03")
def test_an_order_that_owes_nothing_is_not_offered_and_money_that_came_twice_is_called_so(
    system: System, author: Author
) -> None:
    ann = at_desk(system, "cashier", id="acc-cashier-ann")
    number = author.accepted(paper=False)["number"]
    row = waiting_row(system, ann, f"2026-11-22,CNY,300.00,300.00,转账,张三,{number}")
    page = ann.get(row)
    assert "不欠款，不能入账" in words(page)
    assert not seen(page).xpath('.//input[@name="order_id"]')
    assert "重复缴的，请选“退回付款人”" in words(ann.post(row, data={"step": "assign", "other_orders": number}), 409)
    assert ann.post(row, data={"step": "return", "note": ""}).status_code == 303
    waiting = ann.get("/api/v1/staff/refunds?queue=held").get_json()["items"]
    [held] = [one for one in waiting if one["because"] == "order_not_payable"]
    told = words(ann.get(f"/staff/refunds/{held['refund_id']}"))
    assert ("重复缴费" in told, "2026年11月22日" in told, "12:00" in told) == (True, True, False)


def turn_over(system: System, author: Author, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]) -> None:
    """What was booked for a case was meant for another one, as two cashiers say."""
    ann, bea = (at_desk(system, "cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
    with monkeypatch.context() as unpaid:
        unpaid.setattr(Author, "_transfer", lambda *_: None)
        right = author.accepted(paper=False)
    turned = {"line-1": "300.00", "pays": right["number"], "pays_reason": "认领时点错了"}
    assert ann.post(f"/staff/refunds/orders/{wrong['order_id']}", data=turned).status_code == 303
    asked = bea.get("/api/v1/staff/refunds?queue=to_approve").get_json()["items"]
    [refund] = [one for one in asked if one["order_id"] == wrong["order_id"]]
    assert f"入账更正：转到 {right['number']}" in words(bea.get("/staff/refunds"))
    assert bea.post(f"/staff/refunds/{refund['refund_id']}", data={"step": "approve", "note": ""}).status_code == 303
    system.settle()


@pytest.mark.requirement("P-04")
def test_two_cashiers_end_a_fee_that_an_ended_case_goes_on_owing_so_that_the_account_can_be_closed(
    system: System, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bea = (at_desk(system, "cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
    wrong = author.accepted()
    author.post(f"/applications/{wrong['application_id']}/withdrawal", {"reason": "不办了"})
    system.settle()
    turn_over(system, author, monkeypatch, wrong)
    unpaid = {tie["kind"]: tie["count"] for tie in author.get("/me/closure")["ties"]}["order"]
    [due] = [one for one in ann.get("/api/v1/staff/orders?queue=due_again").get_json()["items"] if one["corrects"]]
    address = f"/staff/orders/{due['order_id']}"
    page = f"{address}/write-off"
    assert page in ann.get(address).text
    told = words(ann.get(page))
    assert ("已撤回" in told, "案件还在办理" in told, "申请核销" in told) == (True, False, True)
    assert ann.post(page, data={"step": "ask", "reason": " "}).status_code == 422
    assert ann.post(page, data={"step": "ask", "reason": "案件已撤回，我方入账错误"}).status_code == 303
    assert "您可以收回" in words(ann.get(page))
    assert "另一位出纳复核" in words(ann.post(page, data={"step": "approve"}), 409)
    assert "待另一位出纳复核的核销" in words(bea.get("/staff/cashier"))
    assert due["serial_number"] in words(bea.get("/staff/orders?queue=write_off"))
    assert "我方入账错误" in words(bea.get(page))
    assert bea.post(page, data={"step": "approve", "note": ""}).status_code == 303
    system.settle()
    assert "没有可以核销的费用" in words(bea.get(page))
    assert "核销" in words(bea.get(address))
    assert any("不必再缴" in one["subject"] for one in author.get("/messages")["items"])
    left = {tie["kind"]: tie["count"] for tie in author.get("/me/closure")["ties"]}
    assert left.get("order", 0) == unpaid - 1


@pytest.mark.requirement("P-04")
def test_whose_case_was_accepted_with_another_s_money_is_told_what_is_due_and_pays(
    system: System, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = at_desk(system, "cashier", id="acc-cashier-ann")
    wrong = author.accepted()
    turn_over(system, author, monkeypatch, wrong)
    told = words(ann.get(f"/staff/orders/{wrong['order_id']}"))
    assert ("入账更正" in told, "已退费" in told) == (True, False)
    assert "入账更正后待缴的缴费单" in words(ann.get("/staff/cashier"))
    assert wrong["number"] in words(ann.get("/staff/orders?queue=due_again"))
    browser, case = signed_in(author), wrong["application_id"]
    told = words(browser.get(f"/account/applications/{case}"))
    for part in ("入账更正：登记费 ¥300.00 仍需缴纳", "去缴费", "重新生成缴费单"):
        assert part in told, part
    [row] = seen(browser.get("/account/applications?group=mine")).xpath(f"//a[contains(@href, '{case}')]")
    assert "等您缴费" in row.text_content()
    told = words(browser.get(f"/account/applications/{case}/payment"))
    assert ("选择付款方式" in told, "不颁发证书" in told, "视为撤回" in told) == (True, True, False)
    assert any("入账错误" in one["subject"] for one in author.get("/messages")["items"])
    author.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    examiner = at_desk(system, "examiner", id="acc-examiner")
    assert "缴清之前不能准予登记" in words(examiner.get(f"/staff/examinations/{case}"))
    decided = examiner.post(f"/api/v1/staff/examinations/{case}/decision", json={"decision": "approve"})
    assert (decided.status_code, decided.get_json()["code"]) == (409, "fee_owed")
    author.pay(author.get(f"/applications/{case}/order"))
    assert author.get(f"/applications/{case}")["order"]["state"] == "paid"
    author.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "approve"})


@pytest.mark.requirement("P-03")
def test_a_cashier_says_whose_statement_it_is_and_turns_what_was_matched_wrongly(
    system: System, author: Author
) -> None:
    ann, bea = (at_desk(system, "cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
    payment = system.services["payment"]
    wrong = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")
    head = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    csv = f"{head}\n2026-11-20,CNY,300.00,300.00,转账,王小二,登记费 {wrong['serial_number']}".encode("gb18030")
    sent = ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(csv), "对账单.csv")})
    assert sent.status_code == 303, words(sent, sent.status_code)
    place = sent.headers["Location"]
    payment.run_worker()
    page = ann.get(place)
    assert "没有写明是哪个账户的" in words(page)
    assert "不是本单位账号" in words(ann.post(place, data={"note": "本户", "account": "0000"}), 422)
    assert ann.post(place, data={"note": "网银导出的本户流水", "account": ACCOUNT[-4:]}).status_code == 303
    payment.run_worker()
    assert "已由出纳认可" in words(ann.get(place))
    [row] = set(seen(ann.get(place)).xpath(".//a[contains(@href, '/staff/bank/rows/')]/@href"))
    assert words(bea.get(row))
    order = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")["order"]["order_id"]
    told = words(bea.get(f"/staff/refunds/orders/{order}"))
    assert "银行流水配错了缴费单" in told
    turned = {"line-1": "300.00", "pays": "2026Z11S999999", "pays_reason": "认领时点错了"}
    assert bea.post(f"/staff/refunds/orders/{order}", data=turned).status_code == 422


@pytest.mark.requirement("P-03")
def test_a_cashier_accepts_one_of_two_accounts_in_a_statement(system: System) -> None:
    ann = at_desk(system, "cashier", id="acc-cashier-ann")
    mt940 = "".join(
        f":20:{number}\n:25:{account}\n:28C:1/1\n:60F:C261119CNY0,\n:61:2611201120C300,00NTRF//REF{number}\n:86:登记费\n"
        ":62F:C261120CNY999,00\n-\n"
        for number, account in ((1, "6222000099998888"), (2, ACCOUNT))
    ).encode()
    sent = ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(mt940), "对账单.sta")})
    place = sent.headers["Location"]
    payment = system.services["payment"]
    payment.run_worker()
    boxes = seen(ann.get(place)).xpath(".//input[@name='parts']/@value")
    assert boxes == ["1", "2"]
    assert ann.post(place, data={"note": "已向银行核实"}).status_code == 422
    assert ann.post(place, data={"note": "已向银行核实", "parts": ["x"]}).status_code == 422
    assert ann.post(place, data={"note": "已向银行核实", "parts": ["2"]}).status_code == 303
    payment.run_worker()
    page = ann.get(place)
    assert "一部分已由出纳认可" in words(page)
    assert seen(page).xpath(".//input[@name='parts']") == [], "one is left: there is nothing to choose"


@pytest.mark.requirement("P-03")
def test_a_statement_without_opening_and_closing_balance_is_not_said_to_balance(system: System) -> None:
    ann = at_desk(system, "cashier", id="acc-cashier-ann")
    head = f"账号：{ACCOUNT}\n记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    lines = ("2026-11-25,CNY,9.00,9.00,转账,某人,第一笔", "2026-11-25,CNY,5.00,14.00,转账,某人,第二笔")
    data = "\n".join([head, *lines]).encode("gb18030")
    sent = ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(data), "对账单.csv")})
    system.services["payment"].run_worker()
    page = ann.get(sent.headers["Location"])
    [checked] = [cell.text_content().strip() for cell in seen(page).xpath("(.//table)[1]//tbody/tr/td[8]")]
    assert checked == "逐笔余额相接"
    assert words(page).index("第一笔") < words(page).index("第二笔")
