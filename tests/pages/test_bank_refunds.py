"""Refunds through the bank on pages: what is said of each at the moment it is said, to its payer and to cashiers."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.databases import DatabaseFactory

from tests.author import Author
from tests.one_process import System
from tests.pages.test_closing import TOKEN, signed_in
from tests.pages.test_office_desks import at_desk, seen, words
from tests.pages.test_staff_bank import ACCOUNT, with_account

PAYEE = {
    "payee_name": "张三",
    "payee_account": "6222020200112233445",
    "payee_bank": "中国工商银行北京分行",
    "payee_why": "没有流水可对，按付款人来信",
}
GROUPED = " ".join(ACCOUNT[at : at + 4] for at in range(0, len(ACCOUNT), 4))
ENGLISH, CHINESE = {"lang": "en"}, {"lang": "zh"}


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with with_account(GROUPED, databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


@pytest.fixture
def ann(system: System) -> Any:
    return at_desk(system, "cashier", id="acc-cashier-ann")


@pytest.fixture
def bea(system: System) -> Any:
    return at_desk(system, "cashier", id="acc-cashier-bea")


def approved(author: Author, ann: Any, bea: Any, yuan: str) -> tuple[dict[str, Any], str]:
    """A paid case of which so much goes back through the bank; its refund is approved and in no payment file."""
    case = author.accepted(paper=False)
    asked = {"line-1": yuan, "reason": "多收", **PAYEE}
    assert ann.post(f"/staff/refunds/orders/{case['order_id']}", data=asked).status_code == 303
    found = bea.get("/api/v1/staff/refunds?queue=to_approve").get_json()["items"]
    [refund] = [one["refund_id"] for one in found if one["order_id"] == case["order_id"]]
    assert bea.post(f"/staff/refunds/{refund}", data={"step": "approve", "note": ""}).status_code == 303
    return case, str(refund)


@pytest.mark.requirement("P-04")
def test_a_refund_in_a_payment_file_is_not_said_to_be_with_the_bank(
    system: System, author: Author, ann: Any, bea: Any
) -> None:
    case, refund = approved(author, ann, bea, "6.00")
    assert ann.post("/staff/refunds/files").status_code == 303
    system.settle()
    path = f"/applications/{case['application_id']}/order"
    assert [one["state"] for one in author.get(path)["refunds"]] == ["prepared"]
    told = next(one for one in author.get("/messages")["items"] if "¥6.00" in one["subject"])
    for said in (told["subject"], told["body"]):
        assert ("已交银行" in said, "正在办理银行汇款" in said or "由出纳提交银行" in said) == (False, True), said
    browser, page = signed_in(author), f"/account/applications/{case['application_id']}/payment"
    assert "已制作银行付款文件，由出纳提交银行" in words(browser.get(page))
    assert "In a payment file that a cashier hands to the bank" in words(browser.get(page, query_string=ENGLISH))
    for place in (f"/staff/refunds/{refund}", "/staff/refunds", f"/staff/orders/{case['order_id']}"):
        shown = words(ann.get(place, query_string=CHINESE | {"queue": "under_way"}))
        assert ("已制作付款文件" in shown, "已发出" in shown) == (True, False), place
        assert "Payment file made" in words(ann.get(place, query_string=ENGLISH | {"queue": "under_way"}))
    assert "下一步：在网银提交付款文件" in words(ann.get(f"/staff/refunds/{refund}", query_string=CHINESE))
    given = {"step": "attest", "note": "网银已查到"}
    assert ann.post(f"/staff/refunds/{refund}", data=given).status_code == 303
    assert [one["state"] for one in author.get(path)["refunds"]] == ["sent"]


@pytest.mark.requirement("P-03")
def test_an_outgoing_row_that_names_no_refund_offers_those_that_it_may_be_and_two_cashiers_say_which(
    system: System, author: Author, ann: Any, bea: Any
) -> None:
    case, refund = approved(author, ann, bea, "7.00")
    assert ann.post("/staff/refunds/files").status_code == 303
    head = f"账号：{ACCOUNT}\n记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    sheet = f"{head}\n2026-12-01,CNY,-7.00,93.00,转账,张三,退款 {case['number']}".encode("gb18030")
    sent = ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(sheet), "对账单.csv")})
    system.services["payment"].run_worker()
    [row] = set(seen(ann.get(sent.headers["Location"])).xpath(".//a[contains(@href, '/staff/bank/rows/')]/@href"))
    page = ann.get(row)
    told = words(page)
    for part in ("可能的退款", "已制作付款文件", case["number"], "张三", "就是选中的退款", "不是缴费，记下说明"):
        assert part in told, part
    tags = seen(page).xpath(f'.//tr[.//a[contains(@href, "{refund}")]]//span[@class="tag"]/text()')
    assert tags == ["金额", "流水号", "收款人"]
    assert seen(page).xpath('.//input[@name="refund_id"]/@value') == [refund]
    assert "Refunds that it may be" in words(ann.get(row, query_string=ENGLISH))
    refused = ann.post(row, query_string=CHINESE, data={"step": "refund", "note": "回单一致"})
    assert "回单一致" in seen(refused, 422).xpath('.//textarea[@name="note"]')[0].text
    given = {"step": "refund", "refund_id": refund, "note": "回单一致"}
    assert ann.post(row, data=given).headers["Location"].endswith(f"/staff/refunds/{refund}")
    told = words(bea.get(row))
    assert ("出纳已提出，待另一位出纳确认" in told, "就是选中的退款" in told) == (True, False)
    asked = bea.get(f"/staff/refunds/{refund}")
    assert "出纳按一笔银行流水查到账" in words(asked)
    assert seen(asked).xpath(f'.//a[@href="{row}"]')
    confirmed = {"step": "confirm", "note": "已核对流水"}
    assert ann.post(f"/staff/refunds/{refund}", data=confirmed).status_code in (403, 409)
    assert bea.post(f"/staff/refunds/{refund}", data=confirmed).status_code == 303
    assert ("退款已汇出" in words(bea.get(row)), "已说明" in words(bea.get(row))) == (True, True)
    system.settle()
    last = author.get("/messages")["items"][0]
    assert "已由银行汇出" in last["subject"], "that it has left is known; that it has arrived is not"
    order = author.get(f"/applications/{case['application_id']}/order")
    assert [one["state"] for one in order["refunds"]] == ["done"]


def note_of(page: Any, status: int = 200) -> tuple[str, bool, str]:
    """The label of the note, whether it must be filled in whatever is done, and what is in it."""
    main = seen(page, status)
    [label], [area] = main.xpath('.//label[@for="field-note"]'), main.xpath('.//textarea[@name="note"]')
    return " ".join(label.text_content().split()), area.get("required") is not None, area.text.strip()


@pytest.mark.requirement("P-04")
def test_a_note_is_called_optional_only_where_it_is(author: Author, ann: Any, bea: Any) -> None:
    case = author.accepted(paper=False)
    asked = {"line-1": "8.00", "reason": "多收", **PAYEE}
    assert ann.post(f"/staff/refunds/orders/{case['order_id']}", data=asked).status_code == 303
    found = bea.get("/api/v1/staff/refunds?queue=to_approve").get_json()["items"]
    [place] = [f"/staff/refunds/{one['refund_id']}" for one in found if one["order_id"] == case["order_id"]]
    assert note_of(bea.get(place)) == ("说明 （“不同意”必填）", False, "")
    assert note_of(bea.get(place, query_string=ENGLISH))[0] == "Remarks (required for: Decline)"
    assert note_of(ann.get(place)) == ("说明", True, "")
    assert bea.post(place, data={"step": "approve", "note": ""}, query_string=CHINESE).status_code == 303
    assert ann.post("/staff/refunds/files").status_code == 303
    assert note_of(ann.get(place)) == ("说明", True, "")
    assert ann.post(place, data={"step": "attest", "note": " "}).status_code == 422
    assert ann.post(place, data={"step": "attest", "note": "网银回单"}).status_code == 303
    told = note_of(ann.post(place, data={"step": "confirm", "note": "又查过一次"}), 409)
    assert told == ("说明", True, "又查过一次"), "what was typed is kept"


@pytest.mark.requirement("P-02")
def test_an_account_is_copied_without_the_blanks_that_it_is_read_with(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Author, "_transfer", lambda *_: None)
    case = author.accepted(paper=False)
    page = signed_in(author).get(f"/account/applications/{case['application_id']}/payment?pay=last")
    slip = seen(page).xpath('.//section[contains(@class, "slip")]')[0]
    copied = {box.findtext(".//code"): box.find(".//button").get("data-copy") for box in slip.find_class("number-box")}
    assert copied.pop(GROUPED) == ACCOUNT
    assert copied, "payee, bank, amount and note as they are"
    assert all(shown == button for shown, button in copied.items())


@pytest.mark.requirement("P-03")
def test_rows_of_an_old_statement_wait_since_it_came_here(system: System, ann: Any) -> None:
    head = f"账号：{ACCOUNT}\n记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    sheet = f"{head}\n2002-11-01,CNY,9.00,9.00,转账,张三,旧账".encode("gb18030")
    ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(sheet), "旧对账单.csv")})
    system.services["payment"].run_worker()
    home = words(ann.get("/staff", query_string=CHINESE))
    assert "最久的导入后已等 0 天" in home
    assert "since its import" in words(ann.get("/staff", query_string=ENGLISH))
    desk = seen(ann.get("/staff/cashier", query_string=CHINESE)).xpath('.//tr[.//a[contains(@href, "state=waiting")]]')
    told = " ".join(desk[0].text_content().split())
    assert ("导入 0 天" in told, "2002" in told) == (True, False), told


@pytest.mark.requirement("P-04")
def test_a_payer_whose_bank_sends_the_money_back_reads_why_and_gives_another_account(
    system: System, author: Author, ann: Any, bea: Any
) -> None:
    case, refund = approved(author, ann, bea, "8.00")
    assert ann.post("/staff/refunds/files").status_code == 303
    asked = seen(ann.get(f"/staff/refunds/{refund}", query_string=CHINESE)).text_content()
    assert "付款人会读到" in asked, "who writes the reason knows who reads it"
    assert ann.post(f"/staff/refunds/{refund}", data={"step": "fail", "note": "账号已销户，退汇"}).status_code == 303
    system.settle()
    told = next(one for one in author.get("/messages")["items"] if "¥8.00" in one["subject"])
    assert "请提供另一个账户" in told["subject"]
    assert ("账号已销户，退汇" in told["body"], "010-61092299" in told["body"]) == (True, True)
    browser, page = signed_in(author), f"/account/applications/{case['application_id']}/payment"
    shown = words(browser.get(page, query_string=ENGLISH))
    for part in ("please give another account", "账号已销户，退汇", "010-61092299", "Send the account"):
        assert part in shown, part
    token = TOKEN.search(browser.get(page).text)
    assert token
    given = {
        "name": "李四",
        "account": "6217 0000 1000 0009 009",
        "bank": "中国建设银行上海分行",
        "csrf_token": token[1],
    }
    refused = browser.post(f"{page}/account", data=given, query_string=CHINESE)
    assert refused.status_code == 422
    assert "户名不是付款人本人" in words(refused, 422)
    assert seen(refused, 422).xpath('.//input[@name="bank"]/@value') == [given["bank"]], "nothing is typed twice"
    assert "开户行" in words(browser.post(f"{page}/account", data={**given, "bank": ""}, query_string=CHINESE), 422)
    assert browser.post(f"{page}/account", data={**given, "name": author.who.name}).status_code == 303
    after = words(browser.get(page, query_string=CHINESE))
    assert "已收到另一个账户（末位 9009），出纳正在核对" in after
    assert "付款人已给出另一个账户" in words(ann.get("/staff/refunds", query_string=CHINESE | {"queue": "failed"}))
    desk = ann.get(f"/staff/refunds/{refund}", query_string=CHINESE)
    assert ("付款人给出了另一个账户" in words(desk), "6217000010000009009" in words(desk)) == (True, True)
    names = ("payee_name", "payee_account", "payee_bank", "payee_why", "reason")
    form = {
        name: seen(desk).xpath(f'string(.//*[@name="{name}"]/@value | .//textarea[@name="{name}"])') for name in names
    }
    assert form["payee_account"] == "6217000010000009009"
    assert "在缴费页给出的另一个账户" in form["payee_why"]
    again = {name: value.strip() for name, value in form.items()} | {"step": "request"}
    assert ann.post(f"/staff/refunds/{refund}", data=again).status_code == 303
    assert "申请退款的出纳写的理由：" in words(bea.get(f"/staff/refunds/{refund}", query_string=CHINESE))
    assert bea.post(f"/staff/refunds/{refund}", data={"step": "approve", "note": ""}).status_code == 303
    assert ann.post("/staff/refunds/files").status_code == 303
    assert ann.post(f"/staff/refunds/{refund}", data={"step": "attest", "note": "网银已查到"}).status_code == 303
    assert bea.post(f"/staff/refunds/{refund}", data={"step": "confirm", "note": "网银已查到"}).status_code == 303
    system.settle()
    for way, said in ((CHINESE, "已退回末位 9009 的账户"), (ENGLISH, "Returned to the account ending 9009")):
        done = words(browser.get(page, query_string=way))
        assert (said in done, "the account you paid from" in done) == (True, False)
    assert any("末位 9009 的账户" in one["body"] for one in author.get("/messages")["items"]), "when it was approved"
    desk = words(
        at_desk(system, "customer_service").get(
            f"/staff/lookups/cases/{case['application_id']}?purpose=enquiry&lang=zh"
        )
    )
    assert "已退回末位 9009 的账户" in desk
