"""Every page there is, as everybody who may see it sees it: accessible by WCAG 2.2 AA, and whole at any width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chassis.testing.sample_files import encrypted_pdf, gps_jpeg, numbered_pdf, zip_of
from gateway.pages.guides import GUIDES
from playwright.sync_api import expect
from registry_infra.portal import Portal
from registry_infra.testing import Stack

from tests.browser.cases import sign_in
from tests.browser.visit import Visit
from tests.browser.walk import Walk, page_routes
from tests.journeys.people import Person
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]

STEPS = ("work", "creation", "ownership", "description", "materials", "contact", "check")
FILES_AND_PROBES = {
    "documents.document",
    "documents.material",
    "health.healthz",
    "health.readyz",
    "staff_examinations.document",
    "staff_examinations.material",
    "staff_verifications.image",
    "tools.index",
}
"""Routes that answer with something else than a page."""


@pytest.mark.requirement("W-01")
@pytest.mark.requirement("W-04")
def test_every_page_is_accessible_and_fits(
    open_window: Callable[..., Visit], stack: Stack, visitor: Portal, staff: Staff, tmp_path: Path
) -> None:
    walks = {name: Walk(open_window, name) for name in ("visitor", "applicant", "reviewer", "examiner", "other-staff")}
    person = Person(visitor, staff)
    for step in (visitors_pages, tools):
        step(walks["visitor"], tmp_path)
    new_account(walks["applicant"], person)
    being_verified(walks, person, stack)
    wizard(walks["applicant"], person)
    registration_number = life_of_a_case(walks, person, stack)
    results_of_queries(walks["visitor"], person, registration_number)
    other_ends(walks, person)
    other_roles(walks["other-staff"], stack)
    complaints = [complaint for walk in walks.values() for complaint in walk.complaints]
    assert not complaints, "\n".join(complaints)
    assert page_routes() - FILES_AND_PROBES - set().union(*(walk.seen for walk in walks.values())) == set()


def visitors_pages(walk: Walk, folder: Path) -> None:
    walk.past("/", "/registration", "/registration/work", "/registration/software", "/query", "/certificate-check")
    walk.past("/guides", *(f"/guides/{guide.name}" for guide in GUIDES), "/legacy", "/recovery")
    walk.past("/api/docs", "/api/docs/problems", "/sign-in", "/sign-in?with=code", "/sign-in?next=/staff", "/nothing")
    walk.past("/sign-up", "/sign-up/person", "/sign-up/organisation", "/verify/")
    walk.past("/query?number=2019Z11L000001", "/query?number=2026z11l000045", "/query?number=abc")
    walk.after(wrong_sign_up)
    walk.after(sign_up_until_the_code)
    walk.seen.add("sign_up.code")
    not_ours = folder / "not-ours.pdf"
    not_ours.write_bytes(numbered_pdf(1))
    walk.after(lambda window: check_file(window, not_ours))


def wrong_sign_up(window: Visit) -> None:
    window.go("/sign-up/person")
    window.fill("name", "林小雨")
    window.fill("id_number", "110105199001011237")
    window.fill("mobile", "13900000000")
    window.fill("password", "a")
    window.page.locator("main form .btn-main").click()
    expect(window.page.locator("#error-summary")).to_be_visible()


def sign_up_until_the_code(window: Visit) -> None:
    somebody = Person.__dataclass_fields__["who"].default_factory()  # type: ignore[misc]
    window.go("/sign-up/person")
    for field in ("name", "id_number", "mobile", "password"):
        window.fill(field, getattr(somebody, field))
    window.page.locator("main form .btn-main").click()
    window.page.wait_for_url("**/sign-up/code")


def check_file(window: Visit, file: Path) -> None:
    window.go("/certificate-check")
    window.upload("certificate", file)
    expect(window.page.locator('.upload-item[data-state="done"]')).to_have_count(1)
    window.page.locator("main form .btn-main").click()
    expect(window.page.locator(".verdict")).to_be_visible()


def tools(walk: Walk, folder: Path) -> None:
    """The pre-check of files that can be repaired, a repair, and a deposit that is made."""
    walk.past("/tools/precheck", "/tools/precheck?profile=source_code", "/tools/deposit")
    taken, locked, source = folder / "长江.jpg", folder / "locked.pdf", folder / "library.zip"
    taken.write_bytes(gps_jpeg())
    locked.write_bytes(encrypted_pdf("secret"))
    lines = "\n".join(f"shelf_{line} = {line}" for line in range(3600))
    source.write_bytes(zip_of({"library/main.py": lines.encode(), "library/说明.md": "山居图书管理软件".encode()}))
    walk.after(lambda window: checked(window, "photograph", taken))
    walk.after(lambda window: follow_check(window))
    walk.after(lambda window: repaired(window))
    walk.after(lambda window: checked(window, "text_pdf", locked))
    walk.after(lambda window: made(window, source))
    walk.seen |= {"tools.check", "tools.job"}


def checked(window: Visit, profile: str, file: Path) -> None:
    window.go(f"/tools/precheck?profile={profile}")
    window.page.locator("input[name=files_file]").set_input_files(file)
    expect(window.page.locator("article.check-card:has(.tag-good, .tag-attention, .tag-bad)")).to_have_count(1)


def follow_check(window: Visit) -> None:
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
    window.page.locator("main form .btn-main").click()
    expect(window.page.locator(".made-list")).to_be_visible()


def new_account(walk: Walk, person: Person) -> None:
    person.sign_up()
    walk.desk.go("/sign-in")
    walk.desk.fill("login", person.who.mobile)
    walk.desk.fill("password", person.who.password)
    walk.desk.page.locator("main form .btn-main").click()
    walk.desk.page.wait_for_url("**/account")
    walk.share_sign_in()
    walk.past("/account", "/account/verification", "/registration/work")
    for place in ("applications", "history", "certificates", "dossiers", "batch", "messages", "sessions"):
        walk.past(f"/account/{place}")


def being_verified(walks: dict[str, Walk], person: Person, stack: Stack) -> None:
    refused = person.send_images()
    person.checked_images(refused)
    walks["applicant"].past("/account", "/account/verification")
    sign_in(walks["reviewer"].desk.page, stack.url, "reviewer")
    walks["reviewer"].share_sign_in()
    walks["reviewer"].past("/staff", "/staff/verifications", f"/staff/verifications/{refused}")
    decision = {"decision": "refuse", "reasons": ["证件照片不清楚，请在光线充足处重新拍摄。"]}
    person.staff("reviewer").post(f"/staff/verifications/{refused}/decision", decision)
    walks["reviewer"].past("/staff/verifications?state=refused", f"/staff/verifications/{refused}")
    walks["applicant"].past("/account", "/account/verification", "/account/verification?new=1")
    person.verify()
    walks["applicant"].past("/account", "/account/verification", "/registration/work")


def wizard(walk: Walk, person: Person) -> None:
    """The steps as they are at first, with what is wrong with them, and filled in."""
    case = person.me.post("/applications", {"kind": "work", "form": {"category": "A"}})["application_id"]
    place = f"/registration/applications/{case}"
    walk.past(place, *(f"{place}/{step}" for step in STEPS))
    walk.past(*(f"{place}/{step}?check=1" for step in STEPS if step not in ("materials", "check", "contact")))
    person.attach(case, encrypted_pdf("secret"), "加密的小说.pdf")
    walk.past(f"{place}/materials")
    precheck = person.case(case)["materials"][0]["precheck"]["precheck_id"]
    walk.past(f"/tools/precheck/checks/{precheck}/use")


def life_of_a_case(walks: dict[str, Walk], person: Person, stack: Stack) -> str:
    """From a draft to the certificate; the registration number."""
    mine, office = walks["applicant"], walks["examiner"]
    case = person.ready_to_sign(pages=12)
    draft, page, examined = (
        f"/registration/applications/{case}",
        f"/account/applications/{case}",
        f"/staff/examinations/{case}",
    )
    mine.past(*(f"{draft}/{step}" for step in STEPS), f"{draft}/declaration", f"{draft}/declaration?sent=1")
    serial_number = person.submit(case)
    person.order(case)
    mine.past(f"{draft}/submitted", page, f"{page}/payment", f"{page}/withdrawal", "/account")
    payment = person.start_payment(case)
    mine.past(f"{page}/payment?pay={payment['payment_id']}")
    person.provider(payment["payment_id"])
    person.wait_until(case, "acceptance_number")
    mine.past(page, f"{page}/payment")
    person.staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    sign_in(office.desk.page, stack.url, "examiner1")
    office.share_sign_in()
    office.past("/staff", "/staff/examinations", examined)
    examiner = person.staff("examiner")
    examiner.post(f"{examined}/claim")
    office.past("/staff/examinations?queue=mine", examined)
    mine.past(page)
    defects = [{"target": "title", "message": "作品名称与样本封面不一致，请核对。"}]
    examiner.post(f"{examined}/decision", {"decision": "correct", "defects": defects})
    mine.past(page, f"{page}/correction", "/account")
    office.past(examined)
    round_ = person.case(case)["corrections"][0]
    answers = [{"defect_id": round_["defects"][0]["defect_id"], "text": "名称以封面为准，已更正。"}]
    answered = {"answers": answers, "form": {"title": "江边旧事十二记（修订版）"}}
    person.me.post(f"/applications/{case}/corrections", answered)
    office.past(examined)
    examiner.post(f"{examined}/decision", {"decision": "approve"})
    number: str = person.wait_until(case, "registration_number")
    mine.past(page, "/account/certificates", "/account/dossiers", f"/account/dossiers/{case}", "/account/messages")
    mine.past("/account/history", "/account/applications", "/account")
    office.past(examined)
    return number


def results_of_queries(walk: Walk, person: Person, registration_number: str) -> None:
    walk.past(f"/verify/{registration_number}", f"/query?number={registration_number.replace('A', 'a')}")
    cases = person.me.get("/applications?limit=10")["items"]
    number = next(case["acceptance_number"] for case in cases if case["acceptance_number"])
    walk.past(f"/progress/{number}")


def other_ends(walks: dict[str, Walk], person: Person) -> None:
    """A case that waits for its paper and is then refused by two examiners, and one that is withdrawn."""
    mine, office = walks["applicant"], walks["examiner"]
    refused, withdrawn = person.ready_to_sign(title="寄来的诗稿"), person.ready_to_sign(pages=2, title="不登记了的书")
    serial_number = person.submit(refused)
    person.pay(refused)
    mine.past(f"/account/applications/{refused}", f"/registration/applications/{refused}/submitted")
    office.past("/staff/examinations?queue=awaiting_paper", f"/staff/examinations/{refused}")
    person.staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    path = f"/staff/examinations/{refused}"
    for number in (0, 1):
        person.staff("examiner", number).post(f"{path}/claim")
        reason = {"decision": "refuse", "reason": "与已登记的作品实质相同。"}
        person.staff("examiner", number).post(f"{path}/decision", reason)
        office.past("/staff/examinations?queue=second", path)
    mine.past(f"/account/applications/{refused}")
    person.submit(withdrawn)
    person.me.post(f"/applications/{withdrawn}/withdrawal", {"reason": "改变了主意"})
    mine.past(f"/account/applications/{withdrawn}", "/account/history")


def other_roles(walk: Walk, stack: Stack) -> None:
    for login, pages in {
        "intake": ("/staff", "/staff/paper"),
        "archivist": ("/staff/issuing",),
        "admin": ("/staff", "/staff/examinations"),
        "cashier": ("/staff",),
    }.items():
        for window in walk.windows:
            window.page.context.clear_cookies(name="registry")
        sign_in(walk.desk.page, stack.url, login)
        walk.share_sign_in()
        walk.past(*pages)
