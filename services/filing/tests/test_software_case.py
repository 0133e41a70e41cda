"""Software from draft to register: the deposit built within the case, agreement with the form, all ends of its life."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.testing import staff_actor

from contracts import examination, filing, payment, tools

from .conftest import Office
from .software_forms import NOTE, software
from .test_deposits import packed, program
from .test_filing_a_case import places, refused

OURS = {"name": "长江文化有限公司", "kind": "organisation", "applicant": True}


def open_draft(office: Office, actor: Actor | None = None, **changes: Any) -> filing.ApplicationView:
    draft: filing.ApplicationView = office.call(
        filing.CREATE_APPLICATION,
        actor or office.applicant,
        type="software_registration",
        form=software(**changes),
    )
    return draft


def manual(name: str = "山居图书管理软件V1.0", lines: int = 90) -> bytes:
    return "\n".join(f"{name} 用户手册第 {n} 行：借书、还书与盘点" for n in range(lines)).encode()


def build(office: Office, application_id: str, actor: Actor | None = None, **request: Any) -> tools.JobView:
    """A deposit of a small program and its manual, made by the worker."""
    actor = actor or office.applicant
    source = request.pop("source", packed(program(3)))
    document = request.pop("document", manual())
    asked = office.call(
        filing.BUILD_DEPOSIT,
        actor,
        application_id=application_id,
        source=[office.harness.receipt(actor.subject, source, "library.tar")] if source else [],
        document=office.harness.receipt(actor.subject, document, "用户手册.txt") if document else "",
        **request,
    )
    office.harness.run_worker()
    done: tools.JobView = office.call(tools.GET_JOB, actor, job_id=asked.job_id)
    return done


def use(office: Office, application_id: str, job: tools.JobView, actor: Actor | None = None) -> filing.ApplicationView:
    """Puts it into the case and lets its files be checked."""
    who = actor or office.applicant
    office.call(filing.ATTACH_DEPOSIT, who, application_id=application_id, job_id=job.job_id)
    office.harness.run_worker()
    return office.view(application_id, who)


def save(office: Office, view: filing.ApplicationView, **changes: Any) -> filing.ApplicationView:
    saved: filing.ApplicationView = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=view.application_id,
        version=view.version,
        form=changes,
    )
    office.harness.run_worker()
    return office.view(saved.application_id)


def found(view: filing.ApplicationView) -> dict[str, tuple[str, str]]:
    """Code → (field, severity) of everything that is said about a draft; a material's id as its role."""
    roles = {f"materials.{material.material_id}": f"materials.{material.role}" for material in view.materials}
    assert view.report is not None
    return {item.code: (roles.get(item.field, item.field), item.severity) for item in view.report.problems}


def ready(office: Office, actor: Actor | None = None, **changes: Any) -> str:
    """A complete draft with a deposit that was made elsewhere."""
    application_id = open_draft(office, actor, **changes).application_id
    for role in ("program", "document"):
        office.attach(application_id, role, data=role.encode(), actor=actor, file_name=f"{role}.pdf")
    office.finish_checks()
    return application_id


def submitted(office: Office, actor: Actor | None = None, **changes: Any) -> str:
    actor = actor or office.applicant
    application_id = ready(office, actor, **changes)
    office.submit(application_id, office.evidence(office.prepare(application_id, actor), actor.subject), actor)
    return application_id


def claimed(office: Office, **changes: Any) -> str:
    application_id = submitted(office, **changes)
    office.order(application_id)
    office.pay(application_id)
    office.receive_paper(application_id)
    office.claim(application_id)
    return application_id


@pytest.mark.requirement("F-04")
def test_a_deposit_is_built_of_the_form_and_put_into_the_case_with_one_call(office: Office) -> None:
    draft = open_draft(office)
    job = build(office, draft.application_id)
    assert (job.state, [file.name for file in job.files]) == ("done", ["program", "document"])
    assert job.report["asked"]["title"] == "山居图书管理软件"
    view = use(office, draft.application_id, job)
    assert [material.role for material in view.materials] == ["program", "document"]
    assert {material.precheck.verdict for material in view.materials} == {"pass"}
    assert view.materials[0].object == job.files[0].object
    again = use(office, draft.application_id, job)
    assert [material.material_id for material in again.materials] == [item.material_id for item in view.materials]


@pytest.mark.requirement("F-04")
def test_what_the_code_says_is_offered_to_the_empty_form_and_taken_with_one_save(office: Office) -> None:
    view = open_draft(office, languages=[], source_lines=None)
    view = use(office, view.application_id, build(office, view.application_id))
    assert view.report is not None
    told = view.report.suggestions
    assert set(told) == {"languages", "source_lines"}
    view = save(office, view, **told)
    assert (view.form["source_lines"], set(view.form["languages"])) == (told["source_lines"], {"Python"})
    assert view.report is not None
    assert view.report.suggestions == {}
    assert found(view) == {}


@pytest.mark.requirement("F-04")
def test_what_the_applicant_filled_in_is_compared_and_never_offered_to_be_overwritten(office: Office) -> None:
    """A walk: the version of a library in one source file took the place of the V1.0 that heads every page."""
    files = {**program(2), "library/app.py": b"VERSION = '2.32.4'\n" + b"print('book')\n" * 60}
    view = open_draft(office, languages=["SQL"], source_lines=99)
    view = use(office, view.application_id, build(office, view.application_id, source=packed(files)))
    assert found(view)["language_undeclared"] == ("languages", "warning")
    assert found(view)["source_lines_differ"] == ("source_lines", "warning")
    assert found(view)["source_version_differs"] == ("version", "warning")
    assert view.report is not None
    assert view.report.suggestions == {}


@pytest.mark.requirement("F-06")
def test_a_manual_with_another_version_is_told_with_its_page(office: Office) -> None:
    view = open_draft(office)
    view = use(office, view.application_id, build(office, view.application_id, document=manual("山居图书管理软件V2.3")))
    assert view.report is not None
    [told] = [item for item in view.report.problems if item.code == "deposit_version_differs"]
    assert (told.severity, told.params["page"], told.params["found"], told.params["wanted"]) == (
        "warning",
        1,
        "V2.3",
        "V1.0",
    )
    assert view.report.suggestions == {}


@pytest.mark.requirement("F-06")
def test_a_version_in_the_source_is_told_with_file_and_line(office: Office) -> None:
    files = {**program(2), "library/app.py": b"import sys\n\nVERSION = '3.1'\n" + b"print('book')\n" * 60}
    view = open_draft(office)
    view = use(office, view.application_id, build(office, view.application_id, source=packed(files)))
    assert view.report is not None
    [told] = [item for item in view.report.problems if item.code == "source_version_differs"]
    assert (told.field, told.params["file"], told.params["line"], told.params["found"]) == (
        "version",
        "library/app.py",
        3,
        "3.1",
    )
    assert view.report.suggestions == {}


@pytest.mark.requirement("F-06")
def test_a_renamed_form_is_compared_with_its_deposit_again(office: Office) -> None:
    view = open_draft(office)
    view = use(office, view.application_id, build(office, view.application_id))
    view = save(office, view, full_name="水居图书管理软件")
    assert found(view)["deposit_name_absent"] == ("materials.document", "error")
    refused("application_incomplete", office.prepare, view.application_id)
    view = save(office, view, full_name="山居图书管理软件")
    assert "deposit_name_absent" not in found(view)


@pytest.mark.requirement("F-04")
def test_a_deposit_made_otherwise_than_the_form_says_keeps_it_from_being_filed(office: Office) -> None:
    view = open_draft(office)
    view = use(office, view.application_id, build(office, view.application_id))
    view = save(office, view, deposit_kind="exceptional", exceptional_kind="masked")
    assert found(view)["deposit_mode_differs"] == ("deposit_kind", "error")
    job = build(office, view.application_id, source=packed(program(40)))
    assert job.report["program"]["meter"] is not None
    view = use(office, view.application_id, job)
    assert "deposit_mode_differs" not in found(view)
    assert [material.role for material in view.materials] == ["program", "document"]


@pytest.mark.requirement("F-04")
def test_several_documents_stand_beside_each_other(office: Office) -> None:
    view = open_draft(office, document_kinds="several", document_count=2)
    view = use(office, view.application_id, build(office, view.application_id))
    assert found(view)["material_too_few"] == ("materials.document", "error")
    job = build(office, view.application_id, source=b"", document=manual(lines=60))
    view = use(office, view.application_id, job)
    assert [material.role for material in view.materials] == ["program", "document", "document"]
    assert "material_too_few" not in found(view)


@pytest.mark.requirement("F-04")
def test_a_deposit_needs_name_and_version_and_is_its_owners(office: Office) -> None:
    view = open_draft(office, full_name="", version="")
    receipt = office.harness.receipt("acc-wang", b"x = 1\n", "app.py")
    asked = {"application_id": view.application_id, "source": [receipt]}
    problem = refused("form_invalid", office.call, filing.BUILD_DEPOSIT, office.applicant, **asked)
    assert places(problem) == {("full_name", "required"), ("version", "required")}
    refused("application_unknown", office.call, filing.BUILD_DEPOSIT, office.other, **asked)
    work = office.draft().application_id
    refused(
        "material_role_invalid",
        office.call,
        filing.BUILD_DEPOSIT,
        office.applicant,
        application_id=work,
        source=[receipt],
    )

    view = open_draft(office)
    job = build(office, view.application_id)
    theirs = open_draft(office, office.other, owners=[])
    stolen = {"application_id": theirs.application_id, "job_id": job.job_id}
    refused("job_unknown", office.call, filing.ATTACH_DEPOSIT, office.other, **stolen)
    mine = {"application_id": view.application_id, "job_id": "job-nothing"}
    refused("job_unknown", office.call, filing.ATTACH_DEPOSIT, office.applicant, **mine)
    failed = build(office, view.application_id, source=b"PK\x03\x04 not an archive")
    unmade = {"application_id": view.application_id, "job_id": failed.job_id}
    refused("deposit_not_made", office.call, filing.ATTACH_DEPOSIT, office.applicant, **unmade)


@pytest.mark.requirement("F-04")
def test_code_of_blank_lines_and_a_manual_without_text_are_refused(office: Office) -> None:
    view = open_draft(office)
    blank = build(office, view.application_id, source=packed({"app.py": b"\n \n\t\n" * 4000}), document=b"")
    assert blank.state == "failed"
    assert blank.refusal is not None
    assert blank.refusal.message
    empty = build(office, view.application_id, source=b"", document=b"\n\n \n" * 200)
    assert (empty.state, bool(empty.refusal and empty.refusal.message)) == ("failed", True)


@pytest.mark.requirement("F-09")
@pytest.mark.parametrize(
    ("actor", "changes", "basis"),
    [
        ("applicant", {}, {"applicant_kind": "natural_person", "documents": 1, "exceptional": False}),
        ("company", {"owners": [OURS]}, {"applicant_kind": "organisation", "documents": 1, "exceptional": False}),
    ],
)
def test_software_is_submitted_with_what_its_fee_depends_on(
    office: Office, actor: str, changes: dict[str, Any], basis: dict[str, Any]
) -> None:
    who: Actor = getattr(office, actor)
    application_id = submitted(office, who, **changes)
    view = office.view(application_id, who)
    assert view.serial_number is not None
    assert "R11" in view.serial_number
    [event] = office.harness.events(filing.APPLICATION_SUBMITTED)
    assert (event.kind, event.type, event.form_code, event.title) == (
        "software",
        "software_registration",
        "R11",
        "山居图书管理软件",
    )
    assert event.fee_basis == {"kind": "software", "form_code": "R11", "parts": 1} | basis
    assert {document.kind for document in event.materials} == {"program", "document"}


@pytest.mark.requirement("F-04")
def test_an_exceptional_deposit_says_so_to_the_tariff(office: Office) -> None:
    submitted(office, deposit_kind="exceptional", exceptional_kind="ten_fifty")
    [event] = office.harness.events(filing.APPLICATION_SUBMITTED)
    assert event.fee_basis["exceptional"] is True


@pytest.mark.requirement("F-05")
def test_a_missing_contract_keeps_it_from_being_filed(office: Office) -> None:
    application_id = ready(office, office.company, owners=[OURS], work_for_hire=True)
    problem = refused("application_incomplete", office.prepare, application_id, office.company)
    assert places(problem) == {
        ("materials.employment_contract", "material_missing"),
        ("materials.creation_proof", "material_missing"),
    }
    for role in ("employment_contract", "creation_proof"):
        office.attach(application_id, role, data=role.encode(), actor=office.company, file_name=f"{role}.pdf")
    office.finish_checks()
    assert office.prepare(application_id, office.company).sha256


@pytest.mark.requirement("P-01")
def test_where_nothing_is_charged_it_is_accepted_at_once(office: Office) -> None:
    application_id = submitted(office)
    case = office.view(application_id)
    created = payment.OrderCreated(
        order_id="ord-free",
        application_id=application_id,
        account_id=case.account_id,
        serial_number=case.serial_number or "",
        title=case.title,
        amount=0,
        lines=[],
        created_at=office.now(),
        pay_by=office.today(),
    )
    office.harness.deliver(payment.ORDER_CREATED, created)
    view = office.view(application_id)
    assert (view.state, view.waiting_for) == ("accepted", "paper")
    assert "payment" not in {deadline.kind for deadline in view.deadlines}
    office.pay(application_id, order_id="ord-free", amount=0, method="waived", payment_id="")
    assert office.view(application_id).acceptance_number == view.acceptance_number
    assert len(office.harness.events(filing.APPLICATION_ACCEPTED)) == 1


@pytest.mark.requirement("F-13")
def test_software_is_examined_within_sixty_days_and_corrected_within_thirty(office: Office) -> None:
    application_id = claimed(office)
    accepted = office.today()
    [due] = [item for item in office.view(application_id).deadlines if item.kind == "examination"]
    assert (due.due_on - accepted).days in range(60, 71)
    assert "第二十条" in due.legal_basis
    correction = office.ask_correction(application_id, "functions")
    assert (correction.due_on - office.today()).days in range(30, 41)


@pytest.mark.requirement("F-12")
def test_a_field_and_the_deposit_are_corrected(office: Office) -> None:
    application_id = claimed(office)
    before = office.view(application_id)
    old = next(material for material in before.materials if material.role == "program")
    correction = office.ask_correction(application_id, "purpose", old.material_id)
    job = build(office, application_id, source=packed(program(4)), document=b"")
    view = use(office, application_id, job)
    assert [material.role for material in view.materials].count("program") == 2
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in correction.defects]
    assert view.report is not None
    view = office.answer(
        application_id,
        answers=answers,
        form={"purpose": "社区图书室的借还与盘点", **view.report.suggestions},
    )
    assert view.state == "under_examination"
    assert [
        (material.object == old.object, material.superseded)
        for material in view.materials
        if material.role == "program"
    ] == [
        (True, True),
        (False, False),
    ]
    assert "purpose" in [change["field"] for change in view.corrections[-1].changes]
    office.decide(application_id, "approve")
    [event] = office.harness.events(filing.APPLICATION_APPROVED)
    assert (event.form["purpose"], event.form["version"]) == ("社区图书室的借还与盘点", "V1.0")
    assert "contact" not in event.form
    assert old.object.sha256 not in event.sample_sha256
    assert len(event.sample_sha256) == 2
    office.certify(application_id, f"{office.today().year}SR0000001")
    assert office.view(application_id).state == "registered"


@pytest.mark.requirement("F-12")
def test_a_name_is_corrected_in_form_and_deposit_at_once(office: Office) -> None:
    application_id = claimed(office, full_name="水居图书管理软件")
    files = [material.material_id for material in office.view(application_id).materials]
    correction = office.ask_correction(application_id, "full_name", *files)
    renamed = {"full_name": "山居图书管理软件"}
    job = build(office, application_id, form=renamed)
    assert job.report["asked"]["title"] == "山居图书管理软件"
    view = use(office, application_id, job)
    assert "deposit_name_absent" not in found(view)
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in correction.defects]
    view = office.answer(application_id, answers=answers, form=renamed)
    assert (view.state, view.title) == ("under_examination", "山居图书管理软件")
    assert [material.precheck.verdict for material in view.materials if not material.superseded] == ["pass", "pass"]


@pytest.mark.requirement("F-12")
def test_files_that_stay_are_compared_with_the_corrected_name_again(office: Office) -> None:
    application_id = claimed(office)
    correction = office.ask_correction(application_id, "full_name")
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in correction.defects]
    view = office.answer(application_id, answers=answers, form={"full_name": "水居图书管理软件"})
    assert [material.precheck.state for material in view.materials] == ["running", "running"]


@pytest.mark.requirement("F-12")
def test_what_weighs_on_the_fee_stays_after_payment(office: Office) -> None:
    application_id = claimed(office)
    correction = office.ask_correction(application_id, "purpose")
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in correction.defects]
    problem = refused(
        "form_invalid",
        office.call,
        filing.ANSWER_CORRECTION,
        office.applicant,
        application_id=application_id,
        answers=answers,
        form={"deposit_kind": "exceptional", "exceptional_kind": "masked"},
    )
    assert ("deposit_kind", "fee_field_unmarked") in places(problem)


@pytest.mark.requirement("F-11")
def test_software_is_refused_by_two_examiners(office: Office) -> None:
    application_id = claimed(office)
    office.decide(application_id, "refuse", reason="提交的材料不是计算机程序")
    office.decide(application_id, "refuse", office.second, reason="提交的材料不是计算机程序")
    view = office.view(application_id)
    assert (view.state, view.reason) == ("refused", "提交的材料不是计算机程序")


@pytest.mark.requirement("F-11")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("filing_type", ["software_registration", "work_registration"])
def test_examiners_have_a_library_of_standard_defects(office: Office, filing_type: str, language: str) -> None:
    listed = office.call(examination.LIST_STANDARD_DEFECTS, office.examiner, type=filing_type, language=language).items
    assert {item.ground for item in listed} == {"statutory", "practice"}
    assert len({item.code for item in listed}) == len(listed) >= 12
    described = office.call(filing.DESCRIBE_FORM, office.examiner, type=filing_type)
    fields = {field.name for step in described.steps for field in step.fields}
    roles = {need.role for need in described.materials}
    for item in listed:
        assert item.message
        assert not (item.field and item.role)
        assert item.field in {*fields, ""}
        assert item.role in {*roles, ""}
        assert item.basis or item.ground == "practice"
    refused(
        "forbidden",
        office.call,
        examination.LIST_STANDARD_DEFECTS,
        staff_actor("cashier", id="acc-cashier"),
        type=filing_type,
    )


@pytest.mark.requirement("F-03")
def test_a_modified_software_of_others_needs_their_licence(office: Office) -> None:
    application_id = ready(office, origin="modified", modification_note=NOTE, modified_owner="other", version="V1.0")
    problem = refused("application_incomplete", office.prepare, application_id)
    assert places(problem) == {("materials.ownership_proof", "material_missing")}


@pytest.mark.requirement("F-11")
def test_examiners_work_by_kind(office: Office) -> None:
    one = claimed(office)
    other = office.claimed()

    def mine(**wanted: Any) -> examination.ExaminationList:
        listed: examination.ExaminationList = office.call(
            examination.LIST_EXAMINATIONS, office.examiner, queue="mine", **wanted
        )
        return listed

    assert (mine().counts["mine"], mine().kinds) == (2, {"work": 1, "software": 1})
    for kind, case in (("software", one), ("work", other)):
        listed = mine(kind=kind)
        assert [item.application_id for item in listed.items] == [case]
        assert (listed.counts["mine"], listed.kinds) == (1, {"work": 1, "software": 1})


@pytest.mark.requirement("F-11")
@pytest.mark.requirement("F-12")
def test_the_examiner_is_told_where_form_and_files_differ_and_what_a_file_replaced(office: Office) -> None:
    draft = open_draft(office, languages=["Go"])
    use(office, draft.application_id, build(office, draft.application_id))
    ready_to_file = office.view(draft.application_id)
    evidence = office.evidence(office.prepare(draft.application_id), office.applicant.subject)
    assert ready_to_file.report is not None
    office.submit(draft.application_id, evidence)
    office.order(draft.application_id)
    office.pay(draft.application_id)
    office.receive_paper(draft.application_id)
    office.claim(draft.application_id)
    assert office.view(draft.application_id).report is None
    told = office.view(draft.application_id, office.examiner)
    assert "languages" in {place for place, _severity in found(told).values()}

    old = next(material for material in told.materials if material.role == "program")
    correction = office.ask_correction(draft.application_id, old.material_id)
    use(office, draft.application_id, build(office, draft.application_id, source=packed(program(4)), document=b""))
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in correction.defects]
    after = office.answer(draft.application_id, answers=answers, form={})
    new = next(item for item in after.materials if item.role == "program" and not item.superseded)
    replaced = next(item for item in after.materials if item.material_id == old.material_id)
    assert replaced.superseded_by == new.correction_id == correction.correction_id


def program_of(office: Office, application_id: str) -> filing.MaterialView:
    return next(item for item in office.view(application_id).materials if item.role == "program")


@pytest.mark.requirement("F-12")
def test_a_deposit_that_is_built_again_as_it_was_answers_nothing_and_says_so(office: Office) -> None:
    draft = open_draft(office)
    view = use(office, draft.application_id, build(office, draft.application_id))
    view = save(office, view, **(view.report.suggestions if view.report else {}))
    office.submit(view.application_id, office.evidence(office.prepare(view.application_id)))
    application_id = view.application_id
    office.order(application_id)
    office.pay(application_id)
    office.receive_paper(application_id)
    office.claim(application_id)
    correction = office.ask_correction(application_id, program_of(office, application_id).material_id)
    again = build(office, application_id)
    asked = {"application_id": application_id, "job_id": again.job_id}
    problem = refused("material_unchanged", office.call, filing.ATTACH_DEPOSIT, office.applicant, **asked)
    assert problem.params["file_name"] == program_of(office, application_id).file_name
    assert len(office.view(application_id).materials) == 2

    half = build(office, application_id, source=packed(program(4)))
    after = use(office, application_id, half)
    assert [(item.role, item.correction_id) for item in after.materials] == [
        ("program", None),
        ("document", None),
        ("program", correction.correction_id),
    ], "the manual is what it was, and stays"
    assert [item.material_id for item in use(office, application_id, half).materials] == [
        item.material_id for item in after.materials
    ]


@pytest.mark.requirement("F-12")
def test_the_same_file_uploaded_again_answers_nothing_and_says_so(office: Office) -> None:
    application_id = claimed(office)
    correction = office.ask_correction(application_id, "purpose")
    with pytest.raises(Problem) as told:
        office.attach(application_id, "program", data=b"program", file_name="新的程序.pdf")
    assert (told.value.code, told.value.params["file_name"]) == ("material_unchanged", "新的程序.pdf")
    office.attach(application_id, "program", data=b"another", file_name="新的程序.pdf")
    office.attach(application_id, "program", data=b"another", file_name="新的程序.pdf")
    assert [item.correction_id for item in office.view(application_id).materials].count(correction.correction_id) == 1


@pytest.mark.requirement("F-12")
def test_a_file_of_an_earlier_round_may_come_back(office: Office) -> None:
    application_id = claimed(office)
    for data in (b"second", b"program"):
        correction = office.ask_correction(application_id, program_of(office, application_id).material_id)
        office.attach(application_id, "program", data=data)
        office.finish_checks()
        answers = [{"defect_id": correction.defects[0].defect_id, "text": "已更正"}]
        view = office.answer(application_id, answers=answers, form={})
    [current] = [item for item in view.materials if item.role == "program" and not item.superseded]
    assert current.correction_id == correction.correction_id
    assert current.object.size == len(b"program")


@pytest.mark.requirement("F-12")
def test_of_several_documents_one_is_replaced_and_another_comes_again_as_it_was(office: Office) -> None:
    application_id = open_draft(office, document_kinds="several", document_count=2).application_id
    for role, data in (("program", b"program"), ("document", b"manual"), ("document", b"design")):
        office.attach(application_id, role, data=data, file_name=f"{data.decode()}.pdf")
    office.finish_checks()
    office.submit(application_id, office.evidence(office.prepare(application_id)))
    office.order(application_id)
    office.pay(application_id)
    office.receive_paper(application_id)
    office.claim(application_id)
    correction = office.ask_correction(application_id, "materials.document")
    answer: dict[str, Any] = {
        "answers": [{"defect_id": correction.defects[0].defect_id, "text": "已更正"}],
        "form": {},
    }

    def cannot() -> set[tuple[str, str]]:
        asked = {"application_id": application_id, **answer}
        return places(
            refused("application_incomplete", office.call, filing.PREPARE_CORRECTION, office.applicant, **asked)
        )

    manual_again = office.attach(application_id, "document", data=b"manual", file_name="manual.pdf")
    office.finish_checks()
    assert cannot() == {("materials.document", "material_too_few")}, "new documents replace all of the old"
    design_again = office.attach(application_id, "document", data=b"design", file_name="design.pdf")
    office.finish_checks()
    assert cannot() == {("materials.document", "material_unchanged")}
    office.call(
        filing.REMOVE_MATERIAL,
        office.applicant,
        application_id=application_id,
        material_id=design_again.material_id,
    )
    office.attach(application_id, "document", data=b"design 2", file_name="design.pdf")
    office.finish_checks()
    view = office.answer(application_id, **answer)
    current = [item for item in view.materials if item.role == "document" and not item.superseded]
    assert [item.object.size for item in current] == [len(b"manual"), len(b"design 2")]
    assert current[0].material_id == manual_again.material_id
