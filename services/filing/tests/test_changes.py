"""变更或补充: what may be changed of a registration, who may, and what becomes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from chassis.errors import Problem
from filing.forms.applicant import Applicant
from filing.forms.model import Situation
from filing.forms.policy import policies
from filing.types import TYPES

from contracts import expedite, filing

from . import change_forms
from .conftest import Office
from .register import Register, filing_form

pytestmark = pytest.mark.requirement("F-01")
TODAY = date(2026, 11, 23)
KINDS = ("work", "software")
NUMBER = change_forms.registered()["registration_number"]


def judged(kind: str, form: dict[str, Any], applicant: Applicant | None = None) -> tuple[Any, list[Any]]:
    filing_type: Any = TYPES[f"{kind}_change"]  # type: ignore[index]
    reading = filing_type.read(form, applicant)
    assert reading.form is not None, reading.problems
    policy = policies().on(filing_type.name, TODAY)
    return reading.form, filing_type.check(reading.form, Situation(policy, TODAY, applicant))


@pytest.mark.parametrize(
    ("kind", "form", "found"), [(kind, *case) for kind in KINDS for case in change_forms.broken(kind)]
)
def test_what_may_not_be_changed_is_named(kind: str, form: dict[str, Any], found: change_forms.Found) -> None:
    assert {(problem.field, problem.code) for problem in judged(kind, form)[1]} == found


@pytest.mark.parametrize(("kind", "changes"), change_forms.RIGHT)
def test_what_may_be_changed_is_stated_before_and_after(kind: str, changes: dict[str, Any]) -> None:
    form, problems = judged(kind, change_forms.form(kind, **changes))
    assert problems == []
    entry = TYPES[f"{kind}_change"].entry(form)  # type: ignore[index]
    assert (entry.act, entry.registration_number) == ("changed", form.on_register.registration_number)
    named = {"publication": "publication_date"}
    assert set(entry.states) == {named.get(item, item) for item in form.change_items}
    assert set(entry.before) == set(entry.states)
    assert all(entry.before[name] != entry.states[name] for name in entry.states)
    assert "contact" not in entry.form


def test_of_a_row_that_is_left_empty_the_registered_name_stays() -> None:
    form, _ = judged("work", change_forms.form(**change_forms.SIGNED))
    assert [(row.was, row.was_pseudonym, row.signed_as) for row in form.authors] == [
        ("王小名", "", "real_name"),
        ("李白", "青莲", "pseudonym"),
    ]
    stated = TYPES["work_change"].entry(form).states["authors"]
    assert [(one["name"], one["pseudonym"]) for one in stated] == [("王小明", ""), ("李白", "青莲居士")]


def test_a_name_that_nobody_verified_is_asked_about() -> None:
    applicant = Applicant("王晓明", "natural_person", "resident_id", "1101")
    _, problems = judged("work", change_forms.form(**change_forms.RENAMED), applicant)
    assert [(one.field, one.code, one.severity) for one in problems] == [
        ("owners.0.name", "change_not_verified_name", "warning")
    ]


@pytest.fixture
def register(keys: Any) -> Register:
    return Register(keys)


def begun(office: Office, register: Register, **form: Any) -> filing.ApplicationView:
    asked = {"type": "work_change", "extract": register.extract(), "form": form}
    view: filing.ApplicationView = office.call(filing.CREATE_APPLICATION, office.applicant, **asked)
    return view


def change_of(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in change_forms.form(**changes).items() if name != "on_register"}


def prepared(office: Office, register: Register, application_id: str, **changes: Any) -> filing.Declaration:
    declaration: filing.Declaration = office.call(
        filing.PREPARE_SUBMISSION,
        office.applicant,
        application_id=application_id,
        extract=register.extract(**changes),
    )
    return declaration


def filed(office: Office, register: Register) -> str:
    """A change of title and owner that is filed with its proof."""
    changes = change_of(**{**change_forms.RENAMED, "change_items": ["title", "owners"], "title": "石子"})
    case = begun(office, register, **changes).application_id
    office.attach(case, role="name_change_proof", file_name="更名.pdf")
    office.finish_checks()
    evidence = office.evidence(prepared(office, register, case))
    asked = {"application_id": case, "evidence": evidence, "extract": register.extract()}
    office.call(filing.SUBMIT_APPLICATION, office.applicant, **asked)
    return case


def test_a_draft_begins_with_what_the_register_says_and_keeps_to_it(office: Office, register: Register) -> None:
    draft = begun(office, register)
    assert (draft.about, draft.title, draft.kind) == (NUMBER, "长江边的石头", "work")
    assert draft.form["on_register"]["owners"][0]["name"] == "王小名"
    assert [row["was"] for row in draft.form["authors"]] == ["王小名", "李白"]
    documents = office.call(filing.LIST_DOCUMENTS, office.applicant, application_id=draft.application_id).items
    assert [(one.kind, one.object.sha256 == "ab" * 32) for one in documents] == [
        ("register_extract", False),
        ("certificate_copy", True),
    ]
    saved = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=draft.application_id,
        version=draft.version,
        form={"on_register": {"title": "我说的"}, **change_of()},
    )
    assert saved.form["on_register"] == draft.form["on_register"], "what the office fills is nobody else's to say"
    assert saved.form["title"] == "长江边的石子"
    again = office.call(filing.BEGIN_APPLICATION, office.applicant, type="work_change", extract=register.extract())
    assert again.application_id == draft.application_id, "of a registration there is one draft"


def test_whose_it_is_the_archive_says_and_nobody_else(office: Office, register: Register) -> None:
    ask = {"type": "work_change"}
    for extract, code in (
        (None, "extract_required"),
        (register.extract("acc-other"), "extract_invalid"),
        (register.extract(by="identity"), "extract_invalid"),
        (register.extract(registered={"kind": "dance"}), "extract_invalid"),
    ):
        with pytest.raises(Problem, match=code):
            office.call(filing.CREATE_APPLICATION, office.applicant, **ask, extract=extract)
    register.says = change_forms.registered("software")
    with pytest.raises(Problem, match="extract_invalid"):
        office.call(filing.CREATE_APPLICATION, office.applicant, **ask, extract=register.extract())


def test_what_the_register_says_meanwhile_is_told_and_never_overwritten(office: Office, register: Register) -> None:
    case = begun(office, register, **change_of()).application_id
    with pytest.raises(Problem, match="extract_required"):
        office.prepare(case)
    declaration = prepared(office, register, case)
    register.says |= {"title": "长江石", "record": 2}
    asked = {"application_id": case, "evidence": office.evidence(declaration), "extract": register.extract()}
    with pytest.raises(Problem, match="register_changed") as told:
        office.call(filing.SUBMIT_APPLICATION, office.applicant, **asked)
    assert told.value.params["fields"] == "title"
    view = office.view(case)
    assert (view.state, view.title, view.form["title"]) == ("draft", "长江石", "长江边的石子")
    with pytest.raises(Problem, match="declaration_outdated"):
        office.call(filing.SUBMIT_APPLICATION, office.applicant, **asked)
    register.says |= {"status": "revoked"}
    with pytest.raises(Problem, match="register_changed"):
        prepared(office, register, case)
    with pytest.raises(Problem, match="form_invalid") as refused:
        prepared(office, register, case)
    assert [error.code for error in refused.value.errors] == ["registration_not_valid"]


def test_one_change_of_a_registration_is_under_way_at_a_time(office: Office, register: Register) -> None:
    early = begun(office, register, **change_of())
    case = filed(office, register)
    for attempt in (
        lambda: begun(office, register),
        lambda: prepared(office, register, early.application_id),
    ):
        with pytest.raises(Problem, match="change_under_way") as told:
            attempt()
        assert told.value.params["number"] == office.view(case).serial_number
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=case, reason="不改了")
    assert prepared(office, register, early.application_id).document_id


def test_a_name_without_proof_is_not_filed(office: Office, register: Register) -> None:
    case = begun(office, register, **change_of(**change_forms.RENAMED)).application_id
    with pytest.raises(Problem, match="application_incomplete") as refused:
        prepared(office, register, case)
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("materials.name_change_proof", "material_missing")
    ]


def test_an_approved_change_tells_the_register_what_was_and_what_is(office: Office, register: Register) -> None:
    case = filed(office, register)
    office.order(case)
    office.pay(case)
    office.claim(case)
    office.ask_correction(case, "change_reason")
    answers = [{"defect_id": office.view(case).corrections[-1].defects[0].defect_id, "text": "已补充"}]
    office.answer(case, answers=answers, form={"change_reason": "证件上是明字", "on_register": {"title": "我说的"}})
    office.decide(case, "approve")
    [data] = office.harness.events(filing.APPLICATION_APPROVED)
    assert (data.act, data.registration_number) == ("changed", NUMBER)
    assert data.before == {"title": "长江边的石头", "owners": filing_form(register.says)["owners"]}
    assert (data.states["title"], data.states["owners"][0]["name"]) == ("石子", "王小明")
    assert data.form["change_reason"] == "证件上是明字"
    assert "contact" not in data.form
    office.certify(case, NUMBER)
    view = office.view(case)
    assert (view.state, view.registration_number, view.about) == ("registered", NUMBER, NUMBER)
    assert begun(office, register).about == NUMBER, "the next may begin"


def test_the_fee_is_the_types_own(office: Office, register: Register) -> None:
    case = begun(office, register, **change_of()).application_id
    basis = prepared(office, register, case).fee_basis
    assert basis == {
        "kind": "work",
        "form_code": "Z21",
        "applicant_kind": "natural_person",
        "charge": "work_change",
        "category": "A",
    }


@pytest.mark.requirement("F-16")
def test_a_change_can_be_hurried_like_a_registration(office: Office, register: Register) -> None:
    case = filed(office, register)
    office.order(case)
    office.pay(case)
    asked = {"application_id": case, "tier": "days_3", "because": "dispute", "reason": "开庭在即"}
    assert office.call(expedite.ASK_EXPEDITE, office.applicant, **asked).state == "requested"


def test_a_batch_of_changes_there_is_not(office: Office) -> None:
    from contracts.batches import RENDER_BATCH_TEMPLATE

    with pytest.raises(Problem, match="kind_not_open"):
        office.call(RENDER_BATCH_TEMPLATE, office.company, type="work_change", language="zh")
