"""The office's desks by their pages, without script: the search, decisions that ask once, paper at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.signing import create_sandbox_pki
from chassis.testing import staff_actor
from chassis.testing.databases import DatabaseFactory
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.author import TITLE, Author
from tests.one_process import System, running_system
from tests.pages.test_agreements import post, sign_in


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


def at_desk(system: System, *roles: str, id: str = "") -> FlaskClient:
    return system.client(system.token(staff_actor(*roles, id=id or f"acc-desk-{roles[0]}")))


def seen(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text).find(".//main")


def words(answer: TestResponse, status: int = 200) -> str:
    return " ".join(seen(answer, status).text_content().split())


def written(system: System, service: str, action: str) -> list[tuple[Any, ...]]:
    statement = "SELECT actor, facts ->> 'purpose' FROM audit WHERE action = %s ORDER BY id"
    return system.services[service].as_owner(statement, action)


@pytest.mark.requirement("I-11")
@pytest.mark.parametrize("role", ["customer_service", "archivist", "administrator"])
def test_each_desk_finds_the_case_the_account_and_the_registration(system: System, author: Author, role: str) -> None:
    desk = at_desk(system, role)
    assert "查找" in desk.get("/staff").text
    assert "至少写两个字" in words(desk.get(f"/staff/lookups?purpose=enquiry&text={TITLE[:1]}"))
    case = author.get(f"/applications/{author.ids['application_id']}")
    for text in (
        case["serial_number"],
        case["acceptance_number"],
        case["registration_number"],
        TITLE[:4],
        case["application_id"],
    ):
        assert TITLE in words(desk.get(f"/staff/lookups?purpose=enquiry&text={text}")), text
    by_mobile = desk.get(f"/staff/lookups?purpose=enquiry&text={author.who.mobile}")
    name = author.who.name if role != "administrator" else f"{author.who.name[0]}**"
    assert name in words(by_mobile)
    if role != "customer_service":
        told = words(by_mobile).replace(f"{author.who.name[0]}**", "")
        assert (author.who.name in told) == (role == "archivist")
    assert author.who.id_number not in by_mobile.text
    assert words(by_mobile).count(author.who.mobile) == 0


@pytest.mark.requirement("I-12")
def test_nothing_is_looked_up_or_opened_without_a_purpose(system: System, author: Author) -> None:
    desk = at_desk(system, "customer_service", id="acc-unstated")
    page = desk.get(f"/staff/lookups?text={author.who.mobile}")
    assert "请先选择用途" in words(page, 422)
    assert author.who.mobile in page.text, "what was typed is still there"
    for kind, one in (("cases", author.ids["application_id"]), ("accounts", author.ids["account_id"])):
        answer = desk.get(f"/staff/lookups/{kind}/{one}?purpose=curiosity")
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/staff/lookups?text={one}"
    for service in ("filing", "identity", "archive"):
        assert not [
            actor
            for (actor,) in system.services[service].as_owner("SELECT actor FROM audit WHERE actor = 'acc-unstated'")
        ]
    for path in (
        f"lookups?text={author.who.mobile}",
        f"case-files/{author.ids['application_id']}",
        f"account-files/{author.ids['account_id']}",
    ):
        for purpose in ("", "curiosity"):
            glue = "&" if "?" in path else "?"
            answer = desk.get(f"/api/v1/staff/{path}{glue}purpose={purpose}" if purpose else f"/api/v1/staff/{path}")
            assert (answer.status_code, answer.get_json()["code"]) == (422, "request_invalid")


@pytest.mark.requirement("F-14")
def test_a_case_is_read_as_its_applicant_reads_it_and_that_is_recorded(system: System, author: Author) -> None:
    desk = at_desk(system, "customer_service", id="acc-reader")
    address = f"/staff/lookups/cases/{author.ids['application_id']}?purpose=complaint"
    page = desk.get(address)
    text = words(page)
    for told in (TITLE, author.who.name, "受理", "制证", "经过", "登记申请表"):
        assert told in text, told
    assert seen(page).xpath(".//form") == [], "there is nothing to press"
    assert written(system, "filing", "case.open_file")[-1] == ("acc-reader", "complaint")
    english = desk.get(f"{address}&lang=en")
    assert "Read only" in english.text
    assert "记录在案" not in english.text
    opened = desk.get(f"/api/v1/staff/case-files/{author.ids['application_id']}?purpose=enquiry").get_json()
    assert (opened["allowed_actions"], opened["examiner_id"]) == ([], None)
    plain = at_desk(system, "administrator").get(address)
    assert author.who.name not in plain.text


@pytest.mark.requirement("I-12")
def test_an_account_tells_how_it_stands_with_its_cases(system: System, author: Author) -> None:
    address = f"/staff/lookups/accounts/{author.ids['account_id']}?purpose=enquiry"
    page = at_desk(system, "customer_service").get(address)
    text = words(page)
    for told in (author.who.name, "已认证", "已登录的设备", TITLE):
        assert told in text, told
    assert author.who.mobile not in page.text
    assert author.who.id_number not in page.text
    assert at_desk(system, "archivist").get(address).status_code == 403
    assert written(system, "identity", "account.open_file")[-1] == ("acc-desk-customer_service", "enquiry")
    assert (
        at_desk(system, "customer_service").get("/staff/lookups/accounts/acc-unknown?purpose=enquiry").status_code
        == 404
    )


@pytest.mark.requirement("I-11")
def test_a_service_that_is_away_leaves_its_group_out_and_that_is_said(
    system: System, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, real = at_desk(system, "customer_service"), system.corridor.call
    for away, left_out in (("filing", "案件"), ("identity", "账号"), ("archive", "登记")):

        def call(method: Any, request: Any, away: str = away, **more: Any) -> Any:
            if method.service == away:
                raise Problem("service_unavailable")
            return real(method, request, **more)

        with monkeypatch.context() as patched:
            patched.setattr(system.corridor, "call", call)
            text = words(desk.get(f"/staff/lookups?purpose=enquiry&text={author.ids['account_id']}"))
            found = desk.get(f"/api/v1/staff/lookups?purpose=enquiry&text={author.ids['account_id']}").get_json()
        assert f"现在读不到：{left_out}" in text
        assert [name for name, group in found.items() if group is None] == [
            {"filing": "cases", "identity": "accounts", "archive": "registrations"}[away]
        ]
        assert any(group and group["items"] for group in found.values())


@pytest.fixture
def filed(system: System, author: Author) -> str:
    """One that waits for an examiner."""
    return author.accepted()["application_id"]


def decide(desk: FlaskClient, case: str, **form: str) -> TestResponse:
    return desk.post(f"/staff/examinations/{case}/decision", data=form)


def state_of(author: Author, case: str) -> str:
    return str(author.get(f"/applications/{case}")["state"])


@pytest.mark.requirement("F-11")
def test_a_registration_is_asked_for_once_with_what_it_means(system: System, author: Author, filed: str) -> None:
    desk = at_desk(system, "examiner", id="acc-asked")
    assert desk.post(f"/staff/examinations/{filed}/claim").status_code == 303
    asked = decide(desk, filed, decision="approve", reason="符合规定")
    text = words(asked)
    case = author.get(f"/applications/{filed}")
    for told in ("不能撤回", case["title"], author.who.name, case["acceptance_number"], "国作登字-", "证书"):
        assert told in text, told
    assert state_of(author, filed) == "under_examination"
    fields = {field.get("name"): field.get("value") for field in seen(asked).xpath(".//form//input")}
    done = decide(desk, filed, **{name: fields[name] for name in ("decision", "reason", "confirmed")})
    assert done.status_code == 303
    assert state_of(author, filed) == "approved"


@pytest.mark.requirement("F-11")
def test_a_senior_alone_does_not_overrule_a_refusal_by_page_or_by_api(
    system: System, author: Author, filed: str
) -> None:
    first, senior = at_desk(system, "examiner", id="acc-first"), at_desk(system, "senior_examiner", id="acc-senior")
    first.post(f"/staff/examinations/{filed}/claim")
    decide(first, filed, decision="refuse", reason="不是作品", basis="in_the_reason")
    path = f"/api/v1/staff/examinations/{filed}/decision"
    unreasoned = senior.post(path, json={"decision": "approve"})
    assert (unreasoned.status_code, unreasoned.get_json()["code"]) == (422, "reason_required")
    same = decide(senior, filed, decision="approve", reason="不是作品", confirmed="1")
    assert "理由" in words(same, 422), "the reason of the refusal is none for the contrary"
    opposed = senior.post(path, json={"decision": "approve", "reason": "是作品"}).get_json()
    assert (opposed["state"], opposed["allowed_actions"]) == ("refusal_proposed", [])
    again = senior.post(path, json={"decision": "approve", "reason": "是作品"})
    assert (again.status_code, again.get_json()["code"]) == (409, "second_examiner_required")
    assert "是作品" in words(first.get(f"/staff/examinations/{filed}"))
    asked = decide(first, filed, decision="approve")
    assert "另一位审查员建议过不予登记" in words(asked)
    assert state_of(author, filed) == "refusal_proposed"
    decide(first, filed, decision="approve", confirmed="1")
    assert state_of(author, filed) == "approved"


@pytest.mark.requirement("W-04")
def test_a_taken_case_says_who_has_it_since_when_and_leads_on(system: System, author: Author, filed: str) -> None:
    following = author.accepted()["application_id"]
    login = system.services["identity"]
    login.sweep("seed_sandbox_staff")
    [(holder, name)] = login.as_owner("SELECT account_id, name FROM accounts WHERE account_name = 'examiner1'")
    at_desk(system, "examiner", id=holder).post(f"/staff/examinations/{filed}/claim")
    late = at_desk(system, "examiner", id="acc-late").post(f"/staff/examinations/{filed}/claim")
    text = words(late, 409)
    assert f"由{name}承办" in text
    assert "领取时间" in text
    assert seen(late, 409).xpath(f".//a[contains(@href, '/staff/examinations/{following}')]")


@pytest.mark.requirement("W-04")
def test_after_a_decision_comes_the_next_case_of_ones_own(system: System, author: Author, filed: str) -> None:
    desk, other = at_desk(system, "examiner", id="acc-busy"), author.accepted()["application_id"]
    for case in (filed, other):
        desk.post(f"/staff/examinations/{case}/claim", data={"reason": "一起办理"})
    went = [decide(desk, case, decision="approve", confirmed="1").headers["Location"] for case in (filed, other)]
    assert went == [f"/staff/examinations/{other}", "/staff/examinations"]


@pytest.mark.requirement("W-04")
def test_the_queue_names_category_and_applicant_and_is_filtered(system: System, author: Author, filed: str) -> None:
    desk = at_desk(system, "senior_examiner")
    everything = desk.get("/staff/examinations?queue=all")
    assert "文字作品" in words(everything)
    assert author.who.name in words(everything)
    here = f".//a[contains(@href, '{filed}')]"
    for kept in ("category=A", "kind=work", "kind=work&category=A"):
        assert seen(desk.get(f"/staff/examinations?queue=all&{kept}")).xpath(here), kept
    for out in ("category=F", "corrected=1", "hurried=1", "kind=software"):
        assert not seen(desk.get(f"/staff/examinations?queue=all&{out}")).xpath(here), out


@pytest.mark.requirement("F-10")
def test_the_counter_notes_what_is_missing_and_takes_any_number(system: System, author: Author) -> None:
    counter, case = at_desk(system, "intake"), author.accepted(paper=False)["application_id"]
    view = author.get(f"/applications/{case}")
    noted = counter.post(
        "/staff/paper/deficient", data={"number": view["acceptance_number"], "missing": "身份证复印件"}
    )
    assert noted.status_code == 303
    assert "身份证复印件" in author.me.get(f"/account/applications/{case}").text
    system.settle()
    [told] = [one for one in author.get("/messages")["items"] if "不齐" in one["subject"]][:1]
    assert "身份证复印件" in told["body"]
    empty = counter.post("/staff/paper/deficient", data={"number": view["acceptance_number"], "missing": " "})
    assert empty.status_code == 422
    wrong = counter.post("/staff/paper", data={"serial_number": case, "received_on": "2999-01-01"})
    assert wrong.status_code == 422
    assert "不能晚于今天" in words(wrong, 422)
    assert "身份证复印件" in words(counter.get("/staff/paper"))
    scanned = {"serial_number": f"https://x.cn/progress/{view['acceptance_number']}"}
    assert "已经补齐，登记收到" in words(counter.post("/staff/paper", data=scanned), 409)
    done = counter.post("/staff/paper", data=scanned | {"complete": "yes"})
    assert done.status_code == 303
    assert author.get(f"/applications/{case}")["paper_received_at"]


@pytest.mark.requirement("F-11")
def test_a_correction_is_shown_as_the_applicant_reads_it_before_it_is_sent(
    system: System, author: Author, filed: str
) -> None:
    desk = at_desk(system, "examiner", id="acc-corrects")
    desk.post(f"/staff/examinations/{filed}/claim", data={"reason": "先办"})
    page = seen(desk.get(f"/staff/examinations/{filed}"))
    sample = page.xpath(".//select[@name='defect_target']/optgroup[1]/option/@value")[0]
    assert "navpanes=0" in page.xpath(".//iframe/@src")[0], "the page fills the viewer"
    defect = {"decision": "correct", "defect_target": sample, "defect_message": "这一页看不清", "defect_page": "9999"}
    assert "页" in words(decide(desk, filed, **defect), 422)
    asked = decide(desk, filed, **(defect | {"defect_page": "1"}))
    for told in ("不能撤回", "这一页看不清", "第 1 页"):
        assert told in words(asked), told
    assert state_of(author, filed) == "under_examination", "nothing is sent yet"
    fields = {field.get("name"): field.get("value") for field in seen(asked).xpath(".//form//input")}
    kept = decide(desk, filed, **fields, action="change")
    assert "这一页看不清" in seen(kept).xpath("string(.//textarea[@name='defect_message'])")
    assert decide(desk, filed, **fields, action="decide").status_code == 303
    assert state_of(author, filed) == "awaiting_correction"


@pytest.mark.requirement("F-11")
def test_colleagues_have_names_and_a_senior_takes_a_case_over(system: System, author: Author, filed: str) -> None:
    login = system.services["identity"]
    login.sweep("seed_sandbox_staff")
    [(holder, name)] = login.as_owner("SELECT account_id, name FROM accounts WHERE account_name = 'examiner1'")
    first, senior = at_desk(system, "examiner", id=holder), at_desk(system, "senior_examiner", id="acc-senior")
    here = f"/staff/examinations/{filed}"
    first.post(f"{here}/claim", data={"reason": "先办"})
    assert name in words(senior.get("/staff/examinations?queue=all"))
    page = words(senior.get(here))
    assert f"由{name}承办" in page
    assert "换人承办" in page
    assert "hand_over_reason" in senior.post(f"{here}/hand-over").text
    assert senior.post(f"{here}/hand-over", data={"hand_over_reason": "承办人休假"}).status_code == 303
    assert "承办人休假" in words(senior.get(here))
    first.post(f"{here}/claim", data={"reason": "回来了"})
    unstated = decide(first, filed, decision="refuse", reason="不是作品")
    assert seen(unstated, 422).xpath(".//a[@href='#field-basis']"), "the basis is chosen"
    decide(first, filed, decision="refuse", reason="不是作品", basis="in_the_reason")
    assert "您提出的建议，由另一位审查员决定" in words(first.get(here))
    assert name in words(senior.get(here))
    assert first.post(f"{here}/refusal-withdrawal").status_code == 303
    assert state_of(author, filed) == "under_examination"


@pytest.mark.requirement("I-11")
def test_customer_service_sees_the_money_and_the_parcel_and_finds_a_parcel_by_its_ems_number(
    system: System, author: Author
) -> None:
    case = author.get(f"/applications/{author.ids['application_id']}")
    address = {
        "recipient": "张三",
        "telephone": "13800138000",
        "province": "北京市",
        "city": "北京市西城区",
        "street": "天桥南大街1号",
        "postcode": "100050",
    }
    asked = author.post(f"/registrations/{case['registration_number']}/parcel", address)
    archivist = at_desk(system, "archivist")
    assert archivist.post("/api/v1/staff/parcel-batches", json={"limit": 40}).status_code == 201
    sent = archivist.post(
        f"/api/v1/staff/parcels/{asked['parcel_number']}/tracking", json={"tracking_number": "EB123456785CN"}
    )
    assert sent.status_code == 200, sent.text
    file = f"/staff/lookups/cases/{author.ids['application_id']}?purpose=enquiry"
    told = words(at_desk(system, "customer_service").get(file))
    for word in ("登记费", "已缴费", "¥300.00", "EB123456785CN", "已寄出"):
        assert word in told, word
    assert "EB123456785CN" in words(archivist.get(file))
    plain = words(at_desk(system, "administrator").get(file))
    assert ("登记费" in plain, "EB123456785CN" in plain) == (True, False)
    found = words(at_desk(system, "customer_service").get("/staff/lookups?purpose=enquiry&text=EB123456785CN"))
    assert (asked["parcel_number"] in found, "没有找到" in found) == (True, False)


@pytest.mark.requirement("A-04")
def test_what_came_back_is_sent_to_the_same_address_only_when_that_is_confirmed(system: System, author: Author) -> None:
    """Goes on from the parcel above."""
    place = f"/account/certificates/{author.ids['registration_number']}/parcel"
    archivist, browser = at_desk(system, "archivist"), sign_in(author)[0]
    page = seen(archivist.get("/staff/mailing/tracking"))
    for name in ("reason", "wrong_reason"):
        [label] = page.xpath(f".//label[@for='field-{name}']")
        assert ("选填" in label.text_content(), "退回的必须选一个" in label.text_content()) == (False, True)
    came_back = {"number": "EB123456785CN", "outcome": "returned", "reason": "unknown_address"}
    settled = archivist.post("/staff/mailing/outcome", data=came_back)
    assert settled.status_code == 303, words(settled, 422)
    form = seen(browser.get(place))
    entry = {field.name: field.value for field in form.xpath(".//form[@class='form-narrow']//input[@id]")}
    assert entry["recipient"] == "张三"
    asked_back = post(browser, place, place, **entry)
    told = words(asked_back, 422)
    assert "地址没有改动，确定还寄到这里" in told
    assert author.get(f"/registrations/{author.ids['registration_number']}/parcel")["parcel"]["state"] == "returned"
    assert post(browser, place, place, **entry, same_address="yes").status_code == 303
    assert "已记下" in words(browser.get(place))


@pytest.mark.requirement("P-04")
def test_a_cashier_sees_how_an_order_was_paid_and_whether_its_case_goes_on(
    system: System, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at_desk(system, "cashier")
    case = author.get(f"/applications/{author.ids['application_id']}")
    address = f"/staff/refunds/orders/{case['order']['order_id']}"
    told = words(desk.get(address))
    assert ("银行汇付" in told, "已登记" in told, "申请还在办理中" in told) == (True, True, False)
    monkeypatch.setattr("gateway.pages.staff_refunds.OVER", frozenset())
    assert "申请还在办理中" in words(desk.get(address))


@pytest.mark.requirement("P-03")
def test_the_pages_of_the_bank_say_who_sent_the_money_and_who_has_done_what(system: System) -> None:
    desk = at_desk(system, "cashier")
    data = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要\n2026-11-20,CNY,7.00,7.00,转账,李四,?".encode(
        "gb18030"
    )

    def send() -> TestResponse:
        sent = desk.post("/staff/bank/statements", data={"statement_file": (BytesIO(data), "statement.csv")})
        assert sent.status_code == 303, sent.text
        return desk.get(sent.headers["Location"])

    assert seen(send()).xpath('.//*[@id="statement-part"]//h1'), "what is fetched again has the badge in it"
    system.services["payment"].run_worker()
    [row] = desk.get("/api/v1/staff/bank-rows?state=waiting&text=李四").get_json()["items"]
    page = f"/staff/bank/rows/{row['row_id']}"
    wrong = desk.post(page, data={"step": "assign", "other_orders": "2026Z11S999999", "note": ""})
    assert "没有缴费单的编号或流水号是“2026Z11S999999”" in words(wrong, 422)
    assert desk.post(page, data={"step": "return", "note": ""}).status_code == 303
    assert "acc-desk-cashier" not in desk.get(page).text
    [held] = desk.get("/api/v1/staff/refunds?queue=held&text=7.00").get_json()["items"]
    refund = desk.get(f"/staff/refunds/{held['refund_id']}")
    assert ("李四" in words(refund), "acc-desk-cashier" in refund.text) == (True, False)
    assert seen(refund).xpath('.//input[@name="payee_name"]/@value') == ["李四"]
    assert "转入缴费单" in words(refund)
    other = {"step": "request", "reason": "误汇", "payee_name": "王五", "payee_account": "6222000011112222"}
    refused = desk.post(f"/staff/refunds/{held['refund_id']}", data={**other, "payee_bank": "工商银行"})
    assert "不一致" in words(refused, 422)
    given = {**other, "payee_bank": "工商银行", "payee_why": "李四来信，请汇王五"}
    assert desk.post(f"/staff/refunds/{held['refund_id']}", data=given).status_code == 303
    second = words(at_desk(system, "cashier", id="acc-second").get(f"/staff/refunds/{held['refund_id']}"))
    for told in ("收款人是“王五”，流水上的付款人是“李四”", "李四来信，请汇王五", "复核同意"):
        assert told in second, told


@pytest.mark.requirement("P-03")
def test_a_statement_says_everything_that_a_cashier_confirms_with_it(system: System) -> None:
    desk = at_desk(system, "cashier")
    data = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要\n2026-11-18,CNY,8.00,8.00,转账,赵六,货款"

    def told(more: str) -> str:
        sent = desk.post("/staff/bank/statements", data={"statement_file": (BytesIO((data + more).encode()), "s.csv")})
        system.services["payment"].run_worker()
        return words(desk.get(sent.headers["Location"]))

    unnamed, doubtful = "没有写明是哪个账户的", "余额不平，或不是本单位的账号"
    page = told("\n2026-11-18,CNY,9.00,17.00,转账,赵六,货款")
    assert (unnamed in page, doubtful in page) == (True, False)
    page = told("\n2026-11-18,CNY,9.00,99.00,转账,赵六,货款")
    assert (unnamed in page, doubtful in page) == (True, True)
