"""What is signed is all that is registered: form, declaration and files, at submission and at each correction."""

from __future__ import annotations

import io
from typing import Any

import pytest
from chassis.testing import anonymous
from filing.cases.store import Case
from pypdf import PdfReader

from contracts import filing

from .conftest import Office, unsigned
from .test_filing_a_case import refused

DEFECTS = [{"target": "title", "message": "名称与封面不一致"}]


def corrected(office: Office, **changes: Any) -> str:
    """A case whose correction is awaited."""
    application_id = office.claimed(**changes)
    office.decide(application_id, "correct", defects=DEFECTS)
    return application_id


def answers(office: Office, application_id: str) -> list[dict[str, str]]:
    (defect,) = office.view(application_id).corrections[-1].defects
    return [{"defect_id": defect.defect_id, "text": "已更正"}]


def text_of(office: Office, document: Any) -> str:
    with office.harness.uow() as uow:
        pdf = uow.objects.read(document.object.sha256, 10_000_000)
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "").replace(" ", "")


@pytest.mark.requirement("I-08")
def test_the_declaration_names_the_application_form_that_is_signed_with_it(office: Office) -> None:
    application_id = office.ready(title="《#strong[石头]》 $1+1$ \\ @name")
    declaration = office.prepare(application_id)
    form = declaration.application_form
    assert form is not None
    assert form.object.sha256 in text_of(office, declaration.document)
    printed = text_of(office, form)
    for words in (
        "作品著作权登记申请表",
        "Z11",
        "文字作品",
        "原创",
        "2026年3月1日",
        "12000",
        "记录长江",
        "签章页",
        "#strong[石头]",
    ):
        assert words in printed, words
    assert "分件名称" not in printed, "what does not apply is not printed"


@pytest.mark.requirement("I-08")
def test_whoever_sees_the_case_sees_who_signed_what(office: Office) -> None:
    application_id = office.submitted()
    (signature,) = office.view(application_id).signatures
    assert (signature.signer_name, signature.method, signature.correction_id) == ("王小明", "sms_code", None)
    assert signature.sha256 == signature.declaration.object.sha256
    assert signature.application_form.kind == "application_form"


@pytest.mark.requirement("F-12")
@pytest.mark.requirement("I-08")
def test_a_correction_is_signed_again_and_every_version_is_kept(office: Office) -> None:
    application_id = corrected(office)
    request = {"answers": answers(office, application_id), "form": {"title": "长江边的石头与水"}}
    office.answer(application_id, **request)
    first, second = office.view(application_id).signatures
    assert first.sha256 != second.sha256
    assert second.correction_id == office.view(application_id).corrections[0].correction_id
    assert "长江边的石头与水" in text_of(office, second.application_form)
    (event,) = office.harness.events(filing.CORRECTION_ANSWERED)
    assert [document.kind for document in event.documents] == ["declaration", "application_form"]
    assert event.evidence
    listed = office.call(filing.LIST_DOCUMENTS, office.applicant, application_id=application_id).items
    assert [document.kind for document in listed].count("declaration") == 2
    office.decide(application_id, "approve")
    assert unsigned(office.harness) == []


@pytest.mark.requirement("I-08")
def test_an_answer_is_registered_only_as_it_was_signed(office: Office) -> None:
    application_id = corrected(office)
    request: dict[str, Any] = {"answers": answers(office, application_id), "form": {"title": "长江边的石头与水"}}

    def send(**changes: Any) -> None:
        office.call(filing.ANSWER_CORRECTION, office.applicant, application_id=application_id, **(request | changes))

    refused("declaration_required", send)
    of_submission = office.view(application_id).signatures[0].declaration
    old = filing.Declaration(
        document_id=of_submission.document_id, sha256=of_submission.object.sha256, document=of_submission
    )
    refused("declaration_outdated", send, evidence=office.evidence(old))
    prepared = office.call(filing.PREPARE_CORRECTION, office.applicant, application_id=application_id, **request)
    evidence = office.evidence(prepared)
    refused("declaration_outdated", send, evidence=evidence, form={"title": "长江边的水"})
    office.attach(application_id, "sample", b"%PDF-1.4 another")
    office.finish_checks()
    refused("declaration_outdated", send, evidence=evidence)
    assert office.view(application_id).form["title"] == "长江边的石头", "preparing changes nothing"


@pytest.mark.requirement("I-08")
def test_a_registered_field_that_nobody_signed_is_found(office: Office) -> None:
    application_id = office.claimed()
    office.decide(application_id, "approve")
    assert unsigned(office.harness) == []
    with office.harness.uow() as uow:
        case = uow.session.get_one(Case, application_id)
        kept = case.form
        case.form = kept | {"word_count": 999}
    assert unsigned(office.harness) == [application_id]
    with office.harness.uow() as uow:
        uow.session.get_one(Case, application_id).form = kept


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("creation_proof", ("王小明、李四", "2026年1月5日", "石头出版社有限公司享有")),
        ("joint_agreement", ("由王小明、李四、", "2026年1月5日")),
        ("corporate_statement", ("2026年1月5日",)),
    ],
)
def test_a_template_says_what_the_draft_knows(office: Office, name: str, told: tuple[str, ...]) -> None:
    people = {"authors": [{"name": "王小明"}, {"name": "李四"}], "owners": [{"name": "石头出版社有限公司"}]}
    draft = office.draft(title="长江边的石头", completion_date="2026-01-05", **people)
    filled = office.call(filing.RENDER_TEMPLATE, office.applicant, name=name, application_id=draft.application_id)
    text = "".join(text_of(office, filled).split())
    for words in ("长江边的石头", *told):
        assert words in text, words
    unfinished = office.draft(title="长江边的石头", completion_date=None, authors=[], owners=[])
    asked = {"name": name, "application_id": unfinished.application_id}
    text = "".join(text_of(office, office.call(filing.RENDER_TEMPLATE, office.applicant, **asked)).split())
    assert "年月日" in text, "a line to write the day on"


@pytest.mark.requirement("F-05")
def test_a_template_is_prefilled_for_ones_own_draft_only(office: Office) -> None:
    application_id = office.draft(title="长江边的石头").application_id
    request = {"name": "creation_proof", "application_id": application_id}
    mine = office.call(filing.RENDER_TEMPLATE, office.applicant, **request)
    assert "长江边的石头" in text_of(office, mine)
    refused("application_unknown", office.call, filing.RENDER_TEMPLATE, office.other, **request)
    refused("not_signed_in", office.call, filing.RENDER_TEMPLATE, anonymous(), **request)
    empty = office.call(filing.RENDER_TEMPLATE, anonymous(), name="creation_proof")
    assert "长江边的石头" not in text_of(office, empty)
    refused("document_unknown", office.call, filing.RENDER_TEMPLATE, anonymous(), name="declaration")
