"""A certificate is asked for again, an error on it is reported and put right: what its holder and the office see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from materials.testing.sample_files import numbered_pdf
from playwright.sync_api import expect
from registry_infra.portal import wait_for
from registry_infra.testing import Stack

from tests.browser import filing
from tests.browser.cases import sign_in
from tests.browser.visit import Visit
from tests.journeys.people import Person
from tests.lives import examined
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
LINK = {"zh": "作品登记证书补发或换发", "en": "Reissue of a work's certificate"}
WRONG = {"zh": "证书上有写错的地方", "en": "Something on it is wrong"}


def wait_for_edition(owner: Person, number: str) -> None:
    """The new certificate is made: a matter of a second."""

    def made() -> bool:
        papers = owner.me.get("/certificates")["items"]
        return any(one["registration_number"] == number and one["edition"] == 2 for one in papers)

    wait_for("the second edition", made)


@pytest.fixture(scope="module")
def owner(staff: Staff) -> Person:
    return Person(staff.visitor, staff).sign_up().verify()


@pytest.fixture(scope="module")
def other_number(owner: Person) -> str:
    """Of another registration."""
    case = examined(owner.accepted_with_paper(title="江边的另一块石头"), owner, "approve")
    return str(owner.wait_until(case, "registration_number"))


def remembered(office: Visit) -> int:
    """How many files the tab would show again on this form."""
    key = "document.querySelector('[data-upload]').uploadField.key"
    return int(office.page.evaluate(f"JSON.parse(sessionStorage.getItem({key}) || '[]').length"))


def evidence_of_one_proposal_alone(office: Visit, form: str, other_form: str, file: Path) -> None:
    """What was uploaded for one is shown again after a reload, for this registration alone; the form is sent."""
    arrived = office.page.locator(".upload-item[data-state=done]")
    office.upload("evidence", file)
    expect(arrived).to_have_count(1)
    office.go(other_form)
    assert remembered(office) == 0
    expect(arrived).to_have_count(0)
    for _again in range(2):
        office.go(form)
        expect(arrived).to_have_count(1)


@pytest.mark.requirement("A-05")
@pytest.mark.requirement("W-02")
@pytest.mark.parametrize(("width", "language"), [("desktop", "zh"), ("phone", "en")])
def test_an_error_on_a_certificate_is_put_right(
    open_window: Callable[..., Visit],
    owner: Person,
    other_number: str,
    stack: Stack,
    staff: Staff,
    tmp_path: Path,
    width: str,
    language: str,
) -> None:
    case = examined(owner.accepted_with_paper(title=f"长江边的石头{language}"), owner, "approve")
    number = owner.wait_until(case, "registration_number")
    visit = open_window(width, name="holder", language=language)
    visit.sign_in(owner.who)
    visit.go("/account/certificates")
    visit.look("certificates")
    visit.page.locator(".procedures summary").first.click()
    visit.page.get_by_role("link", name=LINK[language]).first.click()
    visit.send()
    visit.page.wait_for_url("**/registration/applications/*")
    visit.go(f"/registration/applications/{visit.page.url.rsplit('/', 1)[1]}/reissue")
    expect(visit.page.locator('[id="field-reissue_statement"]')).to_be_hidden()
    visit.choose("reissue_reason", "outdated")
    visit.look("reissue")
    visit.press(filing.WORDS[language]["save"])
    expect(visit.page.locator(".error-summary")).to_be_visible()
    visit.look("nothing-changed")

    visit.go("/account/certificates")
    visit.page.get_by_role("link", name=WRONG[language]).first.click()
    expect(visit.page.locator('[id="field-number"]')).to_have_value(number)
    visit.fill("report", "名称里的“石头”应为“石子”，申请表上是这样写的。")
    visit.look("report")
    visit.send()
    visit.page.wait_for_url("**/account/office-acts/act-*")
    act = visit.page.url.rsplit("/", 1)[1]
    visit.look("reported")

    office = open_window(width, name="office", language=language)
    sign_in(office.page, stack.url, "senior")
    office.go("/staff/office-acts")
    office.look("queue")
    form, other_form = (f"/staff/office-acts/new?number={one}" for one in (f"{number}&report={act}", other_number))
    signed = tmp_path / "原申请表.pdf"
    signed.write_bytes(numbered_pdf(1))
    office.go(form)
    evidence_of_one_proposal_alone(office, form, other_form, signed)
    office.choose("ground", "clerical_error")
    office.fill("title", f"长江边的石子{language}")
    office.fill("statement", "录入时写错，申请表上是“石子”。")
    office.look("propose")
    office.send()
    office.page.wait_for_url(f"**/staff/office-acts/{act}")
    office.look("proposed")
    expect(office.page.get_by_role("link", name=signed.name)).to_be_visible()
    office.go(form)
    assert remembered(office) == 0
    expect(office.page.locator(".upload-item")).to_have_count(0)
    office.go(f"/staff/office-acts/{act}")
    expect(office.page.locator('button[value="confirm"]')).to_have_count(0)
    staff("archivist").post(f"/staff/office-acts/{act}/confirmation", {})
    visit.go(f"/account/office-acts/{act}")
    visit.look("corrected")
    wait_for_edition(owner, number)
    visit.go("/account/certificates")
    expect(visit.page.locator(".certificate .tag-attention").first).to_be_visible()
    visit.look("replaced")
    visit.go(f"/verify/{number}")
    expect(visit.page.locator(".changes-since")).to_contain_text("石子")
    visit.look("checked")
