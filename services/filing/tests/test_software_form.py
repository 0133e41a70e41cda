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

from .software_forms import FUNCTIONS, NOTE, software

SOFTWARE = TYPES["software_registration"]
TODAY = date(2026, 11, 23)
PERSON = Applicant("王小明", "natural_person", "resident_id", "1101**********002X")
COMPANY = Applicant("长江文化有限公司", "organisation", "uscc", "9111**********00Y4")
OURS = [{"name": "长江文化有限公司", "kind": "organisation", "applicant": True}]
OTHER = {"name": "李四", "id_type": "resident_id", "masked_id_number": "4405**********0014"}
MODIFIED = {"origin": "modified", "modification_note": NOTE, "modified_owner": "applicant"}
ASSIGNED = {"acquisition": "assignment", "earlier_registration_number": "2024SR0123456"}
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
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"full_name": " "}, ("full_name", "required")),
        ({"full_name": "管理系统V1.0"}, ("full_name", "software_name_generic")),
        ({"full_name": "Test App"}, ("full_name", "software_name_generic")),
        ({"full_name": "山居\ue000软件"}, ("full_name", "name_characters")),
        ({"full_name": "长" * 121}, ("full_name", "too_long")),
        ({"short_name": "山居图书 管理软件"}, ("short_name", "short_name_same")),
        ({"version": ""}, ("version", "required")),
        ({"version": "第一版"}, ("version", "version_format")),
        ({"version": "V1"}, ("version", "version_format")),
        ({"version": "V1.0 beta"}, ("version", "version_format")),
        ({"version": "V1.0.0.0.0"}, ("version", "version_format")),
        ({"classification": None}, ("classification", "required")),
        ({"classification": "website"}, ("classification", "not_in_list")),
        ({"origin": None}, ("origin", "required")),
        ({"origin": "modified", "modified_owner": "applicant"}, ("modification_note", "required")),
        ({**MODIFIED, "modification_note": "改 " * 99}, ("modification_note", "text_too_short")),
        ({**MODIFIED, "modified_owner": None}, ("modified_owner", "required")),
        (
            {**MODIFIED, "modified_registration_number": "SR123"},
            ("modified_registration_number", "registration_number_format"),
        ),
        ({"modification_note": NOTE}, ("modification_note", "not_applicable")),
        ({"modified_owner": "other"}, ("modified_owner", "not_applicable")),
        ({"modified_registration_number": "2024SR0123456"}, ("modified_registration_number", "not_applicable")),
        ({"development_mode": None}, ("development_mode", "required")),
        ({"owners": [{"name": "王小明"}, OTHER]}, ("owners", "own_development_one_owner")),
        ({"development_mode": "joint"}, ("owners", "joint_development_two_owners")),
        ({"work_for_hire": True}, ("owners", "organisation_must_own")),
        ({"work_for_hire": True, **ASSIGNED}, ("work_for_hire", "not_applicable")),
        ({"completion_date": None}, ("completion_date", "required")),
        ({"completion_date": "2026-11-24"}, ("completion_date", "date_in_future")),
        ({"completion_date": "1926-11-24"}, ("completion_date", "date_too_early")),
        ({"publication": None}, ("publication", "required")),
        ({"publication": "published"}, ("publication_date", "required")),
        (
            {"publication": "published", "publication_date": "2026-02-28"},
            ("publication_date", "publication_before_completion"),
        ),
        ({"publication": "published", "publication_date": "2026-04-01"}, ("publication_place.city", "required")),
        ({"publication_date": "2026-05-01"}, ("publication_date", "not_applicable")),
        ({"owners": [OTHER]}, ("owners", "applicant_not_owner")),
        ({"owners": [{"name": "王小明"}, {"name": "李四"}]}, ("owners.1.id_type", "required")),
        ({"owners": [{"name": "王小明"}, OTHER, OTHER]}, ("owners.2.name", "duplicate")),
        ({"acquisition": None}, ("acquisition", "required")),
        ({"acquisition": "assignment"}, ("earlier_registration_number", "required")),
        ({"acquisition": "succession"}, ("earlier_registration_number", "required")),
        ({"acquisition": "inheritance"}, ("earlier_registration_number", "required")),
        (
            {**ASSIGNED, "earlier_registration_number": "20240123456"},
            ("earlier_registration_number", "registration_number_format"),
        ),
        ({**ASSIGNED, "never_registered": True}, ("earlier_registration_number", "not_applicable")),
        ({"earlier_registration_number": "2024SR0123456"}, ("earlier_registration_number", "not_applicable")),
        ({"earlier_certificate_number": "2020-1"}, ("earlier_certificate_number", "not_applicable")),
        ({"never_registered": True}, ("never_registered", "not_applicable")),
        ({"rights": ["rental"]}, ("rights", "not_applicable")),
        ({"rights_scope": "partial"}, ("rights", "required")),
        ({"rights_scope": "partial", "rights": ["exhibition"]}, ("rights.0", "not_in_list")),
        ({"rights_scope": "partial", "rights": ["rental", "rental"]}, ("rights.1", "duplicate")),
        ({**ASSIGNED, "rights_scope": "partial", "rights": ["attribution"]}, ("rights.0", "right_not_transferable")),
        ({**ASSIGNED, "rights_scope": "partial", "rights": ["publication"]}, ("rights.0", "right_not_transferable")),
        (
            {
                "acquisition": "inheritance",
                "never_registered": True,
                "rights_scope": "partial",
                "rights": ["attribution"],
            },
            ("rights.0", "right_not_transferable"),
        ),
        ({"deposit_kind": "exceptional"}, ("exceptional_kind", "required")),
        ({"exceptional_kind": "masked"}, ("exceptional_kind", "not_applicable")),
        ({"document_kinds": "several"}, ("document_count", "required")),
        ({"document_kinds": "several", "document_count": 1}, ("document_count", "out_of_range")),
        ({"document_count": 2}, ("document_count", "not_applicable")),
        ({"development_hardware": ""}, ("development_hardware", "required")),
        ({"running_hardware": ""}, ("running_hardware", "required")),
        ({"development_system": ""}, ("development_system", "required")),
        ({"development_tools": ""}, ("development_tools", "required")),
        ({"running_platform": "长" * 51}, ("running_platform", "too_long")),
        ({"supporting_software": ""}, ("supporting_software", "required")),
        ({"languages": []}, ("languages", "required")),
        ({"languages": ["Python", "python"]}, ("languages.1", "duplicate")),
        ({"languages": [" "]}, ("languages.0", "required")),
        ({"languages": ["语" * 121]}, ("languages.0", "too_long")),
        ({"languages": [f"语言{n}" for n in range(120)]}, ("languages", "too_many")),
        ({"source_lines": None}, ("source_lines", "required")),
        ({"source_lines": 0}, ("source_lines", "out_of_range")),
        ({"source_lines": "约五千"}, ("source_lines", "wrong_type")),
        ({"source_lines": 12.5}, ("source_lines", "wrong_type")),
        ({"purpose": ""}, ("purpose", "required")),
        ({"purpose": "长" * 51}, ("purpose", "too_long")),
        ({"industry": ""}, ("industry", "required")),
        ({"functions": ""}, ("functions", "required")),
        ({"functions": "功 能\n" * 249}, ("functions", "text_too_short")),
        ({"functions": "功" * 1301}, ("functions", "text_too_long")),
        ({"functions": "功" * 100_000}, ("functions", "too_long")),
        ({"functions": FUNCTIONS + "\ue000"}, ("functions", "name_characters")),
        ({"characteristics": []}, ("characteristics", "required")),
        ({"characteristics": ["app", "app"]}, ("characteristics.1", "duplicate")),
        ({"characteristics_note": "长" * 101}, ("characteristics_note", "too_long")),
        ({"ai_assistance": {"ai_used": "no"}}, ("ai_assistance", "not_applicable")),
        ({"filing_mode": "agent"}, ("filing_mode", "filing_mode_not_open")),
        ({"contact": {"mobile": "12345"}}, ("contact.mobile", "format_invalid")),
        ({"contact": {"email": "nobody"}}, ("contact.email", "format_invalid")),
        ({"colour": "red"}, ("colour", "unknown_field")),
    ],
)
def test_each_rule_names_field_and_code(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    found = errors(**changes)
    assert expected in found
    assert {code for _, code in found} <= FIELD_PROBLEMS


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"full_name": "山居图书馆借还记录"}, ("full_name", "software_name_ending")),
        ({"full_name": "山居图书计算"}, ("full_name", "software_name_risky")),
        ({"full_name": "山居图书工具（安卓版）"}, ("full_name", "software_name_risky")),
        ({"full_name": "山居图书管理软件V1.0"}, ("full_name", "software_name_with_version")),
        ({"full_name": "山居" * 15 + "软件"}, ("full_name", "software_name_long")),
        ({"short_name": "山居" * 8}, ("short_name", "short_name_long")),
        ({"version": "V2.0"}, ("version", "version_of_original")),
    ],
)
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
        "expedite": False,
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
