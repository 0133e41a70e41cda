"""From draft to submission: saving, materials, declaration, signature, serial number."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import anonymous, person, staff_actor
from filing.forms.policy import Policies, policies
from sqlalchemy import select

from contracts import filing

from .conftest import Office, form


def refused(code: str, call: Any, *args: Any, **kwargs: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def places(problem: Problem) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in problem.errors}


@pytest.mark.requirement("F-02")
def test_each_step_of_the_wizard_is_saved_and_a_stale_page_does_not_overwrite(office: Office) -> None:
    draft = office.call(filing.CREATE_APPLICATION, office.applicant, type="work_registration", form={"title": "石头"})
    assert draft.state == "draft"
    saved = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=draft.application_id,
        version=draft.version,
        form={"category": "A"},
    )
    assert (saved.form["title"], saved.form["category"]) == ("石头", "A")
    stale = {"application_id": draft.application_id, "version": draft.version, "form": {"title": "别的"}}
    refused("version_conflict", office.call, filing.SAVE_APPLICATION, office.applicant, **stale)
    assert office.view(draft.application_id).title == "石头"


def test_a_draft_names_fields_of_the_wrong_shape(office: Office) -> None:
    problem = refused(
        "form_invalid",
        office.call,
        filing.CREATE_APPLICATION,
        office.applicant,
        type="work_registration",
        form={"word_count": "many", "colour": "red"},
    )
    assert places(problem) == {("word_count", "not_a_number"), ("colour", "unknown_field")}


def test_a_form_that_policy_has_closed_opens_no_draft(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = policies().on("software_registration", office.today())
    closed = Policies(office=policies().office, form=[shipped.model_copy(update={"open": False})])
    monkeypatch.setattr("filing.drafts.handlers.policies", lambda: closed)
    refused("kind_not_open", office.call, filing.CREATE_APPLICATION, office.applicant, type="software_registration")


@pytest.mark.requirement("F-03")
def test_anybody_may_check_a_form_by_the_same_rules(office: Office) -> None:
    report = office.call(filing.CHECK_FORM, anonymous(), type="work_registration", form=form(title="教程"))
    assert [(item.field, item.code) for item in report.problems] == [("title", "title_generic")]


def test_the_form_describes_itself(office: Office) -> None:
    described = office.call(filing.DESCRIBE_FORM, anonymous(), type="work_registration", language="en")
    category = next(field for step in described.steps for field in step.fields if field.name == "category")
    assert {choice.value for choice in category.choices if choice.open} == set("AMBCDENFOGHIJKPL")
    assert described.paper_required
    assert described.office["phone"] == "010-61092299"
    assert "60 days" in described.legal_basis["examination"]


def test_drafts_are_their_owners_alone(office: Office) -> None:
    application_id = office.ready()
    for actor in (office.other, office.examiner, staff_actor("customer_service", id="acc-service")):
        refused("application_unknown", office.view, application_id, actor)
    refused("application_unknown", office.attach, application_id, actor=office.other)
    refused("application_unknown", office.prepare, application_id, office.other)
    refused("application_unknown", office.view, "app-nothing")


@pytest.mark.requirement("F-04")
def test_a_sample_is_checked_by_the_profile_of_its_category(office: Office) -> None:
    draft = office.draft()
    material = office.attach(draft.application_id)
    assert (material.precheck.state, material.precheck.profile) == ("running", "text_pdf")
    office.finish_checks()
    art = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=draft.application_id,
        version=draft.version,
        form={"category": "F", "word_count": None},
    )
    assert (art.materials[0].precheck.state, art.materials[0].precheck.profile) == ("running", "artwork_image")


def test_materials_are_attached_once_ordered_and_removed(office: Office) -> None:
    application_id = office.draft().application_id
    first = office.attach(application_id, data=b"one")
    again = office.attach(application_id, data=b"one")
    second = office.attach(application_id, data=b"two")
    assert again.material_id == first.material_id
    order = [second.material_id, first.material_id]
    view = office.call(filing.ORDER_MATERIALS, office.applicant, application_id=application_id, material_ids=order)
    assert [material.material_id for material in view.materials] == order
    partial = {"application_id": application_id, "material_ids": order[:1]}
    refused("material_order_invalid", office.call, filing.ORDER_MATERIALS, office.applicant, **partial)
    one = {"application_id": application_id, "material_id": first.material_id}
    view = office.call(filing.REMOVE_MATERIAL, office.applicant, **one)
    assert [material.material_id for material in view.materials] == order[:1]
    refused("material_unknown", office.call, filing.REMOVE_MATERIAL, office.applicant, **one)


def test_a_receipt_of_somebody_else_attaches_nothing(office: Office) -> None:
    application_id = office.draft().application_id
    receipt = office.harness.receipt("acc-other", b"theirs")
    request = {"application_id": application_id, "role": "sample", "receipt": receipt}
    refused("receipt_invalid", office.call, filing.ATTACH_MATERIAL, office.applicant, **request)


@pytest.mark.requirement("I-05")
def test_nothing_is_filed_before_verification(office: Office) -> None:
    stranger = person("acc-new")
    application_id = office.ready(stranger)
    refused("not_verified", office.prepare, application_id, stranger)
    office.verify(stranger, "王小明")
    assert office.prepare(application_id, stranger).sha256


@pytest.mark.requirement("F-03")
def test_all_problems_come_in_one_answer(office: Office) -> None:
    commissioned = {"ownership": "commissioned", "authors": [{"name": "李雷"}]}
    draft = office.draft(title="教程", completion_date="2099-01-01", **commissioned)
    problem = refused("form_invalid", office.prepare, draft.application_id)
    assert places(problem) == {
        ("title", "title_generic"),
        ("completion_date", "date_in_future"),
        ("publication_date", "publication_before_completion"),
        ("materials.sample", "material_missing"),
        ("materials.commission_contract", "material_missing"),
    }


@pytest.mark.requirement("F-06")
def test_a_sample_is_checked_again_when_its_work_is_renamed(office: Office) -> None:
    application_id = office.ready()
    before = office.view(application_id)
    changed: filing.ApplicationView = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=application_id,
        version=before.version,
        form={"title": "长江边的石头与水"},
    )
    assert [material.precheck.state for material in changed.materials] == ["running"]
    office.finish_checks()
    kept: filing.ApplicationView = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=application_id,
        version=changed.version,
        form={"word_count": 13000},
    )
    assert [material.precheck.state for material in kept.materials] == ["done"]


@pytest.mark.requirement("F-06")
def test_a_material_that_is_being_checked_or_failed_is_not_filed(office: Office) -> None:
    application_id = office.draft().application_id
    material = office.attach(application_id)
    place = f"materials.{material.material_id}"
    assert places(refused("application_incomplete", office.prepare, application_id)) == {(place, "material_checking")}
    office.finish_checks("fail", [{"code": "pdf_needs_password", "severity": "error"}])
    assert places(refused("application_incomplete", office.prepare, application_id)) == {(place, "material_failed")}


@pytest.mark.requirement("F-06")
def test_doubts_of_the_check_are_left_to_the_examiner(office: Office) -> None:
    application_id = office.draft().application_id
    office.attach(application_id)
    office.finish_checks("uncertain", [{"code": "pdf_xfa_form", "severity": "warning"}])
    assert office.prepare(application_id).sha256


@pytest.mark.requirement("F-05")
def test_the_declaration_is_rendered_once_for_the_same_content(office: Office) -> None:
    application_id = office.ready()
    first = office.prepare(application_id)
    assert office.prepare(application_id) == first
    with office.harness.uow() as uow:
        pdf = uow.objects.read(first.sha256, 10_000_000)
    assert pdf.startswith(b"%PDF")
    office.attach(application_id, "other", b"more")
    office.finish_checks()
    assert office.prepare(application_id).sha256 != first.sha256


@pytest.mark.requirement("F-09")
def test_a_signed_application_gets_a_serial_number_and_says_so(office: Office) -> None:
    application_id = office.ready()
    declaration = office.prepare(application_id)
    submitted = office.submit(application_id, office.evidence(declaration))
    year = office.today().year
    assert (submitted.serial_number, submitted.state) == (f"{year}Z11S000001", "submitted")
    (event,) = office.harness.events(filing.APPLICATION_SUBMITTED)
    assert event.fee_basis == {
        "kind": "work",
        "form_code": "Z11",
        "category": "A",
        "word_count": 12000,
        "seconds": 0,
        "with_lyrics": True,
        "episodes": 0,
        "compilation": False,
        "applicant_kind": "natural_person",
        "parts": 1,
    }
    assert event.applicant_name == "王小明"
    assert [document.kind for document in event.documents] == ["declaration", "application_form", "cover_sheet"]
    assert [material.file_name for material in event.materials] == ["样本.pdf"]


@pytest.mark.requirement("F-10")
def test_the_cover_sheet_carries_number_and_address(office: Office) -> None:
    application_id = office.submitted()
    listed = office.call(filing.LIST_DOCUMENTS, office.applicant, application_id=application_id)
    assert [document.kind for document in listed.items] == ["application_form", "declaration", "cover_sheet"]
    from io import BytesIO

    from pypdf import PdfReader

    with office.harness.uow() as uow:
        pdf = uow.objects.read(listed.items[2].object.sha256, 10_000_000)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert (office.view(application_id).serial_number or "") in text
    assert "丰台区汽车博物馆西路9号院6号楼" in text.replace(" ", "")
    printed = "".join(text.split())
    for language in ("zh", "en"):
        asked = office.call(
            filing.GET_APPLICATION, office.applicant, application_id=application_id, language=language
        ).paper
        assert asked, language
        assert all("".join(line.split()) in printed for line in asked), "page and cover sheet say the same"
    assert "权利归属证明" not in printed, "whoever created it alone has no proof to send"


def test_an_old_declaration_is_not_enough(office: Office) -> None:
    application_id = office.ready()
    old = office.evidence(office.prepare(application_id))
    draft = office.view(application_id)
    change = {"application_id": application_id, "version": draft.version, "form": {"title": "长江边的新石头"}}
    office.call(filing.SAVE_APPLICATION, office.applicant, **change)
    office.finish_checks()
    refused("declaration_outdated", office.submit, application_id, old)
    new = office.prepare(application_id)
    refused("declaration_outdated", office.submit, application_id, old)
    assert office.submit(application_id, office.evidence(new)).serial_number


@pytest.mark.requirement("I-08")
def test_only_identitys_evidence_about_this_document_and_signer_counts(office: Office) -> None:
    application_id = office.ready()
    refused("declaration_required", office.submit, application_id, "no.token.yet")
    declaration = office.prepare(application_id)
    for evidence in (
        "not a token",
        office.evidence(declaration, signer="acc-other"),
        office.evidence(declaration, party="acc-other"),
        office.evidence(declaration, audience="registry"),
        office.evidence(declaration, sha256="0" * 64),
        office.evidence(declaration, document_id="fil-other"),
    ):
        refused("evidence_invalid", office.submit, application_id, evidence)
    assert office.harness.events(filing.APPLICATION_SUBMITTED) == []


@pytest.mark.requirement("S-01")
def test_of_two_submissions_at_once_one_counts(office: Office) -> None:
    application_id = office.ready()
    evidence = office.evidence(office.prepare(application_id))
    outcomes: list[str] = []

    def submit() -> None:
        try:
            outcomes.append(office.submit(application_id, evidence).serial_number)
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [f"{office.today().year}Z11S000001", *["action_not_allowed"] * 3]
    assert len(office.harness.events(filing.APPLICATION_SUBMITTED)) == 1


@pytest.mark.requirement("S-01")
def test_a_repeated_request_is_answered_again(office: Office) -> None:
    application_id = office.ready()
    request = {"application_id": application_id, "evidence": office.evidence(office.prepare(application_id))}
    answers = [office.call(filing.SUBMIT_APPLICATION, office.applicant, "req-1", **request) for _ in range(2)]
    assert answers[0] == answers[1]


@pytest.mark.requirement("F-09")
def test_serial_numbers_have_no_gaps_when_submissions_meet_or_fail(office: Office) -> None:
    ready = [office.ready() for _ in range(6)]
    signed = [(case, office.evidence(office.prepare(case))) for case in ready]

    def submit(case: str, evidence: str) -> None:
        office.submit(case, evidence)

    threads = [threading.Thread(target=submit, args=pair) for pair in signed[:5]]
    for thread in threads:
        thread.start()
    refused("evidence_invalid", office.submit, signed[5][0], "broken")
    for thread in threads:
        thread.join()
    office.submit(*signed[5])
    numbers = sorted(office.view(case).serial_number or "" for case in ready)
    assert numbers == [f"{office.today().year}Z11S{number:06d}" for number in range(1, 7)]


def test_the_form_is_frozen_after_submission(office: Office) -> None:
    application_id = office.submitted()
    version = office.view(application_id).version
    change = {"application_id": application_id, "version": version, "form": {"title": "别的"}}
    refused("application_frozen", office.call, filing.SAVE_APPLICATION, office.applicant, **change)
    refused("application_frozen", office.attach, application_id, data=b"late")
    material = office.view(application_id).materials[0].material_id
    one = {"application_id": application_id, "material_id": material}
    refused("application_frozen", office.call, filing.REMOVE_MATERIAL, office.applicant, **one)


def test_my_cases_are_listed_newest_first_by_pages(office: Office) -> None:
    made = [office.draft(title=f"石头记{name}").application_id for name in "甲乙丙"]
    first = office.call(filing.LIST_APPLICATIONS, office.applicant, limit=2)
    rest = office.call(filing.LIST_APPLICATIONS, office.applicant, limit=2, cursor=first.next_cursor)
    assert [item.application_id for item in (*first.items, *rest.items)] == made[::-1]
    assert rest.next_cursor is None
    assert {item.waiting_for for item in first.items} == {"applicant_form"}
    assert office.call(filing.LIST_APPLICATIONS, office.other).items == []
    assert office.call(filing.LIST_APPLICATIONS, office.applicant, state="submitted").items == []


def test_documents_and_materials_are_for_those_who_may_read_the_case(office: Office) -> None:
    application_id = office.submitted()
    document = office.view(application_id).declaration
    assert document is not None
    request = {"document_id": document.document_id}
    assert office.call(filing.GET_DOCUMENT, office.applicant, **request).object == document.object
    refused("document_unknown", office.call, filing.GET_DOCUMENT, office.other, **request)
    refused("forbidden", office.call, filing.GET_DOCUMENT, staff_actor("cashier", id="acc-cash"), **request)
    refused("document_unknown", office.call, filing.GET_DOCUMENT, office.applicant, document_id="fil-nothing")
    material = office.view(application_id).materials[0]
    one = {"application_id": application_id, "material_id": material.material_id}
    assert office.call(filing.OPEN_MATERIAL, office.applicant, **one).content_type == "application/pdf"
    refused("application_unknown", office.call, filing.OPEN_MATERIAL, office.other, **one)


def test_the_history_of_a_case_can_only_be_appended_to(office: Office) -> None:
    from filing.cases.store import ActionRow
    from sqlalchemy import delete, update
    from sqlalchemy.exc import ProgrammingError

    application_id = office.submitted()
    for statement in (update(ActionRow).values(note="forged"), delete(ActionRow)):
        with pytest.raises(ProgrammingError, match="permission denied"), office.harness.uow() as uow:
            uow.session.execute(statement)
    with office.harness.uow() as uow:
        rows = uow.session.scalars(select(ActionRow).where(ActionRow.case_id == application_id)).all()
        assert [row.action for row in rows] == ["create", "submit"]
