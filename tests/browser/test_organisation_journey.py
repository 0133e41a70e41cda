"""An organisation's program, made for hire and deposited exceptionally, from the form to the certificate: by
pages alone, on a phone, with an examiner at a desk who sends it back once."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from materials.testing.sample_files import zip_of
from playwright.sync_api import Locator, expect
from pypdfium2 import PdfDocument
from registry_infra.demo.software import NAME, VERSION, SoftwareFiling, interface_manual
from registry_infra.portal import Portal, wait_for
from registry_infra.testing import Stack

from tests.browser.cases import sign_in as sign_in_at_work
from tests.browser.filing import WORDS, pay_on_the_providers_page
from tests.browser.inspection import begin_axe, sticks_out, violations
from tests.browser.office import Office
from tests.browser.test_every_page import check_file
from tests.browser.test_software_journey import fill_step, sign_in
from tests.browser.visit import Visit
from tests.journeys.test_organisation import NAME as COMPANY
from tests.journeys.test_organisation import Organisation
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
ZH = WORDS["zh"]
PROOFS = ("employment_contract", "creation_proof")
EXCEPTIONAL = {"deposit_kind": "exceptional", "exceptional_kind": "object_code", "document_kinds": "one"}
FEE = ("¥250.00", "¥320.00", "¥570.00")
"""Of software, of its exceptional deposit, and of both."""


@pytest.fixture
def company(visitor: Portal, staff: Staff) -> Organisation:
    organisation = Organisation(visitor, staff)
    organisation.sign_up().verify()
    return organisation


class Files:
    """What the organisation has on its phone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manual = self.keep("manual.pdf", interface_manual())
        self.object_code = self.keep("library.bin", bytes(range(256)) * 400)

    def keep(self, name: str, data: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(data)
        return file

    def sources(self, word: str) -> Path:
        lines = "\n".join(f"{word}_{line} = {line}" for line in range(3600))
        return self.keep(f"{word}.zip", zip_of({"library/main.py": f"# {NAME} {VERSION}\n{lines}".encode()}))


def look(visit: Visit, what: str) -> None:
    """A picture of the page; what axe finds on it, and what sticks out, are complaints of the window."""
    visit.page.wait_for_load_state()
    begin_axe(visit.page)
    found = violations(visit.page) + sticks_out(visit.page)
    visit.complaints += [f"{visit.page.url}: {complaint}" for complaint in found]
    visit.look(what)


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-05")
@pytest.mark.requirement("F-09")
@pytest.mark.requirement("F-12")
@pytest.mark.requirement("I-08")
def test_an_organisation_registers_a_program_made_for_hire_with_an_exceptional_deposit(
    open_window: Callable[..., Visit], company: Organisation, office: Office, stack: Stack, tmp_path: Path
) -> None:
    visit, files = open_window("phone", name="organisation"), Files(tmp_path)
    visit.go("/guides/software")
    expect(visit.page.locator(".data-table", has_text="例外交存")).to_contain_text(FEE[1])
    sign_in(visit, company)
    application_id = fill_in(visit, company, files)
    serial_number = sign(visit, office, company)
    pay(visit)
    office.receive_paper(serial_number)
    sealed(visit, company, application_id, stack, files)
    examiner = open_window("desktop", name="organisation-examiner")
    send_back(examiner, application_id)
    answer(visit, office, company, application_id, files)
    approve(examiner, application_id)
    certified(visit, company, application_id, files)


def fill_in(visit: Visit, company: Organisation, files: Files) -> str:
    """Up to the check sheet; the application's id."""
    page = visit.page
    visit.press("开始填写")
    page.wait_for_url("**/registration/applications/*")
    application_id = page.url.rsplit("/", 1)[1]
    whole = {field: value for part in SoftwareFiling().form(company.who) for field, value in part.items()}
    visit.click(page.locator(".task-list a").first)
    page.wait_for_url("**/software")
    fill_step(visit, "software", {"full_name": NAME, "version": VERSION})
    visit.press(ZH["save"])
    page.wait_for_url("**/development")
    fill_step(visit, "development", {"completion_date": "2026-06-30"})
    page.locator("#field-work_for_hire").check()
    visit.press(ZH["save"])
    page.wait_for_url("**/rights")
    fill_step(visit, "rights", {})
    visit.press(ZH["save"])
    page.wait_for_url("**/deposit")
    for field, value in EXCEPTIONAL.items():
        visit.choose(field, value)
    look(visit, "deposit")
    visit.press(ZH["save"])
    page.wait_for_url("**/builder")
    build(visit, files)
    page.wait_for_url("**/technical")
    texts = ("development_hardware", "running_hardware", "development_system", "development_tools", "running_platform")
    texts += ("supporting_software", "purpose", "industry", "functions", "characteristics_note")
    fill_step(visit, "technical", {field: str(whole[field]) for field in texts})
    visit.press(ZH["save"])
    page.wait_for_url("**/materials")
    prove(visit, files)
    visit.follow(ZH["continue"])
    page.wait_for_url("**/contact")
    visit.press(ZH["save"])
    page.wait_for_url("**/check")
    for amount in FEE:
        expect(page.locator("#fee")).to_contain_text(amount)
    look(visit, "check")
    expect(page.locator("#error-summary")).to_have_count(0)
    return application_id


def build(visit: Visit, files: Files) -> None:
    page = visit.page
    expect(page.locator("#field-object_code")).to_be_visible()  # nobody has to look for what this deposit needs
    look(visit, "builder")
    visit.upload("source", files.sources("shelf"))
    visit.upload("document", files.manual)
    visit.upload("object_code", files.object_code)
    expect(page.locator(".upload-item[data-state=done]")).to_have_count(3)
    visit.press("生成鉴别材料")
    expect(page.locator(".made-list")).to_contain_text("80 页")
    visit.look("built")
    visit.press("放进申请")
    expect(page.locator("#suggested")).to_be_visible()
    visit.press("填入申请表")
    expect(page.locator("#suggested")).to_have_count(0)
    visit.follow(ZH["continue"])


def prove(visit: Visit, files: Files) -> None:
    """Both proofs of a work made for hire, as scans of the templates that the page offers."""
    page = visit.page
    look(visit, "materials")
    for number, role in enumerate(PROOFS, 1):
        link = page.locator(f"#role-{role} a[href*=template]")
        template = page.request.get(f"{visit.url}{link.get_attribute('href')}").body()
        visit.upload(f"materials.{role}", files.keep(f"{role}.pdf", scanned(template)))
        expect(page.locator(".material :is(.tag-good, .tag-attention)")).to_have_count(2 + number)
    visit.look("proofs")


def scanned(pdf: bytes) -> bytes:
    """A paper that came through a scanner: pictures of its pages."""
    pages = [page.render(scale=2).to_pil().convert("RGB") for page in PdfDocument(pdf)]
    stream = BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=144)
    return stream.getvalue()


def sign(visit: Visit, office: Office, company: Organisation) -> str:
    page = visit.page
    visit.click(page.locator("main form .btn-main").last)
    page.wait_for_url("**/declaration")
    expect(page.locator("#sign-title")).to_have_text("用短信验证码加盖电子公章")
    expect(page.locator(".declaration-open")).to_have_count(2)
    for amount in FEE:
        expect(page.locator("#fee")).to_contain_text(amount)
    look(visit, "declaration")
    visit.press(ZH["code"])
    visit.fill("otp", office.code_for(company.who.mobile))
    visit.look("signing")
    visit.press(ZH["sign"])
    page.wait_for_url("**/submitted")
    look(visit, "submitted")
    return page.locator(".confirmation .number").inner_text()


def pay(visit: Visit) -> None:
    page = visit.page
    visit.follow(ZH["pay"])
    for amount in FEE:
        expect(page.locator(".order")).to_contain_text(amount)
    look(visit, "fee")
    visit.press("支付宝")
    pay_on_the_providers_page(visit, "打开支付宝付款")
    expect(page.locator("#payment-part .notice-success")).to_be_visible()
    visit.follow(ZH["see"])
    expect(page.locator(".case-numbers .number")).to_have_count(2)


def sealed(visit: Visit, company: Organisation, application_id: str, stack: Stack, files: Files) -> None:
    """The page says who signed and how; the sealed editions prove it to whoever has the office's root."""
    page = visit.page
    wait_for("the sealed editions", lambda: "signed_application_form" in company.documents(application_id) or None)
    wait_for("the sealed editions", lambda: "signed_declaration" in company.documents(application_id) or None)
    page.reload()
    signature = page.locator(".document-list li", has_text="电子公章")
    expect(signature).to_contain_text(COMPANY)
    look(visit, "sealed")
    links = page.locator(".document-list li", has_text="签署件").locator(".document-save")
    expect(links).to_have_count(2)
    for link in links.all():
        told = stack.command("verify", str(saved(visit, link, files)))
        assert (told.returncode, COMPANY in told.stdout) == (0, True), told.stdout + told.stderr


def saved(visit: Visit, link: Locator, files: Files) -> Path:
    """The file that a link saves."""
    with visit.page.expect_download() as download:
        visit.click(link)
    file = files.folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def send_back(examiner: Visit, application_id: str) -> None:
    page = examiner.page
    sign_in_at_work(page, examiner.url, "examiner1")
    examiner.go(f"/staff/examinations/{application_id}")
    page.get_by_role("button", name="领取这件").click()
    page.locator("#decision-correct").check()
    page.locator("#standard-0").select_option("software_last_page_cut")
    page.locator("#page-0").fill("80")
    look(examiner, "sent-back")
    page.get_by_role("button", name="作出决定").click()
    page.get_by_role("button", name="发出补正通知书").click()
    expect(page.get_by_text("补正通知已发给申请人")).to_be_visible()


def answer(visit: Visit, office: Office, company: Organisation, application_id: str, files: Files) -> None:
    """The deposit made anew on the correction's pages, and everything signed again."""
    page = visit.page
    page.reload()
    visit.click(page.locator(".next-action a"))
    page.wait_for_url("**/correction")
    page.locator('textarea[name^="answers."]').fill("已经重新生成，结尾完整。")
    visit.press("去生成鉴别材料")
    expect(page.locator("#field-object_code")).to_be_visible()
    look(visit, "deposit-anew")
    visit.upload("source", files.sources("page"))
    visit.upload("object_code", files.object_code)
    expect(page.locator(".upload-item[data-state=done]")).to_have_count(2)
    visit.press("生成鉴别材料")
    expect(page.locator(".made-list")).to_contain_text("80 页")
    visit.press("放进补正")
    expect(page.locator(".new-files .material :is(.tag-good, .tag-attention)")).to_be_visible()
    look(visit, "correction")
    visit.click(page.locator("form[data-draft] .form-actions .btn-main"))
    earlier = office.code_for(company.who.mobile)
    expect(page.locator("#sign-title")).to_have_text("用短信验证码加盖电子公章")
    visit.click(page.locator("#sign .btn-main"))
    visit.fill("otp", office.code_for(company.who.mobile, unlike=earlier))
    visit.look("correction-signing")
    visit.click(page.locator("#sign .btn-main"))
    page.wait_for_url(f"**/{application_id}*")
    expect(page.locator(".document-list li", has_text="电子公章")).to_have_count(2)
    look(visit, "corrected")


def approve(examiner: Visit, application_id: str) -> None:
    """What was replaced is seen beside what replaced it; then it is decided."""
    page, case = examiner.page, f"/staff/examinations/{application_id}"
    examiner.go(case)
    look(examiner, "corrected")
    page.locator('a[href*="/corrections/"]').first.click()
    page.wait_for_url("**/corrections/**")
    look(examiner, "compared")
    examiner.go(case)
    page.locator("#decision-approve").check()
    page.get_by_role("button", name="作出决定").click()
    look(examiner, "asked-once")
    page.get_by_role("button", name="确认准予登记").click()


def certified(visit: Visit, company: Organisation, application_id: str, files: Files) -> None:
    page = visit.page
    company.wait_until(application_id, "registration_number")
    visit.go(f"/account/applications/{application_id}")
    expect(page.locator("#case .notice-success")).to_be_visible()
    look(visit, "registered")
    certificate = saved(visit, page.get_by_role("link", name="下载证书"), files)
    check_file(visit, certificate)
    expect(page.locator(".verdict")).to_have_class("verdict verdict-good")
    expect(page.locator("main")).to_contain_text(COMPANY)
    look(visit, "verified")
