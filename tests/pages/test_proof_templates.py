"""A template is linked where its proof is asked for, whoever files; and nowhere else."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.one_process import System
from tests.pages.test_agreements import sign_in
from tests.pages.test_paper_to_send import company

pytestmark = pytest.mark.requirement("F-05")
TEMPLATE = re.compile(r'href="(/registration/applications/[^"]+/templates/(\w+)\.pdf)"')
TITLE = "长江边的石头"
WORK = {"title": TITLE, "category": "A", "completion_date": "2026-01-05"}
JOINT = {"ownership": "joint", "authors": [{"name": "王小明"}, {"name": "李四"}]}
FOR_HIRE = {"ownership": "work_for_hire", "authors": [{"name": "王小明"}]}


@pytest.mark.parametrize(
    ("kind", "form", "asked"),
    [
        ("person", {"ownership": "individual"}, set()),
        ("person", JOINT, {"joint_agreement"}),
        ("organisation", FOR_HIRE, {"creation_proof", "employment_contract"}),
    ],
    ids=["own work", "joint work", "work for hire"],
)
def test_a_draft_links_the_templates_of_the_proofs_it_needs_with_what_it_says(
    system: System, kind: str, form: dict[str, object], asked: set[str]
) -> None:
    if kind == "organisation":
        author = company(system)
    else:
        author = Author(system, new_applicant(), system.client(), {})
        author.sign_up()
    draft = author.post("/applications", {"kind": "work", "form": WORK | form})["application_id"]
    browser = sign_in(author)[0]
    found = dict(
        reversed(one) for one in TEMPLATE.findall(browser.get(f"/registration/applications/{draft}/materials").text)
    )
    assert set(found) == asked
    for name, place in found.items():
        pages = PdfReader(io.BytesIO(browser.get(place).data)).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert TITLE in text
        if name != "employment_contract":
            assert "王小明" in text
            assert "2026年1月5日" in text
