"""合同登记、质权登记与注销 on the pages: from the registered case to the certificate, which both parties see."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from archive.register.handlers import Source, write_down
from archive.register.records import Record, fold
from archive.register.store import lock_entry, records_of
from chassis.testing import staff_actor
from flask.testing import FlaskClient
from registry_infra.demo.people import new_applicant

from tests.one_process import System
from tests.pages.test_agreements import post, sign_in
from tests.pages.test_changes import Owner

pytestmark = pytest.mark.requirement("F-01")
CONTRACT = {"contract_number": "合2026-7", "contract_date": "2026-10-20", "price": "88888"}


class Dealer(Owner):
    """An owner who files contracts; what each costs."""

    fee = 30_000

    def be_claimed(self, case: str) -> None:
        """Paid, and with an examiner."""
        if self.fee:
            order = self.get(f"/applications/{case}/order")
            assert order["amount"] == self.fee
            begun = self.post(f"/orders/{order['order_id']}/payments", {"method": "bank"})
            self._transfer(begun["payment_id"], order["amount"])
        self.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})

    def finish(self, case: str) -> None:
        self.be_claimed(case)
        self.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "approve"})
        self.system.settle()
        self.system.insist(self.system.services["archive"].run_worker)
        self.system.settle()

    def deal(self, filing_type: str, number: str, form: dict[str, Any], roles: tuple[str, ...] = ("contract",)) -> str:
        """By a program: from the draft to the certificate; returns the case."""
        case = self.file(filing_type, number, form, roles)
        self.finish(case)
        return case

    def file(self, filing_type: str, number: str, form: dict[str, Any], roles: tuple[str, ...] = ("contract",)) -> str:
        """By a program: from the draft to the signed filing; returns the case."""
        asked = {"type": filing_type, "registration_number": number, "form": form}
        case: str = self.post("/applications", asked)["application_id"]
        for role in roles:
            self.prove(case, role)
        self.post(f"/applications/{case}/declaration")
        self.post(f"/applications/{case}/submission", {"otp": self.code("sign")})
        self.system.settle()
        return case

    def party(self) -> dict[str, str]:
        """As contracts name them."""
        person = {"kind": "natural_person", "id_type": "resident_id"}
        return person | {"name": self.who.name, "masked_id_number": self.who.id_number}


@pytest.fixture(scope="module")
def owner(system: System) -> Dealer:
    dealer = Dealer(system, new_applicant(), system.client(), {})
    dealer.sign_up()
    dealer.verify()
    dealer.register()
    return dealer


@pytest.fixture(scope="module")
def assignee(system: System) -> Dealer:
    dealer = Dealer(system, new_applicant(), system.client(), {})
    dealer.sign_up()
    dealer.verify()
    return dealer


def checked(owner: Dealer, paper: dict[str, Any]) -> str:
    """What anybody sees who uploads the file of a paper."""
    pdf = owner.me.get(f"/api/v1/documents/{paper['document']['document_id']}").data
    buyer = owner.system.client(cookies=True)
    held = {"certificate_file": (BytesIO(pdf), "证书.pdf")}
    return str(post(buyer, "/certificate-check", "/certificate-check", **held).text)


def step(browser: FlaskClient, path: str, **entry: Any) -> Any:
    page = browser.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return browser.post(path, data=hidden | entry)


def test_an_assignment_on_the_pages_is_seen_by_both_parties(owner: Dealer, assignee: Dealer) -> None:
    number, browser = owner.ids["registration_number"], sign_in(owner)[0]
    start = f"/registration/procedures/work_assignment?number={number}"
    listed = browser.get("/account/certificates").text
    assert "/registration/procedures/work_assignment" in listed
    assert "/registration/procedures/work_release" not in listed, "of a pledge that there is none of"
    page = browser.get(start).text
    for words in (number, "作品著作权转让合同登记", "¥300.00", "由权利人办理", "权利已经全部转让"):
        assert words in page, words
    begun = post(browser, "/registration/procedures/work_assignment", start, number=number)
    case = begun.headers["Location"].rsplit("/", 1)[1]
    path = f"/registration/applications/{case}/dealing"
    page = browser.get(path).text
    assert "署名权" in page, "told, and closed"
    for shown in (f"/registration/applications/{case}", path, f"/registration/applications/{case}/check"):
        head = browser.get(shown).text.partition('class="case-kind"')[2].partition("</p>")[0]
        assert ("作品著作权转让合同登记" in head, number in head) == (True, True), shown
    party = {f"grantees.0.{name}": value for name, value in assignee.party().items()}
    part = {"rights_scope": "partial", "rights": ["reproduction", "attribution"]}
    term = {"term": "permanent", "term_begins": "2026-11-01", "territory.extent": "world"}
    refused = step(browser, path, **party, **part, **term, **CONTRACT)
    assert "署名权" in browser.get(refused.headers["Location"]).text
    saved = step(browser, path, **party, rights_scope="all", **term, **CONTRACT)
    assert saved.headers["Location"].endswith("/materials")
    owner.prove(case, "contract")
    check = browser.get(f"/registration/applications/{case}/check").text
    assert assignee.who.name in check
    assert assignee.who.id_number not in check, "of the number its ends alone"
    shown = f"/registration/applications/{case}/check"
    assert post(browser, f"/registration/applications/{case}/declaration", shown).status_code == 303
    owner.post(f"/applications/{case}/submission", {"otp": owner.code("sign")})
    owner.system.settle()
    owner.finish(case)

    [proof] = [one for one in owner.get("/certificates")["items"] if one["paper"] == "dealing_proof"]
    [theirs] = assignee.get("/certificates")["items"]
    assert (theirs["number"], theirs["filed"], theirs["act"]) == (proof["number"], False, "assigned")
    document = theirs["document"]["document_id"]
    assert assignee.me.get(f"/api/v1/documents/{document}").data.startswith(b"%PDF")
    page = sign_in(assignee)[0].get("/account/certificates").text
    for words in ("转让合同登记证书", "您是登记的另一方", "/registration/procedures/work_pledge"):
        assert words in page, words
    assert f"/account/applications/{case}" not in page
    for place in (f"/verify/{number}", f"/verify/{proof['number']}"):
        told = owner.system.client().get(place).text
        for words in ("受让方", "全世界", "复制权", proof["number"]):
            assert words in told, (place, words)
        for hidden in ("88888", "合2026-7", assignee.who.name, assignee.who.id_number[-4:]):
            assert hidden not in told, hidden
    [issued] = [one for one in owner.get("/certificates")["items"] if one["paper"] == "certificate"]
    told = checked(owner, issued)
    for words in ("这是签发的证书", "谁享有哪些权利见下面的记录", "受让方", "全世界", proof["number"]):
        assert words in told, words
    refused = post(browser, "/registration/procedures/work_assignment", start, number=number)
    assert (refused.status_code, "已经全部转让" in refused.text) == (409, True)


def test_what_the_assignee_holds_is_pledged_and_released(owner: Dealer, assignee: Dealer) -> None:
    number = owner.ids["registration_number"]
    claim = {"claim_amount": "1200000", "claim_begins": "2026-11-01", "claim_ends": "2027-10-31"}
    pledge = {**CONTRACT, "contract_number": "质2026-1", "grantees": [owner.party()], **claim}
    assignee.fee = 10_000
    assignee.deal("work_pledge", number, pledge, ("contract", "main_contract"))
    told = owner.system.client().get(f"/api/v1/certificates/{number}").get_json()
    assert [(one["act"], one["in_force"]) for one in told["dealings"]] == [("assigned", True), ("pledged", True)]
    assert "1200000" not in str(told)
    release = "/registration/procedures/work_release"
    assert release in sign_in(owner)[0].get("/account/certificates").text, "offered to the pledgee"
    assert release not in sign_in(assignee)[0].get("/account/certificates").text, "and to nobody else"
    page = owner.system.client().get(release).text
    for words in ("由质权人办理", "没有质权，或者质权已经注销"):
        assert words in page, words
    abroad = owner.system.client(cookies=True)
    abroad.set_cookie("lang", "en")
    assert "The pledgee files this" in abroad.get(release).text
    licence = {**CONTRACT, "contract_number": "许2026-1", "term_begins": "2026-12-01", "term_ends": "2027-11-30"}
    licence |= {"grantees": [owner.party()]}
    asked = {"type": "work_licence", "registration_number": number, "form": licence}
    case = assignee.post("/applications", asked)["application_id"]
    assignee.prove(case, "contract")
    refused = assignee.me.post(f"/api/v1/applications/{case}/declaration", json={}).get_json()
    assert [error["field"] for error in refused["errors"]] == ["materials.pledgee_consent"]

    owner.fee = 0
    release = owner.deal("work_release", number, {"release_reason": "paid"}, ("release_statement",))
    _says_that_it_is_free(owner, release)
    told = owner.system.client().get(f"/api/v1/certificates/{number}").get_json()
    assert [one["in_force"] for one in told["dealings"]] == [True, False]
    papers = {one["act"]: one for one in owner.get("/certificates")["items"] if one["paper"] == "dealing_proof"}
    assert (papers["pledged"]["status"], papers["released"]["status"]) == ("ended", "valid")
    assert "已终止" in sign_in(owner)[0].get("/account/certificates").text
    for act, words in (
        ("pledged", "这是签发的质权登记证书，但已不再有效"),
        ("released", "这是签发的质权注销登记证明，登记有效"),
    ):
        shown = checked(owner, papers[act])
        assert words in shown, act
        assert ("作品上不再有这项质权" in shown) is (act == "pledged")
    browser = sign_in(assignee)[0]
    page = f"/registration/applications/{case}/check"
    said = post(browser, f"/registration/applications/{case}/declaration", page).text
    summary = said[said.index('id="error-summary"') :].partition("</div>")[0]
    assert "登记簿的内容有了变化" in summary, "what happened is said, and not that 0 places are wrong"
    assert "登记簿里改变了的：" in summary
    assert "0 处" not in said
    assert assignee.post(f"/applications/{case}/declaration")["document_id"]
    assignee.post(f"/applications/{case}/submission", {"otp": assignee.code("sign")})
    assignee.system.settle()
    assignee.fee = 30_000
    assignee.finish(case)
    told = owner.system.client().get(f"/api/v1/certificates/{number}").get_json()
    assert told["dealings"][-1]["act"] == "licensed"
    _ends_before_its_term(owner, assignee, number)


def _ends_before_its_term(owner: Dealer, assignee: Dealer, number: str) -> None:
    """The licensee has the licence terminated, and nobody else; everybody is told so."""
    termination = "/registration/procedures/work_termination"
    assert termination in sign_in(owner)[0].get("/account/certificates").text, "offered to the licensee"
    assert termination not in sign_in(assignee)[0].get("/account/certificates").text, "and to nobody else"
    page = owner.system.client().get(termination).text
    for words in ("由被许可人办理", "没有专有许可，或者已经终止"):
        assert words in page, words
    owner.fee = 0
    owner.deal("work_termination", number, {"termination_reason": "agreed"}, ("termination_statement",))
    told = owner.system.client().get(f"/api/v1/certificates/{number}").get_json()
    assert [one["in_force"] for one in told["dealings"]] == [True, False, False]
    shown = owner.system.client().get(f"/verify/{number}").text
    for words in ("已终止", "（提前终止）"):
        assert words in shown, words
    papers = {one["act"]: one for one in owner.get("/certificates")["items"] if one["paper"] == "dealing_proof"}
    assert (papers["licensed"]["status"], papers["terminated"]["status"]) == ("ended", "valid")
    for act, words in (("licensed", "提前终止。"), ("terminated", "这是签发的专有许可终止登记证明，登记有效")):
        assert words in checked(owner, papers[act]), act
    heard = sign_in(assignee)[0].get("/account/messages").text
    assert "专有许可已终止" in heard


def _says_that_it_is_free(owner: Dealer, case: str) -> None:
    """The release of a pledge costs nothing, and nothing is said of a payment."""
    browser = sign_in(owner)[0]
    pages = (
        f"/registration/applications/{case}/submitted",
        f"/account/applications/{case}",
        f"/account/applications/{case}/payment",
    )
    for language, free, never in (
        ("zh", "这项业务不收费", ("去缴费", "已缴费", "缴费时间", "缴费成功", "缴费后", "0.00")),
        ("en", "This is free of charge", ("Paid", "of payment", "0.00")),
    ):
        browser.set_cookie("lang", language)
        for page in pages:
            told = re.sub(r"<[^>]+>", " ", browser.get(page).text.partition("<main")[2])
            assert free in told, (page, language)
            assert [words for words in never if words in told] == [], (page, language)
    said = [one for one in owner.get("/messages")["items"] if one["application_id"] == case]
    assert "不收费" in " ".join(one["body"] for one in said)
    assert not any("¥" in one["subject"] + one["body"] for one in said)


def test_an_examiner_sees_what_was_recorded_since(owner: Dealer, assignee: Dealer) -> None:
    """While an assignment is examined nothing else is filed about the registration, but the office puts an error
    right."""
    number = owner.ids["registration_number"]
    form = {**CONTRACT, "contract_number": "转2026-2", "grantees": [owner.party()], "term_begins": "2026-11-02"}
    case = assignee.file("work_assignment", number, form)
    another = assignee.me.post("/api/v1/applications", json={"type": "work_pledge", "registration_number": number})
    assert another.get_json()["code"] == "change_under_way"
    assignee.be_claimed(case)
    with assignee.system.services["archive"].uow() as uow:
        entry, earlier = lock_entry(uow.session, number), records_of(uow.session, number)
        now = fold(earlier).particulars.owners[0]
        states = {"owners": [now.model_copy(update={"name": "更正以后的名字"}).model_dump(mode="json")]}
        corrected = Record(len(earlier) + 1, "corrected", uow.today(), states, ground="clerical_error")
        write_down(entry, earlier, corrected, Source(uow.now(), "acc-archivist"), uow)
    senior = assignee.system.client(assignee.system.token(staff_actor("senior_examiner", id="acc-senior")))
    page = senior.get(f"/staff/office-acts/new?number={number}").text
    for words in ("这项登记还有案件没有办结", "作品著作权转让合同登记"):
        assert words in page, words
    examiner = assignee.system.client(assignee.system.token(staff_actor("examiner", id="acc-examiner")))
    here = f"/staff/examinations/{case}"
    page = examiner.get(here).text
    for words in ("登记簿的核对", f"申请时：{now.name}", "现在：更正以后的名字", "现在不能准予"):
        assert words in page, words
    assert "登记簿现在的内容</" not in page, "what was filed is not what holds"
    assert "居民身份证" in page
    assert " · resident_id" not in page, "codes are told in words"
    assert " · 起 2026年11月1日" in page, "a day among others says of what it is"
    assert re.search(r'value="approve" disabled', page)
    refused = examiner.post(f"{here}/decision", data={"decision": "approve"})
    assert (refused.status_code, "确认准予转让合同登记" in refused.text) == (409, False)
    marks = dict(
        re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)</option>', page.partition('name="defect_target"')[2])
    )
    assert "contract_number" in marks
    assert not any(target.startswith("on_register") for target in marks), "nobody who files could answer that"
    decided = examiner.post(f"/api/v1/staff/examinations/{case}/decision", json={"decision": "approve"})
    assert (decided.status_code, decided.get_json()["code"]) == (409, "register_conflict")
    assert [error["code"] for error in decided.get_json()["errors"]] == ["register_says_otherwise"]
    defect = {"target": "on_register.owners", "message": "著作权人不对"}
    asked = {"decision": "correct", "defects": [defect]}
    assert examiner.post(f"/api/v1{here}/decision", json=asked).get_json()["code"] == "defect_target_unknown"
    asked = {"decision": "correct", "defects": [{"target": "contract_number", "message": "与合同不一致"}]}
    assert examiner.post(f"/api/v1{here}/decision", json=asked).status_code == 200
    page = sign_in(assignee)[0].get(f"/account/applications/{case}/correction").text
    for words in ("登记簿在您申请之后有改动", "现在：更正以后的名字"):
        assert words in page, words


def test_the_pledgee_is_named_to_who_records_an_assignment_of_what_is_pledged(system: System, assignee: Dealer) -> None:
    """On top of the case and again before it is recorded, with the consent beside it."""
    owner = Dealer(system, new_applicant(), system.client(), {})
    owner.sign_up()
    owner.verify()
    owner.register()
    number = owner.ids["registration_number"]
    claim = {"claim_amount": "1200000", "claim_begins": "2026-11-01", "claim_ends": "2027-10-31"}
    pledge = {**CONTRACT, "contract_number": "质2026-9", "grantees": [assignee.party()], **claim}
    owner.fee = 10_000
    owner.deal("work_pledge", number, pledge, ("contract", "main_contract"))
    buyer = {"kind": "natural_person", "id_type": "passport", "name": "受让人甲", "masked_id_number": "E12345678"}
    form = {**CONTRACT, "contract_number": "转2026-9", "grantees": [buyer], "term_begins": "2026-11-02"}
    case = owner.file("work_assignment", number, form, ("contract", "pledgee_consent"))
    owner.fee = 30_000
    owner.be_claimed(case)
    pledged = owner.system.client().get(f"/api/v1/certificates/{number}").get_json()["dealings"][0]["number"]
    examiner = system.client(system.token(staff_actor("examiner", id="acc-examiner")))
    here = f"/staff/examinations/{case}"
    for page in (examiner.get(here).text, examiner.post(f"{here}/decision", data={"decision": "approve"}).text):
        banner = page.partition("权利已经出质")[2].partition("</ul>")
        for words in (assignee.who.name, pledged, "登记的全部财产权"):
            assert words in banner[0], words
        assert f"{here}?view=" in banner[2].partition("</div>")[0], "the consent beside the name"
        for words in (number, "受让人甲", owner.who.name):
            assert words in page.partition("<main")[2], words
    assert "确认准予转让合同登记" in page
    assert "登记的权利人" in page
