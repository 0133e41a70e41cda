"""The rules of the software form: pure, no database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from contracts.forms import FIELD_PROBLEMS, LISTED_LANGUAGES
from contracts.text import solid_length
from filing.forms.applicant import Applicant
from filing.forms.model import Need, Situation
from filing.forms.policy import FormPolicy, policies
from filing.reports.report import examine
from filing.types import TYPES
from filing.types.software_registration import names
from hypothesis import given, settings
from hypothesis import strategies as st

from .software_forms import ASSIGNED, BROKEN, MODIFIED, OTHER, QUESTIONED, software

SOFTWARE = TYPES["software_registration"]
TODAY = date(2026, 11, 23)
PERSON = Applicant("王小明", "natural_person", "resident_id", "1101**********002X")
COMPANY = Applicant("长江文化有限公司", "organisation", "uscc", "9111**********00Y4")
OURS = [{"name": "长江文化有限公司", "kind": "organisation", "applicant": True}]
Found = set[tuple[str, str]]


def policy(**changes: Any) -> FormPolicy:
    return policies().on("software_registration", TODAY).model_copy(update=changes)


def problems(
    applicant: Applicant | None = PERSON, rules: FormPolicy | None = None, **changes: Any
) -> tuple[Found, Found]:
    """(errors, warnings), each as field and code."""
    reading = SOFTWARE.read(software(**changes), applicant)
    found = reading.problems
    if reading.form is not None:
        found = examine(SOFTWARE, software(**changes), Situation(rules or policy(), TODAY, applicant)).of_form
    said: tuple[Found, Found] = set(), set()
    for item in found:
        said[item.severity == "warning"].add((item.field, item.code))
    return said


def errors(applicant: Applicant | None = PERSON, **changes: Any) -> Found:
    return problems(applicant, **changes)[0]


def warnings(**changes: Any) -> Found:
    return problems(**changes)[1]


@pytest.mark.requirement("F-03")
def test_a_complete_form_has_no_problem() -> None:
    assert problems() == (set(), set())


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    "changes",
    [
        {"short_name": ""},
        {"version": "1.0"},
        {"version": "V2.10.3", **MODIFIED},
        {**MODIFIED, "modified_owner": "other", "modified_registration_number": "2024 SR 0123456"},
        {"development_mode": "joint", "owners": [{"name": "王小明"}, OTHER]},
        {"development_mode": "commissioned"},
        {"development_mode": "assigned"},
        {"completion_date": TODAY.isoformat()},
        {
            "publication": "published",
            "publication_date": "2026-03-01",
            "publication_place": {"country": "中国", "city": "宜昌"},
        },
        {**ASSIGNED, "owners": [{"name": "王小明"}, OTHER]},
        {
            **ASSIGNED,
            "earlier_registration_number": "2019SR123456",
            "earlier_certificate_number": "软著变补字第2020123号",
        },
        {"acquisition": "inheritance", "never_registered": True},
        {**ASSIGNED, "rights_scope": "partial", "rights": ["reproduction", "revision"]},
        {"acquisition": "inheritance", "never_registered": True, "rights_scope": "partial", "rights": ["publication"]},
        {"rights_scope": "partial", "rights": ["attribution", "publication", "other"]},
        {"deposit_kind": "exceptional", "exceptional_kind": "masked"},
        {"document_kinds": "several", "document_count": 3},
        {"languages": [*LISTED_LANGUAGES, "TypeScript", "仓颉"]},
        {"functions": "功" * 500},
        {"functions": "功 能\n" * 650},
        {"characteristics": [], "characteristics_note": "离线也能借还"},
        {"full_name": "管理系统", "full_name_confirmed": True},
    ],
)
def test_what_the_rules_allow_has_no_error(changes: dict[str, Any]) -> None:
    assert errors(**changes) == set()


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(("changes", "expected"), BROKEN)
def test_each_rule_names_field_and_code(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    found = errors(**changes)
    assert expected in found
    assert {code for _, code in found} <= FIELD_PROBLEMS


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(("changes", "expected"), QUESTIONED)
def test_practice_is_asked_about_and_keeps_nobody_from_filing(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    found, asked = problems(**changes)
    assert (found, asked) == (set(), {expected})
    assert expected[1] in FIELD_PROBLEMS


@pytest.mark.parametrize("ending", names.ENDINGS)
def test_a_name_may_end_in_any_of_the_usual_words(ending: str) -> None:
    assert warnings(full_name=f"山居图书{ending}") == set()
    assert warnings(full_name=f"山居图书{ending.upper()}（安卓版）") == set()


@pytest.mark.requirement("F-03")
def test_an_organisation_files_as_owner_and_for_its_staff() -> None:
    assert errors(COMPANY, owners=OURS) == set()
    assert errors(COMPANY, owners=OURS, work_for_hire=True) == set()


@pytest.mark.requirement("F-03")
def test_a_new_draft_has_its_applicant_as_owner() -> None:
    begun = SOFTWARE.start({}, COMPANY).dump()
    assert [(owner["name"], owner["kind"], owner["applicant"]) for owner in begun["owners"]] == [
        ("长江文化有限公司", "organisation", True)
    ]
    typed = SOFTWARE.start({"owners": [{"name": "长江文化有限公司 ", "id_type": "passport"}]}, COMPANY).dump()
    assert [(owner["id_type"], owner["applicant"]) for owner in typed["owners"]] == [("uscc", True)]


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    "text",
    [
        "山居🏠图书软件",
        "𬱖㐂图书软件",
        "图书#strong[软件]系统",
        "<b>图书</b>软件",
        "$x^2$ @图书软件",
        "\\u{202e}图书软件",
    ],
)
def test_emoji_rare_characters_and_markup_stay_as_typed(text: str) -> None:
    reading = SOFTWARE.read(software(full_name=text, purpose=text, functions=(text * 200)[:700]), PERSON)
    assert (reading.dump()["full_name"], reading.dump()["purpose"]) == (text, text)
    assert errors(full_name=text, purpose=text, functions=(text * 200)[:700]) == set()


@pytest.mark.requirement("F-03")
def test_direction_marks_go_and_controls_are_refused_in_every_text() -> None:
    assert SOFTWARE.read(software(full_name="山居\u202e图书软件"), PERSON).dump()["full_name"] == "山居图书软件"
    texts = [path for path, field in SOFTWARE.fields.walk() if field.widget in ("text", "area") and "." not in path]
    assert len(texts) > 12
    for path in texts:
        assert (path, "name_characters") in errors(**{path: "山居\ue000"}), path


@pytest.mark.requirement("F-03")
def test_the_declaration_of_ai_assistance_is_asked_only_where_policy_says_so() -> None:
    asked = policy(asks=["ai_assistance"])
    said = {"ai_used": "yes", "parts": ["source_code"], "ai_tools": "某助手 3.0"}
    assert problems(rules=asked)[0] == {("ai_assistance.ai_used", "required")}
    assert problems(rules=asked, ai_assistance={"ai_used": "no"})[0] == set()
    assert problems(rules=asked, ai_assistance=said)[0] == set()
    assert problems(rules=asked, ai_assistance={"ai_used": "yes"})[0] == {
        ("ai_assistance.parts", "required"),
        ("ai_assistance.ai_tools", "required"),
    }
    assert problems(rules=asked, ai_assistance={**said, "ai_used": "no"})[0] == {
        ("ai_assistance.parts", "not_applicable"),
        ("ai_assistance.ai_tools", "not_applicable"),
    }


def needed(**changes: Any) -> dict[str, int]:
    """Roles that must be there, with how many."""
    form = SOFTWARE.read(software(**changes), None).form
    return {need.role: need.least for need in SOFTWARE.materials(form, policy()) if need.needed}


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"development_mode": "joint"}, {"ownership_proof": 1}),
        ({"development_mode": "commissioned"}, {"ownership_proof": 1}),
        ({"development_mode": "assigned"}, {"ownership_proof": 1}),
        (MODIFIED, {}),
        ({**MODIFIED, "modified_owner": "other"}, {"ownership_proof": 1}),
        ({**MODIFIED, "modified_owner": "other", "development_mode": "joint"}, {"ownership_proof": 2}),
        ({"work_for_hire": True}, {"employment_contract": 1, "creation_proof": 1}),
        (ASSIGNED, {"acquisition_proof": 1}),
        ({"acquisition": "inheritance"}, {"acquisition_proof": 1}),
    ],
)
def test_what_has_to_be_proved_has_its_material(changes: dict[str, Any], expected: dict[str, int]) -> None:
    assert needed(**changes) == {"program": 1, "document": 1, **expected}


@pytest.mark.requirement("F-04")
def test_each_kind_of_document_is_deposited() -> None:
    assert needed(document_kinds="several", document_count=3)["document"] == 3


@pytest.mark.requirement("F-04")
def test_the_deposit_is_checked_against_the_form() -> None:
    form = SOFTWARE.read(software(deposit_kind="exceptional", exceptional_kind="object_code"), None).form
    program, document = (need for need in SOFTWARE.materials(form, policy()) if need.needed)
    assert isinstance(program, Need)
    assert (program.profile, document.profile) == ("source_deposit", "software_document")
    assert program.context["deposit_mode"] == "object_code"
    for need in (program, document):
        assert (need.context["title"], need.context["version"]) == ("山居图书管理软件", "V1.0")


@pytest.mark.requirement("P-01")
def test_the_fee_depends_on_documents_and_deposit() -> None:
    asked = {"deposit_kind": "exceptional", "exceptional_kind": "masked", "document_kinds": "several"}
    form = SOFTWARE.read(software(**asked, document_count=2), None).form

    assert SOFTWARE.fee_basis(form, policy(), "organisation") == {
        "kind": "software",
        "form_code": "R11",
        "applicant_kind": "organisation",
        "documents": 2,
        "exceptional": True,
        "parts": 1,
    }
    weighed = {path for path, field in SOFTWARE.fields.walk() if field.fee}
    assert weighed == {"deposit_kind", "document_kinds", "document_count"}


def test_what_is_registered_tells_nobody_how_to_reach_the_owner() -> None:
    form = SOFTWARE.read(software(contact={"mobile": "13800138000"}), PERSON).form
    entry = SOFTWARE.entry(form)
    assert "contact" not in entry.form
    assert (entry.form["version"], entry.owners[0]["name"]) == ("V1.0", "王小明")


@given(st.text(max_size=300), st.sampled_from([" ", "\n", "\u3000", "\t \n"]))
@settings(max_examples=60, deadline=None)
def test_blanks_and_line_ends_count_for_nothing(text: str, blank: str) -> None:
    assert solid_length(text) == solid_length(blank.join(text))
    assert solid_length(text) <= len(text)


@pytest.mark.requirement("F-03")
def test_the_lists_of_the_description_are_those_of_the_form() -> None:
    languages = SOFTWARE.fields.of("languages")
    assert languages is not None
    assert [choice.value for choice in languages.choices] == list(LISTED_LANGUAGES)


@pytest.mark.requirement("F-03")
def test_tomorrow_is_no_day_of_completion() -> None:
    assert ("completion_date", "date_in_future") in errors(completion_date=(TODAY + timedelta(days=1)).isoformat())
