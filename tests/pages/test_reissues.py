"""补发 and 撤销 on the pages: from the certificates of a registered case to what anybody is told afterwards."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from archive.legacy.store import LegacyFiler, LegacyRegistration
from contracts.legacy import registration_record
from flask.testing import FlaskClient

from tests.one_process import System
from tests.pages.test_agreements import post, sign_in
from tests.pages.test_changes import Owner, check_of, step_of

pytestmark = [pytest.mark.requirement("F-01"), pytest.mark.requirement("A-05")]


@pytest.fixture(scope="module")
def owner(system: System) -> Owner:
    return Owner.registered(system)


@pytest.fixture(scope="module")
def browser(owner: Owner) -> FlaskClient:
    return sign_in(owner)[0]


def file(
    owner: Owner,
    browser: FlaskClient,
    procedure: str,
    amount: int,
    number: str = "",
    page: str = "/account/certificates",
    **entry: str,
) -> str:
    """A case about the registration, from its link to its decision."""
    number = number or owner.ids["registration_number"]
    start = f"/registration/procedures/work_{procedure}?number={number}"
    assert start in unquote(browser.get(page).text)
    case: str = post(browser, start.partition("?")[0], start, number=number).headers["Location"].rsplit("/", 1)[1]
    step_of(browser, case, procedure, **entry)
    assert post(browser, f"/registration/applications/{case}/declaration", check_of(case)).status_code == 303
    owner.post(f"/applications/{case}/submission", {"otp": owner.code("sign")})
    owner.system.settle()
    owner.finish(case, amount)
    return case


def test_a_lost_certificate_is_replaced_and_a_registration_given_up(owner: Owner, browser: FlaskClient) -> None:
    number, visitor = owner.ids["registration_number"], owner.system.client()
    [old] = owner.get("/certificates")["items"]
    pdf = owner.me.get(f"/api/v1/documents/{old['document']['document_id']}").data
    case = file(owner, browser, "reissue", 5_000, reissue_reason="lost", reissue_statement="搬家时遗失")
    new, replaced = owner.get("/certificates")["items"]
    assert [(one["edition"], one["status"]) for one in (new, replaced)] == [(2, "valid"), (1, "replaced")]
    shown = browser.get("/account/certificates").text
    assert "已被新证书取代" in shown
    assert shown.count("/registration/procedures/work_reissue") == 1, "what is replaced leads nowhere"
    assert "新证书可以下载" in browser.get(f"/account/applications/{case}").text
    assert "已被新证书取代" in browser.get(f"/account/applications/{owner.ids['application_id']}").text
    for place in (f"/verify/{number}", f"/query?number={number}"):
        told = visitor.get(place).text
        assert "登记有效" in told
        assert "以前的证书由新证书取代" in told
        assert "补发：原证书遗失" in told
    checked = visitor.post("/api/v1/certificate-checks", data=pdf, headers={"Content-Type": "application/pdf"})
    assert (checked.get_json()["status"], checked.get_json()["file_matches"]) == ("replaced", True)

    case = file(owner, browser, "cancellation", 8_000, cancellation_statement="不再使用")
    for words in ("准予撤销登记，不能撤回", number, "登记证书不再有效", "确认撤销这项登记"):
        assert words in owner.asked, words
    assert "准予登记" not in owner.asked + owner.examined
    shown = browser.get(f"/account/applications/{case}").text
    assert "登记已撤销，证明可以下载" in shown
    assert "撤销登记并发出证明" in shown
    assert "登记并发出证书" not in shown
    proof, *certificates = owner.get("/certificates")["items"]
    assert proof["paper"] == "revocation_proof"
    assert proof["number"].startswith("作登撤字第")
    assert {one["status"] for one in certificates} == {"revoked"}
    for place in (f"/verify/{number}", f"/verify/{proof['number']}"):
        told = visitor.get(place).text
        assert "登记已被撤销" in told
        assert "著作权人申请撤销" in told
    assert owner.get(f"/certificates/{number}")["acts"][-1]["act"] == "revoked"
    assert "/registration/procedures/" not in browser.get("/account/certificates").text.partition("<main")[2]
    start = f"/registration/procedures/work_reissue?number={number}"
    refused = post(browser, start.partition("?")[0], start, number=number)
    assert (refused.status_code, "不再有效" in refused.text) == (409, True)


def test_the_new_certificate_is_a_file_like_any_other(owner: Owner) -> None:
    [new] = [one for one in owner.get("/certificates")["items"] if one["edition"] == 2]
    pdf = owner.me.get(f"/api/v1/documents/{new['document']['document_id']}").data
    assert io.BytesIO(pdf).read(5) == b"%PDF-"


@pytest.mark.requirement("L-03")
def test_a_certificate_of_the_old_system_is_issued_anew_from_ones_history(owner: Owner, browser: FlaskClient) -> None:
    number, archive = "2010-F-024589", owner.system.services["archive"]
    texts = (
        "certificate_number",
        "classification",
        "short_name",
        "version",
        "earlier_number",
        "scans",
        "serial_number",
    )
    with archive.uow() as uow:
        row = LegacyRegistration(
            **dict.fromkeys(texts, ""),
            record_id=registration_record(number),
            import_id="imp-1",
            row_number=1,
            number=number,
            kind="work",
            category="F",
            title="荷塘月色图",
            authors="王伟",
            owners="王伟",
            registered_on=date(2010, 5, 4),
            login="wangwei",
            note="",
        )
        uow.session.add(row)
        said_at = datetime(2026, 11, 1, tzinfo=UTC)
        filer = {"record_id": "leg-wangwei", "login": "wangwei", "account_id": owner.ids["account_id"]}
        uow.session.add(LegacyFiler(**filer, said_at=said_at))
    page = "/account/history/old"
    file(owner, browser, "reissue", 5_000, number, page, reissue_reason="damaged", reissue_statement="纸质证书受潮")
    [new] = [one for one in owner.get("/certificates")["items"] if one["registration_number"] == number]
    assert (new["edition"], new["status"], new["registered_on"]) == (2, "valid", "2010-05-04")
    told = owner.system.client().get(f"/query?number={number}").text
    assert "登记有效" in told
    assert "荷塘月色图" in told
    assert owner.get("/gazette")["items"] == []
