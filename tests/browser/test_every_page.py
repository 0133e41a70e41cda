"""Every page there is, as everybody who may see it sees it: accessible by WCAG 2.2 AA, and whole at any width."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from gateway.guides import GUIDES
from materials.testing.sample_files import encrypted_pdf, gps_jpeg, numbered_pdf, zip_of
from playwright.sync_api import expect
from registry_infra.demo.people import new_applicant
from registry_infra.portal import Portal, newest_code, wait_for
from registry_infra.testing import Stack

from tests.batch_sheets import picture, proof, work
from tests.browser.cases import sign_in
from tests.browser.filing import agree
from tests.browser.visit import Visit
from tests.browser.walk import Walk
from tests.journeys.people import Person
from tests.journeys.test_batch import Batch
from tests.journeys.test_organisation import NAME as COMPANY
from tests.journeys.test_organisation import Organisation
from tests.legacy.running import import_some
from tests.lives import ONE_WORD, Lives
from tests.staff import Staff
from tests.structure.crawl import page_routes

pytestmark = [pytest.mark.stack, pytest.mark.browser]

STEPS = ("work", "creation", "ownership", "description", "contact", "materials", "check")
PROGRAM_STEPS = ("software", "development", "rights", "deposit", "builder", "technical", "materials", "check")
NO_PAGES = {
    **dict.fromkeys(
        (
            *("/legacy", "/legacy/sign-in", "/legacy/query", "/legacy/cases", "/legacy/cases/<case_id>"),
            *("/legacy/cases/<case_id>/payment", "/staff/old-cases/<case_id>"),
        ),
        "plain, or of an old case: tests/security/test_old_entry.py looks at them",
    ),
    "/legacy/cases/<case_id>/files/<file_id>": "a file",
    "/legacy/cases/<case_id>/payment/<payment_id>/code.png": "a picture",
    "/legacy/documents/<document_id>": "a file",
    "/account/history/old/<record_id>/<file_id>": "a file",
    "/account/history/old/undo/<link_id>": "of an old account: tests/pages/test_old_account_joins.py looks at it",
    "/staff/old-cases/<case_id>/files/<file_id>": "a file",
    "/staff/imports/<import_id>/rejects.csv": "a file",
    "/account/applications/<application_id>/expedite/evidence/<evidence_id>": "a file",
    "/staff/expedites/<expedite_id>/evidence/<evidence_id>": "a file",
    "/account/office-acts/<act_id>/files/<act_file_id>": "a file",
    "/staff/office-acts/<act_id>/files/<act_file_id>": "a file",
    "/staff/office-acts/<act_id>/documents/<document_id>": "a file",
    "/healthz": "for programs",
    "/readyz": "for programs",
    "/tools": "leads on to the pre-check",
    "/verify/": "the same page as /query",
    "/account/certificates/<document_id>/english": "test_software_journey.py looks at it",
    "/account/applications/<application_id>/correction/deposit": "test_software_journey.py looks at it",
    "/staff/examinations/<application_id>/corrections/<correction_id>/<material_id>": "test_software_journey.py looks",
    "/account/documents/<document_id>": "a file",
    "/account/dossiers/<application_id>/package.zip": "a file",
    "/staff/lookups/cases/<application_id>/documents/<document_id>": "a file",
    "/staff/lookups/cases/<application_id>/materials/<material_id>": "a file",
    "/guides/templates/<name>.pdf": "a file",
    "/staff/mailing/batches/<batch_id>": "tests/browser/test_mailing.py looks at it",
    "/staff/mailing/batches/<batch_id>/<part>.pdf": "a file",
    "/staff/mailing/certificates/<document_id>.pdf": "a file",
    "/staff/seals/<application_id>/materials/<material_id>": "a file",
    "/gazette.atom": "for programs",
    "/gazette/<day>.atom": "for programs",
    "/gazette/<day>/<int:volume>.pdf": "a file",
    "/registration/applications/<application_id>/templates/<name>.pdf": "a file",
    "/account/applications/<application_id>/materials/<material_id>/file": "a file",
    "/staff/examinations/<application_id>/documents/<document_id>": "a file",
    "/staff/examinations/<application_id>/materials/<material_id>": "a file",
    "/account/verification/photos/<document>": "a picture",
    "/account/organisation": "of an organisation: tests/pages/test_holding.py looks at it",
    "/account/organisation/seal": "a picture",
    "/account/organisation/seal/asked": "a picture",
    "/staff/verifications/<verification_id>/images/<document>": "a file",
    "/staff/recoveries/<recovery_id>/pictures/<picture>": "a file",
    "/account/applications/<application_id>/payment/invoice.json": "a file",
    "/account/applications/<application_id>/payment/invoice.xml": "a file",
    "/staff/books/trial-balance.csv": "a file",
    "/staff/reconciliations/<method>/<day>.csv": "a file",
    "/staff/refunds/files/<file_id>.xml": "a file",
    "/staff/orders/<order_id>/receipt.pdf": "a file",
    "/staff/orders/<order_id>/invoice.xml": "a file",
    "/account/batches/templates/<type>.xlsx": "a file",
    "/account/batches/<batch_id>/sheet.xlsx": "a file",
    "/account/batches/<batch_id>/declaration.pdf": "a file",
    "/account/batches/<batch_id>/numbers.csv": "a file",
    "/account/batches/<batch_id>/papers.pdf": "a file",
    "/staff/refunds/files/<file_id>": "of remittances, which nobody can send here",
}


@pytest.mark.requirement("W-01")
@pytest.mark.requirement("W-04")
def test_every_page_is_accessible_and_fits(
    open_window: Callable[..., Visit], stack: Stack, visitor: Portal, staff: Staff, lives: Lives, tmp_path: Path
) -> None:
    def walk(name: str, person: Person | None = None) -> Walk:
        walks.append(Walk(open_window, name))
        if person:
            sign_in_as(walks[-1], person)
        return walks[-1]

    walks: list[Walk] = []
    somebody = walk("visitor")
    public_pages(somebody, tmp_path)
    tools(somebody, tmp_path)
    queries(somebody, lives)
    newcomer = Person(visitor, staff).sign_up()
    being_verified(walk("newcomer", newcomer), walk("reviewer"), newcomer, stack)
    applicant, examiner = walk("applicant", lives.person), walk("examiner")
    sign_in(examiner.desk.page, stack.url, "examiner1")
    examiner.share_sign_in()
    wizard(applicant, lives)
    where_cases_stand(applicant, examiner, lives)
    until_refused(applicant, examiner, lives.person)
    senior = walk("senior")
    hurried(applicant, senior, lives.person, stack)
    acted_upon(applicant, senior, lives.person, lives.person.case(lives.registered)["registration_number"])
    other_staff(walk("staff"), stack, lives)
    administrator = walk("administrator")
    imports(administrator, stack, import_some(stack, tmp_path, 700_001))
    colleagues(administrator)
    service = walk("service")
    recoveries(service, visitor, stack)
    lookups(service, lives)
    cashiers(walk("cashier"), stack, staff, lives)
    company = Organisation(visitor, staff)
    company.sign_up().verify()
    in_batches(walk("organisation", company), walk("adviser"), company, stack)
    the_day_after(walk("reader"), stack)
    complaints = [complaint for each in walks for complaint in each.complaints]
    assert not complaints, "\n".join(complaints)
    assert page_routes() - set(NO_PAGES) - set().union(*(each.seen for each in walks)) == set()


def sign_in_as(walk: Walk, person: Person) -> None:
    walk.desk.sign_in(person.who)
    walk.share_sign_in()


def public_pages(walk: Walk, folder: Path) -> None:
    walk.past(
        "/",
        "/registration",
        "/registration/work",
        "/registration/software",
        "/registration/procedures/work_change",
        "/registration/procedures/work_reissue",
        "/registration/procedures/work_cancellation",
        "/registration/procedures/work_assignment",
        "/query",
        "/statistics",
        "/register",
        "/register?q=a",
        "/guides/fees/calculator",
        "/guides/fees/calculator?what=A&word_count=x",
        "/gazette",
        "/certificate-check",
    )
    walk.past("/guides", *(f"/guides/{guide.name}" for guide in GUIDES), "/guides/works/H", "/nothing")
    walk.past("/recovery", "/recovery/request", "/recovery/progress", "/recovery/objection", "/recovery/old-account")
    walk.past(
        "/api/docs",
        "/api/docs/problems",
        "/api/docs/reference",
        "/sign-in",
        "/sign-in?with=code",
        "/sign-in?next=/staff",
    )
    walk.after(call_opened)
    walk.past("/notices/privacy", "/notices/terms", "/notices/face")
    walk.past("/sign-up", "/sign-up/organisation")
    walk.after(wrong_sign_up)
    walk.after(sign_up_until_the_code)
    not_ours = folder / "not-ours.pdf"
    not_ours.write_bytes(numbered_pdf(1))
    walk.after(lambda window: check_file(window, not_ours))


def the_day_after(walk: Walk, stack: Stack) -> None:
    """The gazette announces what was registered above once its day is over."""
    visitor = Portal(stack.url)
    day = visitor.get("/tariff")["on"]
    visitor.post("/sandbox/clock/advance", {"days": 2})
    wait_for("the issue", lambda: [issue for issue in visitor.get("/gazette")["items"] if issue["day"] == day] or None)
    walk.past("/gazette", f"/gazette/{day}", f"/gazette/{day}?category=B&act=registered")


def call_opened(window: Visit) -> None:
    """The reference with all that it says of one call."""
    window.go("/api/docs/reference")
    expect(window.page.locator("[data-document][aria-busy]")).to_have_count(0)
    window.page.locator("#operations-tag-verifications").click()
    window.page.locator(".opblock-post .opblock-summary-control").first.click()
    expect(window.page.locator(".responses-table").first).to_be_visible()


def wrong_sign_up(window: Visit) -> None:
    window.go("/sign-up/person")
    for field, text in (("name", "林小雨"), ("id_number", "110105199001011237"), ("mobile", "139"), ("password", "a")):
        window.fill(field, text)
    agree(window)
    window.send()
    expect(window.page.locator("#error-summary")).to_be_visible()


def sign_up_until_the_code(window: Visit) -> None:
    somebody = new_applicant()
    window.go("/sign-up/person")
    for field in ("name", "id_number", "mobile", "password"):
        window.fill(field, getattr(somebody, field))
    agree(window)
    window.send()
    window.page.wait_for_url("**/sign-up/code")


def check_file(window: Visit, file: Path) -> None:
    window.go("/certificate-check")
    window.upload("certificate", file)
    expect(window.page.locator('.upload-item[data-state="done"]')).to_have_count(1)
    window.send()
    expect(window.page.locator(".verdict")).to_be_visible()


def tools(walk: Walk, folder: Path) -> None:
    """The pre-check of files that can be repaired, a repair, and a deposit that is made."""
    walk.past("/tools/precheck", "/tools/precheck?profile=source_code", "/tools/deposit")
    taken, locked, source = folder / "长江.jpg", folder / "locked.pdf", folder / "library.zip"
    taken.write_bytes(gps_jpeg())
    locked.write_bytes(encrypted_pdf("secret"))
    lines = "\n".join(f"shelf_{line} = {line}" for line in range(3600))
    source.write_bytes(zip_of({"library/main.py": lines.encode(), "library/说明.md": "山居图书管理软件".encode()}))
    walk.after(lambda window: checked(window, "text_pdf", locked))
    walk.after(lambda window: checked(window, "photograph", taken))
    walk.after(opened)
    walk.after(repaired)
    walk.after(lambda window: made(window, source))


def checked(window: Visit, profile: str, file: Path) -> None:
    window.go(f"/tools/precheck?profile={profile}")
    window.page.locator("input[name=files_file]").set_input_files(file)
    expect(window.page.locator("article.check-card:has(.tag-good, .tag-attention, .tag-bad)")).to_have_count(1)


def opened(window: Visit) -> None:
    window.page.locator("article.check-card .material-name a").click()
    window.page.wait_for_url("**/checks/*")


def repaired(window: Visit) -> None:
    window.page.locator(".repair-action button").click()
    expect(window.page.locator(".repair-result")).to_be_visible()


def made(window: Visit, source: Path) -> None:
    window.go("/tools/deposit")
    window.fill("title", "山居图书管理软件")
    window.fill("version", "V1.0")
    window.page.locator("input[name=source_file]").set_input_files(source)
    expect(window.page.locator("[data-name=source] .upload-item[data-state=done]")).to_have_count(1)
    window.send()
    expect(window.page.locator(".made-list")).to_be_visible()


def queries(walk: Walk, lives: Lives) -> None:
    """An entry of the register, a case on its way, a number of the old system, one in wrong letters."""
    case = lives.person.case(lives.registered)
    number = case["registration_number"]
    walk.past(f"/verify/{number}", f"/progress/{case['acceptance_number']}")
    walk.past("/query?number=2019Z11L000001", f"/query?number={number.replace('A', 'a')}")


def being_verified(newcomer: Walk, reviewer: Walk, person: Person, stack: Stack) -> None:
    """Somebody new, whose account is empty, sends images that the reviewer refuses."""
    newcomer.past("/account", "/account/verification", "/registration/work")
    for place in (
        "applications",
        "history",
        "history/old",
        "certificates",
        "dossiers",
        "batches",
        "messages",
        "sessions",
        "agreements",
        "settings",
        "data",
        "closing",
        "closing?code=sent",
    ):
        newcomer.past(f"/account/{place}")
    verification = person.send_images()
    person.checked_images(verification)
    newcomer.past("/account", "/account/verification")
    sign_in(reviewer.desk.page, stack.url, "reviewer")
    reviewer.share_sign_in()
    page = f"/staff/verifications/{verification}"
    reviewer.past("/staff", "/staff/verifications", page)
    decision = {"decision": "refuse", "reasons": ["证件照片不清楚，请在光线充足处重新拍摄。"]}
    person.staff("reviewer").post(f"{page}/decision", decision)
    reviewer.past("/staff/verifications?state=refused", page)
    newcomer.past("/account", "/account/verification", "/account/verification?new=1")
    expect(newcomer.desk.page.locator("main")).to_contain_text("上次没有通过的原因")


def wizard(walk: Walk, lives: Lives) -> None:
    """The steps as they are at first, with what is wrong with them, and at the end."""
    person = lives.person
    empty = person.me.post("/applications", {"kind": "work", "form": {"category": "A"}})["application_id"]
    place, ready = f"/registration/applications/{empty}", f"/registration/applications/{lives.draft}"
    walk.past(place, *(f"{place}/{step}" for step in STEPS), *(f"{place}/{step}?check=1" for step in STEPS[:4]))
    person.attach(empty, encrypted_pdf("secret"), "加密的小说.pdf")
    walk.past(f"/account/applications/{empty}/deletion", f"/registration/work/begun?choice=A&draft={empty}")
    precheck = person.case(empty)["materials"][0]["precheck"]["precheck_id"]
    walk.past(f"{place}/materials", f"/tools/precheck/checks/{precheck}/use")
    program = person.me.post("/applications", {"kind": "software"})["application_id"]
    of_program = f"/registration/applications/{program}"
    walk.past(of_program, *(f"{of_program}/{step}" for step in PROGRAM_STEPS), f"{of_program}/technical?check=1")
    walk.past(ready, f"{ready}/materials", f"{ready}/check", f"{ready}/declaration", f"{ready}/declaration?sent=1")


def where_cases_stand(mine: Walk, office: Walk, lives: Lives) -> None:
    to_pay, to_correct, registered = (
        f"/account/applications/{case}" for case in (lives.to_pay, lives.to_correct, lives.registered)
    )
    payment = lives.person.start_payment(lives.to_pay)["payment_id"]
    mine.past(f"/registration/applications/{lives.to_pay}/submitted", to_pay, f"{to_pay}/withdrawal")
    mine.past(f"{to_pay}/payment", f"{to_pay}/payment?pay={payment}", to_correct, f"{to_correct}/correction")
    mine.past("/recovery/cases", "/account/verification?new=1", "/account/closing")
    mine.past(registered, f"{registered}/payment", f"/account/dossiers/{lives.registered}")
    number = lives.person.me.get(f"/applications/{lives.registered}")["registration_number"]
    mine.past(f"/account/certificates/{number}/parcel", f"{registered}/seal")
    for place in (
        "",
        "/verification",
        "/applications",
        "/history",
        "/history/old",
        "/certificates",
        "/dossiers",
        "/messages",
    ):
        mine.past(f"/account{place}")
    office.past(
        "/staff", "/staff/old-cases", *(f"/staff/examinations/{case}" for case in (lives.to_correct, lives.registered))
    )


def until_refused(mine: Walk, office: Walk, person: Person) -> None:
    """A case that waits for its paper, is examined, and is refused by two; and one that is withdrawn."""
    case, withdrawn = (
        person.ready_to_sign(title=f"寄来的诗稿{ONE_WORD}"),
        person.ready_to_sign(pages=2, title="不登记了的书"),
    )
    serial_number = person.submit(case)
    person.pay(case)
    page, examined = f"/account/applications/{case}", f"/staff/examinations/{case}"
    mine.past(page, f"/registration/applications/{case}/submitted")
    office.past("/staff/examinations?queue=awaiting_paper")
    person.staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    office.past("/staff/examinations", examined)
    for number in (0, 1):
        person.staff("examiner", number).post(f"{examined}/claim", {"reason": "由测试领取"})
        office.past(examined)
        reason = {"decision": "refuse", "reason": "与已登记的作品实质相同。"}
        person.staff("examiner", number).post(f"{examined}/decision", reason)
    mine.past(page)
    person.submit(withdrawn)
    person.me.post(f"/applications/{withdrawn}/withdrawal", {"reason": "改变了主意"})
    mine.past(f"/account/applications/{withdrawn}")


def hurried(mine: Walk, senior: Walk, person: Person, stack: Stack) -> None:
    """A case whose applicant asks to hurry it; a senior examiner looks at the request, and refuses without a word."""
    case = person.accepted_with_paper()
    page = f"/account/applications/{case}/expedite"
    mine.past(page)
    asked = {"tier": "days_3", "because": "dispute", "reason": f"开庭在即{ONE_WORD}"}
    asked["evidence"] = [person.me.upload(numbered_pdf(1), "传票.pdf")]
    request = person.me.post(f"/applications/{case}/expedites", asked)["expedite_id"]
    mine.past(page, f"/account/applications/{case}")
    sign_in(senior.desk.page, stack.url, "senior")
    senior.share_sign_in()
    senior.past("/staff", "/staff/expedites", f"/staff/expedites/{request}")


def acted_upon(mine: Walk, senior: Walk, person: Person, number: str) -> None:
    """A registration whose holder reports an error; the office looks at it, and what is proposed then."""
    mine.past(f"/account/office-acts/new?number={quote(number)}")
    report = {"registration_number": number, "report": f"作者的名字写错了{ONE_WORD}"}
    act = person.me.post("/error-reports", report)["act_id"]
    mine.past("/account/office-acts", f"/account/office-acts/{act}")
    mine.past(f"/account/office-acts/objections/new?number={quote(number)}")
    senior.past("/staff/office-acts", f"/staff/office-acts/{act}", "/staff/office-acts/new?number=0")
    senior.past(f"/staff/office-acts/new?number={quote(number)}&report={act}")


def recoveries(walk: Walk, visitor: Portal, stack: Stack) -> None:
    """Somebody asks for an account; customer service looks at it, takes it, and refuses without a reason."""
    mobile = new_applicant().mobile
    visitor.post("/otp", {"mobile": mobile, "purpose": "recover"})
    asked = {"number": ONE_WORD[:59] + "1", "mobile": mobile, "otp": newest_code(visitor, mobile), "note": ONE_WORD}
    receipt = visitor.post("/recoveries", asked)["receipt"]
    sign_in(walk.desk.page, stack.url, "service")
    walk.share_sign_in()
    walk.past("/staff", "/staff/recoveries", "/staff/recoveries?state=done")
    walk.desk.go("/staff/recoveries")
    walk.desk.follow(receipt)
    page = walk.desk.page.url.removeprefix(stack.url)
    walk.past(page)
    walk.desk.press("领取")
    walk.past(page)
    walk.after(refused_without_a_reason)


def lookups(walk: Walk, lives: Lives) -> None:
    """What customer service finds of somebody: all of it, a case, the account; and the question for a purpose."""
    account = lives.person.me.get("/me")["account_id"]
    walk.past("/staff/lookups", f"/staff/lookups?text={account}", "/staff/lookups?purpose=enquiry&text=没有这样的号码")
    walk.past(f"/staff/lookups?purpose=enquiry&text={account}", f"/staff/lookups/accounts/{account}?purpose=enquiry")
    for case in (lives.registered, lives.to_correct):
        walk.past(f"/staff/lookups/cases/{case}?purpose=complaint")
    walk.past("/staff/enquiries", "/staff/enquiries?scope=done", "/staff/enquiries/new")
    walk.past(f"/staff/enquiries/new?subject=account&subject_id={account}")
    walk.after(call_promised)
    walk.past("/staff/enquiries?scope=open")


def call_promised(window: Visit) -> None:
    window.go("/staff/enquiries/new")
    window.fill("text", f"请帮我查一下{ONE_WORD}")
    window.fill("telephone", "13800138000")
    window.fill("call_back_on", window.page.evaluate("new Date(Date.now() + 2592e5).toISOString().slice(0, 10)"))
    window.send()
    expect(window.page.locator("[name=outcome]").first).to_be_visible()


def refused_without_a_reason(window: Visit) -> None:
    window.choose("outcome", "refused")
    window.page.locator("form.decision .btn-main").click()
    expect(window.page.locator("#error-summary")).to_be_visible()


def imports(walk: Walk, stack: Stack, import_id: str) -> None:
    """An import at its end with a sample that is opened, its rejects, and the question before it is undone."""
    sign_in(walk.desk.page, stack.url, "admin")
    walk.share_sign_in()
    page = f"/staff/imports/{import_id}"
    walk.past("/staff/imports", page, f"{page}/rejects", f"{page}/undo")
    walk.after(lambda window: sample_opened(window, page))


def colleagues(walk: Walk) -> None:
    """Staff accounts, and what a newcomer sees; test_office_desks.py looks at the code and what is set up with it."""
    walk.past(
        "/staff/own",
        "/staff/members",
        "/staff/members/new",
        "/staff-set-up",
        "/staff/operations",
        "/staff/operations/settings",
    )
    walk.past("/staff/guide-texts", "/staff/guide-texts/new")
    walk.after(guide_text_written)
    walk.desk.go("/staff/members")
    one = walk.desk.page.locator("main tbody a").first.get_attribute("href")
    assert one
    walk.past(one)


def guide_text_written(window: Visit) -> None:
    window.go("/staff/guide-texts/new")
    window.page.locator("#field-place").select_option("software")
    window.page.locator("#field-section").select_option("materials")
    window.fill("valid_from", window.page.evaluate("new Date().toISOString().slice(0, 10)"))
    for language in ("zh", "en"):
        window.fill(language, f"{ONE_WORD} [{ONE_WORD}](/guides/fees)")
    window.page.locator("form .btn-main").click()
    window.page.wait_for_url(re.compile("/staff/guide-texts/(?!new)"))


def sample_opened(window: Visit, page: str) -> None:
    window.go(page)
    window.page.locator("details.sample summary").first.click()
    expect(window.page.locator("details.sample table").first).to_be_visible()


def other_staff(walk: Walk, stack: Stack, lives: Lives) -> None:
    for login, pages in {
        "intake": ("/staff", "/staff/paper"),
        "archivist": (
            *("/staff/issuing", "/staff/mailing", "/staff/mailing?state=all", "/staff/mailing/tracking"),
            *("/staff/seals", f"/staff/seals/{lives.registered}"),
        ),
    }.items():
        for window in walk.windows:
            window.page.context.clear_cookies(name="registry")
        sign_in(walk.desk.page, stack.url, login)
        walk.share_sign_in()
        walk.past(*pages)


def cashiers(walk: Walk, stack: Stack, staff: Staff, lives: Lives) -> None:
    """A fen of a paid order that one cashier wants to return, as the other sees it; the books and a day's bill."""
    order = lives.person.me.get(f"/applications/{lives.registered}/order")
    wish = {"order_id": order["order_id"], "lines": [{"line": 1, "amount": 1}], "reason": f"多缴一分。{ONE_WORD}"}
    [asked] = staff("cashier").post("/staff/refunds", wish)["items"]
    sign_in(walk.desk.page, stack.url, "cashier2")
    walk.share_sign_in()
    walk.past("/staff", "/staff/refunds", f"/staff/refunds/{asked['refund_id']}", "/staff/refunds?queue=under_way")
    walk.past(f"/staff/refunds/orders?text={order['serial_number']}", f"/staff/refunds/orders/{order['order_id']}")
    walk.past("/staff/cashier", f"/staff/cashier?text={order['serial_number']}", "/staff/orders")
    walk.past(f"/staff/orders/{order['order_id']}", f"/staff/orders/{order['order_id']}/write-off")
    walk.past("/staff/cashier?text=没有这样的号码")
    walk.past("/staff/books", "/staff/books/income", "/staff/reconciliations")
    walk.after(first_row)
    remittances(walk, staff)


def remittances(walk: Walk, staff: Staff) -> None:
    """A statement of the bank with a row that is nobody's, and one that cannot be read."""
    cashier = staff("cashier")
    lines = [
        "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要",
        f"2026-11-20,CNY,0.09,0.09,转账,无名氏{ONE_WORD},{ONE_WORD}",
    ]
    files = {f"对账单{ONE_WORD}.csv": "\n".join(lines).encode("gb18030"), "不是对账单.csv": b"%PDF-1.7"}
    sent = [
        cashier.post("/staff/bank-statements", {"upload_id": cashier.upload(data, name, "bank_statement")})
        for name, data in files.items()
    ]

    def read(statement: dict[str, Any]) -> dict[str, Any] | None:
        found: dict[str, Any] = cashier.get(f"/staff/bank-statements/{statement['statement_id']}")
        return found if found["state"] != "reading" else None

    for statement in sent:
        wait_for("the statement to be read", lambda statement=statement: read(statement))
    [row] = cashier.get("/staff/bank-rows?state=waiting&text=0.09")["items"]
    walk.past("/staff/bank", f"/staff/bank/rows/{row['row_id']}", "/staff/bank/statements")
    walk.past(*(f"/staff/bank/statements/{statement['statement_id']}" for statement in sent))


def in_batches(mine: Walk, office: Walk, company: Organisation, stack: Stack) -> None:
    """So many works that there is an adviser, most of them with something wrong; and a batch to be signed, then to be
    paid."""
    own = {"authors__0__name": COMPANY}
    rows = [work(number, **own) for number in range(1, 51)]
    rows[0]["title"], rows[1]["completion_date"], rows[2]["category"] = ONE_WORD, ONE_WORD, ONE_WORD
    many, few = Batch(company), Batch(company)
    many.begin(rows, {"W001.jpg": picture(1), f"{ONE_WORD}.txt": b"nobody names it"})
    told = wait_for("the adviser", lambda: many.until("checked")["adviser"])
    few.begin([work(1, **own)], {"W001.jpg": picture(2), "权属/创作证明.pdf": proof()})
    page, other = f"/account/batches/{many.batch_id}", f"/account/batches/{few.batch_id}"
    draft = many.rows()[0]["application_id"]
    mine.past("/account/batches", page, f"{page}?state=failed", f"{page}?code=file_missing")
    mine.past(f"/registration/applications/{draft}")
    mine.after(sent_without_a_sheet)
    few.post("declaration", {})
    declared = few.until("prepared")["declaration"]["object"]["sha256"]
    mine.past(other, f"{other}?sent=1")
    few.post("submission", {"otp": company.code("sign"), "sha256": declared})
    wait_for("the order", lambda: few.until("filed")["order"], 30)
    mine.past(other, f"{other}/papers", f"/account/applications/{few.rows()[0]['application_id']}")
    accounts = httpx.get(f"{stack.url}/sandbox/staff", timeout=30).json()["items"]
    adviser = next(account["login"] for account in accounts if account["name"] == told["name"])
    sign_in(office.desk.page, stack.url, adviser)
    office.share_sign_in()
    office.past("/staff/batches", "/staff/batches?waits_for=organisation&text=没有", f"/staff/batches/{many.batch_id}")


def sent_without_a_sheet(window: Visit) -> None:
    window.go("/account/batches")
    window.send()
    expect(window.page.locator("#error-summary")).to_be_visible()


def first_row(window: Visit) -> None:
    """The newest day that is compared with a bill, or waits for it: the service plans the last days when it starts."""
    window.go("/staff/reconciliations")
    window.click(window.page.locator("a[data-row]").first)
