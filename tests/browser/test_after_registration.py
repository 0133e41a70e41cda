"""A registration goes on: its lost certificate is replaced, and its rights pass to somebody who sees it too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from materials.testing.sample_files import numbered_pdf
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.visit import Visit
from tests.journeys.people import Person
from tests.lives import examined
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.requirement("F-01")]


@dataclass
class Registered:
    owner: Person
    number: str

    def finish(self, case: str) -> None:
        """From the form that is complete to the register."""
        self.owner.declare(case)
        self.owner.submit(case)
        self.owner.pay(case)
        examined(case, self.owner, "approve")
        self.owner.wait_until(case, "registration_number")


@pytest.fixture(scope="module")
def work(staff: Staff) -> Registered:
    owner = Person(staff.visitor, staff).sign_up().verify()
    case = examined(owner.accepted_with_paper(title="长江边的石头"), owner, "approve")
    return Registered(owner, owner.wait_until(case, "registration_number"))


def begin(visit: Visit, link: str, step: str) -> str:
    """From the list of certificates to a step of the procedure's form; the case."""
    visit.go("/account/certificates")
    visit.page.locator(".procedures summary").first.click()
    visit.page.get_by_role("link", name=link).first.click()
    visit.send()
    visit.page.wait_for_url("**/registration/applications/*")
    case = visit.page.url.rsplit("/", 1)[1]
    visit.go(f"/registration/applications/{case}/{step}")
    return case


@pytest.mark.requirement("A-05")
@pytest.mark.requirement("W-02")
def test_a_lost_certificate_is_replaced_on_a_phone_in_english(
    open_window: Callable[..., Visit], work: Registered
) -> None:
    visit, words = open_window("phone", name="reissue", language="en"), filing.WORDS["en"]
    visit.sign_in(work.owner.who)
    case = begin(visit, "Reissue of a work's certificate", "reissue")
    visit.press(words["save"])
    expect(visit.page.locator(".error-summary")).to_be_visible()
    visit.look("nothing-said")
    visit.choose("reissue_reason", "lost")
    visit.fill("reissue_statement", "Lost when moving house")
    visit.press(words["save"])
    visit.go(f"/registration/applications/{case}/check")
    expect(visit.page.locator("main")).to_contain_text("Lost when moving house")
    visit.look("check")
    work.finish(case)
    visit.go(f"/account/applications/{case}")
    visit.look("done")
    visit.go("/account/certificates")
    expect(visit.page.locator("main")).to_contain_text("Replaced by a new certificate")
    visit.look("certificates")
    visit.go(f"/verify/{quote(work.number)}")
    expect(visit.page.locator("main")).to_contain_text("Reissued: the former was lost")
    visit.look("verified")


@pytest.mark.requirement("A-03")
def test_an_assignment_is_filed_at_a_desk_and_seen_by_both_parties(
    open_window: Callable[..., Visit], work: Registered, staff: Staff, tmp_path: Path
) -> None:
    assignee = Person(staff.visitor, staff).sign_up().verify()
    visit, words = open_window("desktop", name="assignment"), filing.WORDS["zh"]
    visit.sign_in(work.owner.who)
    case = begin(visit, "作品著作权转让合同登记", "dealing")
    visit.look("empty")
    visit.press(words["save"])
    expect(visit.page.locator(".error-summary")).to_be_visible()
    visit.look("what-is-missing")
    visit.fill("grantees.0.name", assignee.who.name)
    visit.page.locator('[id="field-grantees.0.id_type"]').select_option("resident_id")
    visit.fill("grantees.0.masked_id_number", assignee.who.id_number)
    visit.choose("rights_scope", "all")
    visit.choose("territory.extent", "world")
    for field, entry in {
        "term_begins": "2026-01-01",
        "contract_number": "合2026-7",
        "contract_date": "2025-12-20",
        "price": "88888",
    }.items():
        visit.fill(field, entry)
    visit.press(words["save"])
    visit.page.wait_for_url("**/materials**")
    contract = tmp_path / "转让合同.pdf"
    contract.write_bytes(numbered_pdf(2))
    visit.upload("materials.contract", contract)
    expect(visit.page.locator(".material .tag-good, .material .tag-attention")).to_have_count(1)
    visit.look("contract")
    visit.go(f"/registration/applications/{case}/check")
    expect(visit.page.locator("main")).to_contain_text(assignee.who.name)
    expect(visit.page.locator("main")).not_to_contain_text(assignee.who.id_number)
    visit.look("check")
    work.finish(case)
    theirs = open_window("desktop", name="assignee")
    theirs.sign_in(assignee.who)
    theirs.go("/account/certificates")
    expect(theirs.page.locator("main")).to_contain_text("您是登记的另一方")
    theirs.look("certificates")
    theirs.go("/account/messages")
    expect(theirs.page.locator("main")).to_contain_text(work.number)
    theirs.look("messages")
    theirs.go(f"/verify/{quote(work.number)}")
    expect(theirs.page.locator("main")).to_contain_text("受让方")
    expect(theirs.page.locator("main")).not_to_contain_text(assignee.who.name)
    theirs.look("verified")
