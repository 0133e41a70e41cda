"""What comes on paper, said alike on every page; what an organisation is told where it is verified."""

from __future__ import annotations

import re
from datetime import date

import pytest
from chassis.catalogues import date_in_words
from lxml import html
from materials.testing.sample_files import encoded, picture
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.journeys.test_organisation import NAME, credit_code
from tests.one_process import System
from tests.pages.test_office_desks import at_desk, seen, words

LIST = re.compile(r'<ul class="paper-list">(.*?)</ul>', re.DOTALL)


def signed_up(system: System) -> Author:
    newcomer = Author(system, new_applicant(), system.client(), {})
    newcomer.sign_up()
    return newcomer


def company(system: System, name: str = NAME) -> Author:
    newcomer = Author(system, new_applicant(), system.client(), {})
    seal = newcomer.upload(encoded(picture(600, 600, seed=5), "PNG"), "公章.png", "seal")
    newcomer.sign_up(kind="organisation", organisation_name=name, uscc=credit_code(), seal_upload_id=seal)
    return newcomer


@pytest.mark.requirement("F-10")
@pytest.mark.parametrize(("language", "proof"), [("zh", "权利归属证明"), ("en", "proofs of ownership")])
def test_the_pages_of_a_case_list_the_paper_that_the_guide_lists_but_for_proofs_that_it_has_not(
    system: System, language: str, proof: str
) -> None:
    author = signed_up(system)
    author.verify()
    case = author.accepted(paper=False)["application_id"]

    def listed(path: str) -> list[list[str]]:
        return [
            re.findall("<li>(.*?)</li>", part) for part in LIST.findall(author.me.get(f"{path}?lang={language}").text)
        ]

    of_works, of_software = listed("/guides/paper")
    assert of_works != of_software
    asked = [line for line in of_works if proof not in line]
    assert len(asked) == len(of_works) - 1
    assert listed(f"/registration/applications/{case}/submitted") == [asked]
    assert listed(f"/account/applications/{case}") == [asked]
    here = f"/registration/applications/{case}/submitted"
    assert 'id="form-to-print" hx-get' in author.me.get(here).text, "it is being sealed"
    page = author.me.get(f"/account/applications/{case}").text
    assert re.search('id="case"[^>]* hx-trigger="every 15s"[^>]* data-also="case-rest"', page), "live while it waits"
    author.system.insist(author.system.services["archive"].run_worker)
    [signed] = [
        one
        for one in author.get(f"/applications/{case}/documents")["items"]
        if one["kind"] == "signed_application_form"
    ]
    for path in (here, f"/account/applications/{case}"):
        assert re.search(f'btn btn-outline-ink" href="/[^"]*{signed["document_id"]}"', author.me.get(path).text), path


@pytest.mark.requirement("I-05")
@pytest.mark.requirement("S-01")
def test_an_organisation_is_offered_its_letter_and_told_nothing_of_a_photograph(system: System) -> None:
    letter, photograph = "/guides/templates/authorisation_letter.pdf", "手持照片"
    page = company(system).me.get("/account/verification").text
    assert letter in page
    assert photograph not in page
    assert "没有提交的文件三十天后删除" in page
    page = signed_up(system).me.get("/account/verification").text
    assert letter not in page
    assert photograph in page
    visitor = system.client()
    assert letter in visitor.get("/guides/real-name").text
    assert visitor.get(letter).data.startswith(b"%PDF")


@pytest.mark.requirement("F-10")
def test_missing_papers_are_ticked_and_the_applicant_reads_which_have_come_and_which_have_not(system: System) -> None:
    author = signed_up(system)
    author.verify()
    case = author.accepted(paper=False)["application_id"]
    view = author.get(f"/applications/{case}")
    counter = at_desk(system, "intake")
    for language in ("zh", "en"):
        papers = author.get(f"/applications/{case}?lang={language}")["paper"]
        page = seen(counter.get(f"/staff/paper?deficient={view['acceptance_number']}&lang={language}"))
        boxes = page.xpath(".//input[@type='checkbox' and @name='papers']")
        labels = [" ".join(box.getparent().text_content().split()) for box in boxes]
        assert labels == author.get(f"/applications/{case}?lang={language}")["paper"] == papers
    form = boxes[0].xpath("ancestor::form")[0]
    assert form.xpath("string(.//input[@name='number']/@value)") == view["serial_number"]
    wrong = counter.post("/staff/paper/deficient", data={"number": view["serial_number"], "missing": " "})
    assert wrong.status_code == 422
    assert seen(wrong, 422).xpath(".//input[@name='papers']"), "the list stays"
    noted = counter.post(
        "/staff/paper/deficient", data={"number": view["serial_number"], "papers": ["1"], "missing": "封面破损"}
    )
    assert noted.status_code == 303
    system.settle()
    main = html.fromstring(author.me.get(f"/account/applications/{case}?lang=en").text).find(".//main")
    lines = [" ".join(line.text_content().split()) for line in main.xpath(".//ul[@class='paper-list']/li")]
    assert lines == [f"{'Missing' if number == 0 else 'Has come'} {paper}" for number, paper in enumerate(papers)]
    said = " ".join(main.text_content().split())
    assert "Please send only what is missing; what has come need not be sent again" in said
    assert "封面破损" in said
    [told] = [one for one in author.get("/messages")["items"] if "不齐" in one["subject"]]
    [due] = [date.fromisoformat(one["due_on"]) for one in view["deadlines"] if one["kind"] == "paper"]
    assert f"请在 {date_in_words(due, 'zh')} 前" in told["body"]
    assert "不齐" in words(counter.get("/staff/paper"))
    unknown = counter.get("/staff/paper?deficient=2026Z11S999999")
    assert unknown.status_code == 404
    assert "没有找到" in words(unknown, 404)
