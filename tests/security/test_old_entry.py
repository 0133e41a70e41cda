"""旧系统入口 from the import of a dump to the certificate, in a browser that knows forms and nothing else.

Every page that is seen on the way is held against HTML 4.01.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from archive.legacy.store import LegacyRegistration
from chassis.testing import Harness, staff_actor
from contracts.identity import LEGACY_ACCOUNT_LINKED, LegacyAccountLinked
from contracts.legacy import account_record, registration_record
from legacy_bridge.cases.store import LegacyCase
from legacy_bridge.imports import handlers as imports
from legacy_bridge.imports.order import order_for
from legacy_bridge.imports.reading import work_off
from legacy_bridge.sources import Asked
from payment.providers.model import ProviderReport
from payment.settlement.handlers import settle
from registry_infra.demo.people import new_applicant
from sqlalchemy import select

from tests.author import Author
from tests.legacy.files import write_csv
from tests.legacy.html4 import TextBrowser, faults
from tests.legacy.rows import CASES, case, password
from tests.one_process import System

pytestmark = pytest.mark.requirement("L-01")

CORRECTION, FEE, OTHERS, BY_OLD_NAME, WORK, REFUSED = 10, 6, 5, 11, 8, 12
"""Rows of the stand-in's cases: one that awaits a correction, one whose fee is due, one of somebody else, one of an old
account that nobody has signed in with yet, one that is taken for a work, and one that is refused."""


@pytest.fixture(scope="module")
def filer(system: System) -> Author:
    found = Author(system, new_applicant(), system.client(), {})
    found.sign_up()
    return found


@pytest.fixture(scope="module")
def cases(system: System, filer: Author, tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """The stand-in's dump has been imported, and the author's old account has come: ids of cases by row."""
    file = tmp_path_factory.mktemp("dump") / "cases.csv"
    with file.open("w", encoding="gb18030", errors="surrogateescape", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(CASES)
        for number in range(1, 13):
            values = list(case(number).values)
            values[2] = {OTHERS: "somebody", BY_OLD_NAME: f"user{BY_OLD_NAME}"}.get(number, "lao_wang")
            writer.writerow(values)
    bridge = system.services["legacy_bridge"]
    import_id = import_file(system, file)
    comes(bridge, "lao_wang", filer.get("/me")["account_id"])
    with bridge.uow() as uow:
        return {
            row.row_number: row.record_id
            for row in uow.session.scalars(select(LegacyCase).where(LegacyCase.import_id == import_id))
        }


def import_file(system: System, file: Path) -> str:
    """As ``./registry import-legacy`` does, to its end; the import's id."""
    bridge = system.services["legacy_bridge"]
    with bridge.uow() as uow:
        import_id = imports.begin(order_for(Asked(str(file)), ""), uow).import_id
    while work_off(bridge.runtime):
        pass
    system.settle()
    return import_id


def comes(bridge: Harness, login: str, account_id: str) -> None:
    linked = LegacyAccountLinked(account_id=account_id, record_id=account_record(login), linked_at=datetime.now(UTC))
    bridge.deliver(LEGACY_ACCOUNT_LINKED, linked)


@pytest.fixture
def browser(system: System) -> Iterator[TextBrowser]:
    """Whatever page it has seen is HTML 4.01, in both languages."""
    opened = TextBrowser(system.client(cookies=True))
    yield opened
    for address in list(opened.seen):
        if not address.startswith("/legacy"):
            continue
        assert faults(opened.seen[address]) == [], address
        english = opened.client.get(f"{address}{'&' if '?' in address else '?'}lang=en")
        if english.status_code == 200:
            assert faults(english.text) == [], address
    assert system.corridor.crashes == []


def sign_in(browser: TextBrowser, filer: Author) -> TextBrowser:
    return browser.go("/legacy/sign-in").send("登录", login=filer.who.mobile, password=filer.who.password)


def decide(system: System, case_id: str, **fields: str) -> None:
    """As the workbench's form sends it."""
    examiner = system.client(system.token(staff_actor("examiner", id="acc-examiner")))
    assert examiner.get(f"/staff/old-cases/{case_id}").status_code == 200
    asked = examiner.post(f"/staff/old-cases/{case_id}/decision", data=fields)
    assert "确认之后" in asked.text
    answer = examiner.post(f"/staff/old-cases/{case_id}/decision", data=fields | {"confirmed": "1"})
    assert answer.status_code == 303, answer.text


def finish(system: System) -> None:
    system.settle()
    system.services["archive"].run_worker()
    system.settle()


@pytest.mark.requirement("W-01")
def test_an_old_case_is_corrected_completed_and_found(
    system: System, filer: Author, cases: dict[int, str], browser: TextBrowser
) -> None:
    case_id, serial = cases[CORRECTION], case(CORRECTION).values[0]
    browser.go("/legacy").send("查询", number=serial)
    assert "待补正" in browser.text
    assert case(CORRECTION).values[5] not in browser.text
    sign_in(browser, filer)
    assert browser.address == "/legacy/cases"
    browser.follow(case(CORRECTION).values[5])
    assert "请补交\\权属证明" in browser.text
    browser.send("提交补正")
    assert "没有成功" in browser.text
    proof = (b"%PDF-1.7 proof", "权属证明.pdf")
    browser.send("提交补正", text="已补交权属证明", files={"file1": proof})
    assert "审查中" in browser.text
    assert "补正意见：请补交\\权属证明" in browser.text
    examiner = system.client(system.token(staff_actor("examiner", id="acc-examiner")))
    shown = examiner.get(f"/staff/old-cases/{case_id}").text
    assert shown.count("请补交\\权属证明") == 2  # among the facts, and beside the answer
    assert browser.follow("权属证明.pdf").answer.data == proof[0]
    assert browser.answer.headers["Cache-Control"] == "private, max-age=60"

    stated = {"owners": "王小伟\n*江河科技有限公司", "version": "V1.0", "completion_date": "2018-12-01"}
    decide(system, case_id, decision="approve", **stated)
    browser.go(f"/legacy/cases/{case_id}").send("确认登记事项，办结")
    assert "正在登记" in browser.text
    finish(system)
    browser.go(f"/legacy/cases/{case_id}")
    number = f"{datetime.now(UTC).year}SR000001"
    assert "已办结" in browser.text
    assert number in browser.text
    assert browser.follow("登记证书").answer.data.startswith(b"%PDF")
    found = browser.go("/legacy/query", query_string={"number": number}).text
    assert "王**、江河科技有限公司" in found
    new = system.client().get("/query", query_string={"number": serial}).text
    assert number in new
    mine = filer.get("/applications")
    assert [item for item in mine["items"] if item.get("serial_number") == serial] == []
    assert [item["registration_number"] for item in filer.get("/certificates")["items"]] == [number]


@pytest.mark.requirement("I-04")
def test_the_old_name_and_password_open_the_old_cases_at_the_first_try(
    system: System, cases: dict[int, str], browser: TextBrowser, tmp_path: Path
) -> None:
    title = case(BY_OLD_NAME).values[5]
    import_file(system, write_csv(tmp_path / "accounts.csv", "accounts", 20))
    wrong = browser.go("/legacy/sign-in").send("登录", login=f"user{BY_OLD_NAME}", password="not-mine")
    assert wrong.answer.status_code == 401
    browser.send("登录", login=f"user{BY_OLD_NAME}", password=password(BY_OLD_NAME))
    assert browser.address == "/legacy/cases"
    system.settle()
    assert "制证中" in browser.go("/legacy/cases").follow(title).text
    assert "正在从旧系统的档案中录入登记事项" in browser.text
    assert "退出登录" in browser.answer.text
    assert browser.send("退出登录").address == "/legacy"
    assert browser.go("/legacy/cases").address == "/legacy/sign-in"


def test_the_old_fee_is_paid_and_the_case_goes_on(
    system: System, filer: Author, cases: dict[int, str], browser: TextBrowser
) -> None:
    case_id = cases[FEE]
    sign_in(browser, filer).follow(case(FEE).values[5]).follow("去缴费").send("生成缴费单")
    system.settle()
    browser.go(f"/legacy/cases/{case_id}/payment").send("缴费", method="bank")
    assert "¥1,200.50" in browser.text
    assert case(FEE).values[0] in browser.text  # in the note of the remittance
    payment_id = browser.address.partition("pay=")[2]
    report = ProviderReport("bank", payment_id, "paid", "statement", 120_050, transaction_id="t-old")
    with system.services["payment"].uow() as uow:
        settle(report, uow)
    system.services["payment"].sweep("issue_receipts")
    system.settle()
    assert "费用已经缴纳：¥1,200.50" in browser.go(f"/legacy/cases/{case_id}/payment").text
    assert browser.follow("下载缴费收据").answer.data.startswith(b"%PDF")
    assert "待受理" in browser.go(f"/legacy/cases/{case_id}").text
    assert "¥1,200.50 / ¥1,200.50" in browser.text


def test_a_picture_to_scan_is_one_that_old_browsers_show(
    system: System, filer: Author, cases: dict[int, str], browser: TextBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contracts.payment import OrderView
    from gateway.pages.old import paying

    order = OrderView.model_validate(
        {
            "order_id": "ord-1", "application_id": cases[12], "account_id": "", "title": "", "serial_number": "",
            "amount": 1, "lines": [], "state": "pending", "created_at": datetime.now(UTC), "pay_by": "2030-01-04",
            "payments": [
                {"payment_id": "pmt-1", "method": "wechat", "state": "started", "amount": 1,
                 "code_url": "weixin://pay", "started_at": datetime.now(UTC)}
            ],
        }
    )  # fmt: skip
    monkeypatch.setattr(paying, "_order", lambda case_id: order)
    page = sign_in(browser, filer).go(f"/legacy/cases/{cases[12]}/payment?pay=pmt-1")
    (picture,) = page.tree.iter("img")
    answer = browser.client.get(picture.get("src"))
    assert answer.data.startswith(b"\x89PNG")
    assert browser.client.get(picture.get("src").replace("pmt-1", "pmt-2")).status_code == 404


def test_somebody_elses_case_is_none(
    system: System, filer: Author, cases: dict[int, str], browser: TextBrowser
) -> None:
    sign_in(browser, filer)
    for path in ("", "/payment"):
        assert "没有找到这项旧系统的业务" in browser.go(f"/legacy/cases/{cases[OTHERS]}{path}").text
        assert browser.answer.status_code == 404
    token = browser.go("/legacy/cases").tree.forms[0].fields["csrf_token"]
    before = system.services["legacy_bridge"].as_owner("SELECT * FROM legacy_cases WHERE record_id = %s", cases[OTHERS])
    for path in ("/answer", "/completion", "/payment", "/payment/sandbox"):
        sent = {"csrf_token": token, "text": "别人的", "method": "bank", "payment_id": "pmt-1"}
        assert browser.client.post(f"/legacy/cases/{cases[OTHERS]}{path}", data=sent).status_code == 404
    after = system.services["legacy_bridge"].as_owner("SELECT * FROM legacy_cases WHERE record_id = %s", cases[OTHERS])
    assert after == before


@pytest.mark.requirement("L-06")
def test_a_browser_without_cookies_is_told_so_before_it_tries(system: System) -> None:
    browser = TextBrowser(system.client())
    page = browser.go("/legacy/sign-in")
    assert page.address == "/legacy/sign-in?probe=1"
    assert "浏览器没有接受 Cookie" in page.text
    assert not page.tree.xpath("//input[@type='password']")
    refused = browser.client.post("/legacy/sign-in", data={"login": "x", "password": "y"})
    assert refused.status_code == 400
    assert "检查浏览器是否接受 Cookie" in refused.text
    assert [faults(each) for each in (page.answer.text, refused.text)] == [[], []]


@pytest.mark.requirement("L-06")
def test_only_the_proxy_is_believed_about_the_connection(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from gateway.web.resources import EXTENSION

    old = {"X-TLS-Version": "TLSv1"}
    client = system.client()
    assert client.get("/legacy", headers=old).status_code == 200
    registry = system.app.extensions[EXTENSION]
    behind = replace(registry, settings=replace(registry.settings, trusted_proxies=1))
    monkeypatch.setitem(system.app.extensions, EXTENSION, behind)
    for protocol, status in (("TLSv1", 403), ("SSLv3", 403), ("TLSv1.1", 403), ("TLSv1.2", 200), ("TLSv1.3", 200)):
        for address in ("/legacy", "/legacy/sign-in?probe=1", "/legacy/query"):
            answer = client.get(address, headers={"X-TLS-Version": protocol})
            assert answer.status_code == status, protocol
            assert faults(answer.text) == []
    assert client.post("/legacy/sign-in", headers=old, data={"login": "x"}).status_code in (400, 403)
    assert client.get("/legacy/cases", headers=old).status_code == 403
    assert "使用 TLS 1.2" in client.get("/legacy", headers=old).text


@pytest.mark.requirement("L-02")
def test_numbers_are_answered_wherever_they_are_asked(
    system: System, filer: Author, cases: dict[int, str], browser: TextBrowser
) -> None:
    """Old ones in the new query centre, new ones in the old: what it is, where it is, a link, and the answer."""
    with system.services["archive"].uow() as uow:
        old = dict.fromkeys(("classification", "version", "authors", "earlier_number", "login", "note", "category"), "")
        old |= {"short_name": "", "scans": "", "certificate_number": "软著登字第0000777号", "owners": "李静、江河大学"}
        old |= {"number": "2011SR000777", "title": "水利查询系统", "serial_number": "2010R110000777"}
        day = date(2011, 3, 1)
        uow.session.add(
            LegacyRegistration(
                record_id=registration_record(old["number"]),
                import_id="imp",
                row_number=1,
                kind="software",
                registered_on=day,
                **old,
            )
        )

    visitor = system.client()

    def ask(number: str) -> tuple[int, str]:
        answer = visitor.get("/query", query_string={"number": number})
        return answer.status_code, answer.text

    for number in ("2011SR000777", "软著登字第0000777号", "2010R110000777"):
        status, page = ask(number)
        assert status == 200, number
        assert "这项登记由旧系统在 2020 年 8 月 31 日以前完成" in page
        assert "李**、江河大学" in page
        assert "李静" not in page
        assert "李**、江河大学" in browser.go("/legacy/query", query_string={"number": number}).text
    status, page = ask(case(OTHERS).values[0])
    assert (status, 'href="/legacy"' in page, "旧系统入口继续办理" in page) == (200, True, True)
    assert case(OTHERS).values[5] not in page
    status, page = ask(case(OTHERS).values[0].lower())
    assert status == 404
    assert case(OTHERS).values[0] in page

    wrong = browser.go("/legacy/query", query_string={"number": case(OTHERS).values[0].lower()})
    assert wrong.answer.status_code == 404
    assert case(OTHERS).values[0] in wrong.follow(case(OTHERS).values[0]).address
    unknown = browser.go("/legacy/query", query_string={"number": "2017SR999999"})
    assert "转入的资料里还没有它" in unknown.text
    for nothing in ("", "<script>", "x" * 200, "\u202e2017"):
        assert browser.go("/legacy/query", query_string={"number": nothing}).answer.status_code in (200, 404)


@pytest.mark.requirement("L-02")
def test_a_new_number_is_answered_at_the_old_entry(author: Author, browser: TextBrowser) -> None:
    registered, serial = author.ids["registration_number"], author.ids["number"]
    assert "登记簿中有这项登记" in browser.go("/legacy/query", query_string={"number": registered}).text
    page = browser.go("/legacy/query", query_string={"number": serial})
    assert "业务在新系统办理" in page.text
    assert f"/query?number={serial}" in page.answer.text
    assert page.follow("在新系统的查询中心打开").answer.status_code == 200


def test_a_page_that_old_browsers_do_not_take_would_be_noticed() -> None:
    good = "<html><head><title>T</title></head><body><p>x</p></body></html>"
    from tests.legacy.html4 import DOCTYPE

    assert faults(DOCTYPE + good) == []
    for bad in (
        "<input type='date'>", "<script></script>", "<main>x</main>", "<form><input name='x'></form>", "<b>x</b>",
        "<p><p></span>", "<label for='no'>x</label>", "<table><tr><td>x</td></tr></table>", "<p onclick='x'>x</p>",
        "<p style='x'>x</p>", "<input name='x' required>", "<p id='a'>x</p><p id='a'>y</p>",
    ):  # fmt: skip
        assert faults(DOCTYPE + good.replace("<p>x</p>", bad)) != [], bad
    assert faults("<!doctype html>" + good) != []


@pytest.mark.requirement("W-06")
def test_what_an_old_account_had_is_listed_by_the_api_to_its_holder_alone(
    system: System, filer: Author, cases: dict[int, str]
) -> None:
    first = filer.get("/old-accounts/cases?limit=2")
    assert len(first["items"]) == 2
    found, cursor = [item["case_id"] for item in first["items"]], first["next_cursor"]
    while cursor:
        page = filer.get(f"/old-accounts/cases?limit=2&cursor={cursor}")
        found, cursor = [*found, *(item["case_id"] for item in page["items"])], page["next_cursor"]
    strange = {cases.get(OTHERS), cases.get(BY_OLD_NAME)}
    assert sorted(found) == sorted(set(cases.values()) - strange)
    shown = filer.get(f"/old-accounts/cases/{cases[FEE]}")
    assert (shown["serial_number"], shown["title"]) == (case(FEE).values[0], case(FEE).values[5])
    assert filer.get("/old-accounts/registrations")["items"] == []
    for other in strange - {None}:
        assert filer.me.get(f"/api/v1/old-accounts/cases/{other}").status_code == 404
    wrong = filer.me.post("/api/v1/me/completion", json={"mobile": "13800138000", "otp": "000000"})
    assert wrong.status_code == 422, "what is there already is not changed"


def test_an_old_work_without_a_category_is_completed_by_the_examiner(system: System, cases: dict[int, str]) -> None:
    """Each thing that is missing is named at its field; what was completed says where it is from."""
    with system.services["legacy_bridge"].uow() as uow:
        row = uow.session.get(LegacyCase, cases[WORK])
        assert row is not None
        row.kind, row.category, row.stands = "work", "", "examined"
    examiner = system.client(system.token(staff_actor("examiner", id="acc-examiner")))
    address = f"/staff/old-cases/{cases[WORK]}/decision"
    answer = examiner.post(address, data={"decision": "approve", "title": case(WORK).values[5]})
    assert answer.status_code == 422
    for field, label in (("category", "作品类别"), ("authors", "作者"), ("owners", "著作权人")):
        assert f'<a href="#field-{field}">{label}：请填写这一项。</a>' in answer.text
    stated = {"owners": "王小伟", "authors": "王小伟", "category": "F"}
    days = {"completion_date": "2018-12-01", "publication_date": "2018-11-30"}
    answer = examiner.post(address, data={"decision": "approve", **stated, **days})
    assert "首次发表日期：发表日期早于创作完成日期（2018-12-01）。" in answer.text
    assert "没有写明补填或更正的依据" in examiner.post(address, data={"decision": "approve", **stated}).text
    decide(system, cases[WORK], decision="approve", source="旧档案第 3 页", **stated)
    shown = examiner.get(f"/staff/old-cases/{cases[WORK]}").text
    assert "旧档案第 3 页" in shown
    assert "美术作品" in shown


@pytest.mark.requirement("F-11")
def test_no_examiner_refuses_an_old_case_alone_or_by_one_click(
    system: System, filer: Author, cases: dict[int, str]
) -> None:
    """One proposes, another is asked once more with the reason before them; until then its owner sees nothing."""
    case_id = cases[REFUSED]
    with system.services["legacy_bridge"].uow() as uow:
        row = uow.session.get(LegacyCase, case_id)
        assert row is not None
        row.stands = "examined"
    first = system.client(system.token(staff_actor("examiner", id="acc-examiner")))
    second = system.client(system.token(staff_actor("senior_examiner", id="acc-senior")))
    owner = filer.me
    address = f"/staff/old-cases/{case_id}"
    proposed = {"decision": "refuse", "text": "不属于作品"}
    assert first.post(f"{address}/decision", data={"decision": "refuse"}).status_code == 422
    assert first.post(f"{address}/decision", data=proposed).status_code == 303
    assert "等待另一位审查员复核" in first.get(address).text
    assert 'value="refuse"' not in first.get(address).text
    assert "不属于作品" not in owner.get(f"/legacy/cases/{case_id}").text
    assert "建议不予登记，待复核" in second.get("/staff/old-cases?state=second").text
    assert "不属于作品" in second.get(address).text
    asked = second.post(f"{address}/decision", data={"decision": "refuse"})
    assert asked.status_code == 200
    assert "不予登记，不能撤回" in asked.text
    assert "不属于作品" in asked.text
    with system.services["legacy_bridge"].uow() as uow:
        row = uow.session.get(LegacyCase, case_id)
        assert row is not None
        assert row.stands == "examined"
    back = second.post(f"{address}/decision", data={"decision": "refuse", "text": "同意", "action": "change"})
    assert (back.status_code, "同意</textarea>" in back.text) == (200, True)
    assert second.post(f"{address}/decision", data={"decision": "refuse", "confirmed": "1"}).status_code == 303
    told = owner.get(f"/legacy/cases/{case_id}").text
    reason = told.partition("不予登记的理由")[2].partition("</p>")[0]
    assert "不属于作品" in reason
    for words in ("可以怎么办", "60 日内申请行政复议", "六个月内向人民法院"):
        assert words in told, words
    assert faults(told) == []


@pytest.mark.requirement("F-11")
def test_the_workbench_counts_old_cases_beside_new_ones(system: System, cases: dict[int, str]) -> None:
    """A tile for what waits, one for refusals to confirm; the tabs bear numbers, and say what is late."""
    with system.services["legacy_bridge"].uow() as uow:
        waiting = select(LegacyCase).where(LegacyCase.stands.in_(("submitted", "accepted", "examined")))
        row = uow.session.scalars(waiting).first()
        assert row is not None
        row.stands, row.due_until = "examined", date(2020, 1, 6)
        row.proposed_by, row.proposed_reason = "acc-examiner", "不属于作品"
    for role in ("examiner", "senior_examiner"):
        desk = system.client(system.token(staff_actor(role, id="acc-counting")))
        page = " ".join(desk.get("/staff").text.split())
        assert '旧系统业务</span> <span class="queue-count">' in page
        assert '旧系统业务：待复核的不予登记</span> <span class="queue-count">1</span>' in page
        tabs = " ".join(desk.get("/staff/old-cases").text.split())
        assert '待复核的不予登记 <span class="number">1</span> <span class="tag tag-bad">逾期 1 件</span>' in tabs
