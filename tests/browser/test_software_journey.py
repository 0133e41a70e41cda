"""A program's registration as somebody meets it who does it for the first time: by pages alone, from the home page to
the certificate, seen by a desk in Chinese and by a phone in English; and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from materials.testing.sample_files import zip_of
from playwright.sync_api import expect
from registry_infra.demo.software import NAME, VERSION, SoftwareFiling, interface_manual
from registry_infra.portal import Portal, wait_for

from tests.browser.cases import sign_in as sign_in_at_work
from tests.browser.filing import WORDS
from tests.browser.office import Office
from tests.browser.visit import Visit
from tests.browser.walk import Walk
from tests.journeys.people import Person, decide
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
ZH = WORDS["zh"]
CHOSEN = {
    "software": {"classification": "application", "origin": "original"},
    "development": {"development_mode": "own", "publication": "unpublished"},
    "rights": {"acquisition": "original", "rights_scope": "all"},
    "deposit": {"deposit_kind": "general", "document_kinds": "one"},
}
"""Of each step, what is chosen rather than written."""


@pytest.fixture
def person(visitor: Portal, staff: Staff) -> Person:
    return Person(visitor, staff).sign_up().verify()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Enough of a program for sixty pages, with its name in it."""
    file = tmp_path / "sources.zip"
    lines = "\n".join(f"shelf_{line} = {line}" for line in range(3600))
    file.write_bytes(zip_of({"library/main.py": f"# {NAME} {VERSION}\n{lines}".encode()}))
    return file


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    file = tmp_path / "manual.pdf"
    file.write_bytes(interface_manual())
    return file


class Seen(Walk):
    """The desk's pages one after another; at those that a program's registration has alone the phone looks too."""

    def here(self, what: str) -> None:
        self.desk.look(what)

    def both(self, what: str) -> None:
        self.phone.go(self.desk.page.url.removeprefix(self.desk.url))
        self.inspect()
        for window in self.windows:
            window.look(what)


def sign_in(visit: Visit, person: Person) -> None:
    visit.sign_in(person.who, "/registration/software")


def fill_step(visit: Visit, step: str, written: dict[str, str]) -> None:
    for field, value in CHOSEN.get(step, {}).items():
        visit.choose(field, value)
    for field, text in written.items():
        visit.fill(field, text)


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-14")
@pytest.mark.requirement("W-01")
@pytest.mark.requirement("W-04")
def test_somebody_registers_a_program_by_pages_and_the_deposit_is_made_on_the_way(
    open_window: Callable[..., Visit], person: Person, office: Office, sources: Path, manual: Path
) -> None:
    walk = Seen(open_window, "software")
    visit, page = walk.desk, walk.desk.page
    sign_in(visit, person)
    walk.share_sign_in()
    application_id = fill_in(walk, person, sources, manual)
    serial_number = sign(walk, office, person)
    pay(walk)
    case = f"/account/applications/{application_id}"
    correct(walk, office, person, application_id, serial_number, sources)
    compare(examiner := Walk(open_window, "software-examiner"), application_id)
    decide(person.staff("examiner"), application_id, "approve")
    number = person.wait_until(application_id, "registration_number")
    visit.go(case)
    expect(page.locator("#case .notice-success")).to_be_visible()
    walk.both("registered")
    published(walk, application_id, number, person.case(application_id)["certificate_document_id"])
    complaints = [*walk.complaints, *examiner.complaints]
    assert not complaints, "\n".join(complaints)


def fill_in(walk: Seen, person: Person, sources: Path, manual: Path) -> str:
    """From the home page to the check sheet; the application's id."""
    visit, page = walk.desk, walk.desk.page
    visit.go("/")
    page.locator("main a[href='/registration'], main a[href='/registration/software']").first.click()
    if page.url.endswith("/registration"):
        walk.here("entry")
        page.locator('main a[href="/registration/software"]').click()
    walk.both("start")
    visit.press("开始填写")
    page.wait_for_url("**/registration/applications/*")
    application_id = page.url.rsplit("/", 1)[1]
    walk.here("steps")
    visit.click(page.locator(".task-list a").first)
    whole = {k: v for part in SoftwareFiling().form(person.who) for k, v in part.items()}
    for step, fields in {
        "software": ("full_name", "version"),
        "development": ("completion_date",),
        "rights": (),
        "deposit": (),
    }.items():
        page.wait_for_url(f"**/{step}")
        fill_step(visit, step, {field: str(whole[field]) for field in fields})
        walk.both(step)
        visit.press(ZH["save"])
    page.wait_for_url("**/builder")
    build(walk, sources, manual)
    page.wait_for_url("**/technical")
    expect(visit.page.locator('[id="field-languages-Python"]')).to_be_checked()
    texts = ("development_hardware", "running_hardware", "development_system", "development_tools", "running_platform")
    texts += ("supporting_software", "purpose", "industry", "functions", "characteristics_note")
    fill_step(visit, "technical", {field: str(whole[field]) for field in texts})
    page.locator('[id="field-characteristics-security"]').check()
    walk.both("technical")
    visit.press(ZH["save"])
    page.wait_for_url("**/materials")
    expect(page.locator(".material")).to_have_count(2)
    expect(page.locator(".material .tag-good, .material .tag-attention")).to_have_count(2)
    walk.here("materials")
    visit.follow(ZH["continue"])
    page.wait_for_url("**/contact")
    walk.here("contact")
    visit.press(ZH["save"])
    page.wait_for_url("**/check")
    walk.here("check")
    expect(page.locator("#error-summary")).to_have_count(0)
    return application_id


def build(walk: Seen, sources: Path, manual: Path) -> None:
    """The deposit step: files in, deposit and facts out."""
    visit, page = walk.desk, walk.desk.page
    walk.here("builder")
    visit.upload("source", sources)
    visit.upload("document", manual)
    expect(page.locator(".upload-item[data-state=done]")).to_have_count(2)
    visit.press("生成鉴别材料")
    expect(page.locator(".made-list")).to_be_visible()
    walk.here("built")
    visit.press("放进申请")
    expect(page.locator("#suggested")).to_be_visible()
    walk.both("used")
    visit.press("填入申请表")
    expect(page.locator("#suggested")).to_have_count(0)
    walk.here("taken-over")
    visit.follow(ZH["continue"])


def sign(walk: Seen, office: Office, person: Person) -> str:
    visit, page = walk.desk, walk.desk.page
    visit.click(page.locator("main form .btn-main").last)
    page.wait_for_url("**/declaration")
    walk.here("declaration")
    visit.press(ZH["code"])
    expect(visit.page.locator("#field-otp")).to_be_visible()
    visit.fill("otp", office.code_for(person.who.mobile))
    walk.here("signing")
    visit.press(ZH["sign"])
    page.wait_for_url("**/submitted")
    walk.here("submitted")
    return page.locator(".confirmation .number").inner_text()


def pay(walk: Seen) -> None:
    visit, page = walk.desk, walk.desk.page
    visit.follow(ZH["pay"])
    walk.here("fee")
    visit.press(ZH["wechat"])
    visit.press(ZH["simulate"])
    expect(page.locator("#payment-part .notice-success")).to_be_visible()
    visit.follow(ZH["see"])
    expect(page.locator(".case-numbers .number")).to_have_count(2)
    walk.here("accepted")


def correct(walk: Seen, office: Office, person: Person, application_id: str, serial_number: str, sources: Path) -> None:
    """A field and the deposit are asked for again."""
    visit, page = walk.desk, walk.desk.page
    view = person.case(application_id)
    if view["paper_required"]:
        office.receive_paper(serial_number)
    program = next(m["material_id"] for m in view["materials"] if m["role"] == "program")
    office.claim(application_id)
    defects = [
        {"target": "purpose", "message": "请写明面向的用户。"},
        {"target": program, "page": 3, "message": "页眉的版本号看不清。"},
    ]
    office.decide(application_id, "correct", defects=defects)
    page.reload()
    expect(page.locator(".next-step-mine")).to_be_visible()
    walk.here("correction-asked")
    visit.click(page.locator(".next-action a"))
    asked = page.url.removeprefix(visit.url)
    visit.go(f"{asked}/deposit")
    walk.both("correction-deposit")
    visit.go(asked)
    visit.upload("materials.program", made_again(person, sources))
    expect(page.locator(".new-files .material :is(.tag-good, .tag-attention)")).to_be_visible()
    answers = page.locator('textarea[name^="answers."]')
    for number in range(2):
        answers.nth(number).fill("已经更正。")
    visit.fill("purpose", "让作者在网上全程办理著作权登记")
    walk.both("correction")
    visit.click(page.locator("form[data-draft] .form-actions .btn-main"))
    earlier = office.code_for(person.who.mobile)
    visit.click(page.locator("#sign .btn-main"))
    visit.fill("otp", office.code_for(person.who.mobile, unlike=earlier))
    walk.here("correction-signing")
    visit.click(page.locator("#sign .btn-main"))
    page.wait_for_url(f"**/{application_id}*")
    walk.here("corrected")


def compare(examiner: Walk, application_id: str) -> None:
    """The examiner sees what was replaced beside what replaced it."""
    page = examiner.desk.page
    sign_in_at_work(page, examiner.desk.url, "examiner1")
    examiner.share_sign_in()
    examiner.desk.go(f"/staff/examinations/{application_id}")
    link = page.locator('a[href*="/corrections/"]').first
    address = str(link.get_attribute("href"))
    examiner.past(address)
    examiner.desk.look("compared")


def made_again(person: Person, sources: Path) -> Path:
    """The program's deposit from the tool, of sources that have changed: the same file again would be no new one."""
    me = person.me
    lines = "\n".join(f"page_{line} = {line}" for line in range(3600))
    changed = zip_of({"library/main.py": f"# {NAME} {VERSION}\n{lines}".encode()})
    asked = {"title": NAME, "version": VERSION, "source": [me.upload(changed, "sources.zip")]}
    number = me.post("/deposits", asked)["job_id"]

    def done() -> dict[str, Any] | None:
        job: dict[str, Any] = me.get(f"/jobs/{number}")
        return job if job["state"] == "done" else None

    job = wait_for("the deposit", done, 120)
    file = sources.with_name("program.pdf")
    file.write_bytes(me.fetch(str(job["files"][0]["url"]).removeprefix("/api/v1")))
    return file


def published(walk: Seen, application_id: str, number: str, certificate: str) -> None:
    for path, what in {
        "/account/applications": "mine",
        "/account/certificates": "certificates",
        f"/account/certificates/{certificate}/english": "english",
        f"/account/dossiers/{application_id}": "dossier",
        f"/verify/{number}": "verify",
        f"/query?number={number}": "query",
        "/guides/software": "guide",
        "/guides": "guides",
    }.items():
        walk.desk.go(path)
        walk.here(what)


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("F-04")
def test_without_script_on_a_phone_steps_are_saved_and_the_deposit_is_made(
    open_window: Callable[..., Visit], person: Person, sources: Path
) -> None:
    visit = open_window("phone", name="software-plain", language="en", script=False)
    page = visit.page
    sign_in(visit, person)
    visit.press("Start filling in")
    visit.click(page.locator(".task-list a").first)
    fill_step(visit, "software", {"full_name": NAME, "version": VERSION})
    visit.press(WORDS["en"]["save"])
    page.wait_for_url("**/development")
    fill_step(visit, "development", {"completion_date": "2026-06-30"})
    visit.press(WORDS["en"]["save"])
    page.wait_for_url("**/rights")
    draft = page.url.removeprefix(visit.url).rsplit("/", 1)[0]
    visit.go(f"{draft}/software")
    expect(page.locator("#field-version")).to_have_value(VERSION)
    visit.go(f"{draft}/builder")
    visit.upload("source", sources)
    visit.press("Make the deposit")
    page.wait_for_url("**/builder?job=*")
    job = page.url.split("job=")[1].split("#")[0].split("&")[0]
    wait_for("the deposit", lambda: person.me.get(f"/jobs/{job}")["state"] == "done" or None)
    page.reload()
    visit.press("Put it into the application")
    expect(page.locator("#filed-title")).to_be_visible()
    visit.look("put-in")
