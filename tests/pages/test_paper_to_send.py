"""What comes on paper, said alike on every page; what an organisation is told where it is verified."""

from __future__ import annotations

import re

import pytest
from materials.testing.sample_files import encoded, picture
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.journeys.test_organisation import NAME, credit_code
from tests.one_process import System

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
