"""变更或补充 on the pages: from a registered case to the proof, and what anybody is told afterwards."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from chassis.testing import staff_actor
from flask.testing import FlaskClient
from materials.testing.sample_files import numbered_pdf
from pypdf import PdfReader
from registry_infra.demo.people import new_applicant

from tests.author import TITLE, Author
from tests.one_process import System
from tests.pages.test_agreements import post, sign_in

pytestmark = pytest.mark.requirement("F-01")
START = "/registration/procedures/work_change"
RENAMED = "别人不能看的书（修订名）"


class Owner(Author):
    """Signed up, verified, with one registered work. ``examined``: the page of the case that was decided last;
    ``asked``: what the examiner was asked before."""

    examined = asked = ""

    @classmethod
    def registered(cls, system: System) -> Owner:
        owner = cls(system, new_applicant(), system.client(), {})
        owner.sign_up()
        owner.verify()
        owner.register()
        return owner

    def _hurry(self, case: str) -> None:
        """Nobody is in a hurry here."""

    def finish(self, case: str, amount: int = 15_000) -> None:
        order = self.get(f"/applications/{case}/order")
        assert order["amount"] == amount
        begun = self.post(f"/orders/{order['order_id']}/payments", {"method": "bank"})
        self._transfer(begun["payment_id"], order["amount"])
        self.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
        examiner = self.system.client(self.system.token(staff_actor("examiner", id="acc-examiner")))
        self.examined = examiner.get(f"/staff/examinations/{case}").text
        self.asked = examiner.post(f"/staff/examinations/{case}/decision", data={"decision": "approve"}).text
        self.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "approve"})
        self.system.settle()
        self.system.insist(self.system.services["archive"].run_worker)
        self.system.settle()

    def prove(self, case: str, role: str) -> None:
        upload = self.upload(numbered_pdf(1), "证明.pdf", "proof")
        self.post(f"/applications/{case}/materials", {"role": role, "upload_id": upload})
        self.system.insist(self._finish_checks)


@pytest.fixture(scope="module")
def owner(system: System) -> Owner:
    return Owner.registered(system)


@pytest.fixture(scope="module")
def browser(owner: Owner) -> FlaskClient:
    return sign_in(owner)[0]


def step(browser: FlaskClient, case: str, **entry: Any) -> Any:
    """Saves the page of what is to be changed."""
    return step_of(browser, case, "change", **entry)


def step_of(browser: FlaskClient, case: str, name: str, **entry: Any) -> Any:
    """Saves a page of a form, with what it carries along."""
    path = f"/registration/applications/{case}/{name}"
    page = browser.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return browser.post(path, data=hidden | entry)


def test_a_change_goes_from_the_registered_case_to_its_proof(owner: Owner, browser: FlaskClient) -> None:
    number = owner.ids["registration_number"]
    start = f"{START}?number={number}"
    for page in (f"/account/applications/{owner.ids['application_id']}", "/account/certificates"):
        assert START in browser.get(page).text, page
    assert START in browser.get("/registration").text
    assert number in browser.get(start).text
    begun = post(browser, START, start, number=number)
    assert begun.status_code == 303
    case = begun.headers["Location"].rsplit("/", 1)[1]
    assert post(browser, START, start, number=number).headers["Location"] == begun.headers["Location"]
    page = browser.get(f"/registration/applications/{case}/change").text
    assert page.count(TITLE) >= 2, "what the register says stands above, and beside the field"
    assert "add_owners" not in page
    assert step(browser, case, change_items=["title", "rights"], title=RENAMED).headers["Location"].count("check=saved")
    saved = step(browser, case, change_items=["title"], title=RENAMED, change_reason="书名改了")
    assert saved.headers["Location"].endswith("/materials")
    check = browser.get(f"/registration/applications/{case}/check").text
    assert f"{TITLE} → {RENAMED}" in check
    assert post(browser, f"/registration/applications/{case}/declaration", check_of(case)).status_code == 303
    filed = owner.post(f"/applications/{case}/submission", {"otp": owner.code("sign")})
    owner.system.settle()
    refused = post(browser, START, start, number=number)
    assert (refused.status_code, filed["serial_number"] in refused.text) == (409, True)
    documents = {one["kind"]: one for one in owner.get(f"/applications/{case}/documents")["items"]}
    assert {"register_extract", "certificate_copy", "application_form"} <= set(documents)
    printed = owner.me.get(f"/api/v1/documents/{documents['application_form']['document_id']}")
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(printed.data)).pages).replace("\n", "")
    assert f"{TITLE} → {RENAMED}" in text
    owner.finish(case)
    assert f"{TITLE} → {RENAMED}" in owner.examined, "before and after stand on the examiner's page"
    proof = next(one for one in owner.get("/certificates")["items"] if one["paper"] == "change_proof")
    assert (proof["registration_number"], proof["number"]) == (number, "作登变补字第00000001号")
    shown = browser.get(f"/account/applications/{case}").text
    assert "下载证明" in shown
    for place in (f"/verify/{number}", f"/verify/{proof['number']}", f"/query?number={number}"):
        told = owner.system.client().get(place).text
        assert TITLE in told, place
        assert f"<strong>{RENAMED}</strong>" in told, place
        assert proof["number"] in told, place


def test_a_list_says_once_that_a_case_is_done_and_no_page_has_a_heading_for_files_that_are_not_there(
    owner: Owner, browser: FlaskClient
) -> None:
    rows = re.findall(r'<a class="case-row".*?</a>', browser.get("/account/applications").text, re.DOTALL)
    assert max(row.count("已办结") for row in rows) == 1
    with_files = {case: bool(owner.get(f"/applications/{case}")["materials"]) for case in cases_in(rows)}
    assert set(with_files.values()) == {True, False}
    for case, any_files in with_files.items():
        for place in (f"/account/applications/{case}", f"/account/dossiers/{case}"):
            assert ("提交的材料</h2>" in browser.get(place).text) == any_files, place


def cases_in(rows: list[str]) -> list[str]:
    return [found[1] for row in rows if (found := re.search(r'href="/account/applications/([^"]+)"', row))]


def check_of(case: str) -> str:
    return f"/registration/applications/{case}/check"


def test_a_name_and_a_publication_are_changed_by_a_program(owner: Owner) -> None:
    number = owner.ids["registration_number"]
    asked = {"type": "work_change", "registration_number": number}
    whole = {"change_items": ["owners", "publication"], "owners": [{"name": "王小明明"}], "name_reason": "renamed"}
    whole |= {"publication_date": "2026-06-01", "publication_place": {"country": "中国", "city": "北京"}}
    case = owner.post("/applications", asked | {"form": whole | {"change_reason": "改名"}})["application_id"]
    refused = owner.me.post(f"/api/v1/applications/{case}/declaration", json={}).get_json()
    assert {error["field"] for error in refused["errors"]} == {
        "materials.name_change_proof",
        "materials.publication_proof",
    }
    for role in ("name_change_proof", "publication_proof"):
        owner.prove(case, role)
    owner.post(f"/applications/{case}/declaration")
    owner.post(f"/applications/{case}/submission", {"otp": owner.code("sign")})
    owner.system.settle()
    owner.finish(case)
    told = owner.get(f"/certificates/{number}")
    assert told["publication_date"] == "2026-06-01"
    assert [item["field"] for item in told["changes"][-1]["items"]] == ["owners", "publication_date"]


def test_what_is_not_ones_own_and_what_is_no_number_is_refused_at_the_field(owner: Owner) -> None:
    other = Owner(owner.system, new_applicant(), owner.system.client(), {})
    other.sign_up()
    other.verify()
    browser = sign_in(other)[0]
    for number in (owner.ids["registration_number"], "", "<b>"):
        refused = post(browser, START, START, number=number)
        assert refused.status_code in (403, 404, 422), number
        assert "field-number" in refused.text
        assert ("不是这个账号的登记" in refused.text) == (number.startswith("国作登字"))
        assert owner.who.name not in refused.text
    assert browser.get("/registration/procedures/work_registration").status_code == 404
    asked = {"type": "work_change", "registration_number": owner.ids["registration_number"]}
    answer = other.me.post("/api/v1/applications", json=asked)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "registration_not_yours")
    without = other.me.post("/api/v1/applications", json={"type": "work_change"})
    assert without.get_json()["code"] == "extract_required"
    for body in ({}, {"kind": "work", "type": "work_change"}):
        assert other.me.post("/api/v1/applications", json=body).status_code == 422
