"""The rules of the works form: pure, no database."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from contracts.forms import FIELD_PROBLEMS, WorkForm
from filing.forms.applicant import Applicant
from filing.forms.model import Situation
from filing.forms.policy import policies, read_policies
from filing.reports.report import examine
from filing.types import TYPES
from filing.types.work_registration.titles import is_generic
from hypothesis import given, settings
from hypothesis import strategies as st

from .work_forms import BROKEN, COMPANY, OWNERSHIP, PERSON, authors, complete, owners

TODAY = date(2026, 11, 23)
WORKS = TYPES["work_registration"]


def problems(applicant: Applicant | None = PERSON, **changes: Any) -> set[tuple[str, str]]:
    situation = Situation(policies().on("work_registration", TODAY), TODAY, applicant)
    return {(item.field, item.code) for item in examine(WORKS, complete(**changes), situation).of_form}


@pytest.mark.requirement("F-03")
def test_a_complete_form_has_no_problem() -> None:
    assert problems() == set()


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(("changes", "expected"), BROKEN)
def test_each_rule_names_field_and_code(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in problems(**changes)


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("138 0013 8000", True),
        ("+86 139-1234-5678", True),
        ("010-88881234", True),
        ("(0571) 8888 1234 转 12", True),
        ("400-810-8888", True),
        ("+1 (415) 555-2671", True),
        ("8888-1234", False),
        ("138001380", False),
        ("电话找我", False),
        ("010", False),
        ("+", False),
    ],
)
def test_whoever_is_to_be_reached_has_a_telephone_of_any_kind(number: str, fits: bool) -> None:
    found = problems(contact={"name": "王小明", "mobile": number})
    assert found == (set() if fits else {("contact.mobile", "telephone_format")})


@pytest.mark.requirement("F-03")
def test_completion_today_is_allowed_and_tomorrow_is_not() -> None:
    assert not problems(completion_date=TODAY.isoformat())
    assert problems(completion_date=(TODAY + timedelta(days=1)).isoformat())


@pytest.mark.requirement("F-03")
def test_a_questioned_title_may_be_kept() -> None:
    assert not problems(title="绘画教程", title_confirmed=True)


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    "title", ["绘画教程", "《我的作品》", "小说2", "Untitled", "My Novel", "测试", "2026", "第一章"]
)
def test_general_words_alone_are_a_generic_title(title: str) -> None:
    assert is_generic(title)


@pytest.mark.parametrize("title", ["长江边的石头", "水彩长江绘画教程", "Stones of the River", "活着", "三体"])
def test_a_title_that_names_something_is_not_generic(title: str) -> None:
    assert not is_generic(title)


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(("applicant", "changes", "expected"), OWNERSHIP)
def test_the_ownership_matrix_refuses(applicant: Applicant, changes: dict[str, Any], expected: str) -> None:
    assert expected in {code for _, code in problems(applicant, **changes)}


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    ("applicant", "changes"),
    [
        (PERSON, {"ownership": "joint", "owners": owners("王小明", "李雷"), "authors": authors("王小明", "李雷")}),
        (PERSON, {"ownership": "commissioned", "authors": authors("李雷")}),
        (PERSON, {"acquisition": "inheritance", "authors": authors("王父")}),
        (
            COMPANY,
            {
                "ownership": "legal_person",
                "owners": owners(COMPANY.name, kind="organisation"),
                "authors": authors(COMPANY.name),
            },
        ),
        (
            COMPANY,
            {
                "ownership": "work_for_hire",
                "owners": owners(COMPANY.name, kind="organisation"),
                "authors": authors("李雷"),
            },
        ),
    ],
)
def test_the_ownership_matrix_allows(applicant: Applicant, changes: dict[str, Any]) -> None:
    assert problems(applicant, **changes) == set()


@pytest.mark.requirement("F-05")
def test_a_proof_is_needed_unless_the_owner_is_the_author() -> None:
    def needed(**changes: Any) -> set[str]:
        reading = WORKS.read(complete(**changes), PERSON)
        assert reading.form is not None
        needs = WORKS.materials(reading.form, policies().on("work_registration", TODAY))
        return {need.role for need in needs if need.needed}

    assert needed() == {"sample"}
    assert needed(ownership="commissioned") == {"sample"}, "without a contract who was commissioned owns it"
    assert needed(ownership="commissioned", authors=[{"name": "李雷"}]) == {"sample", "commission_contract"}
    assert needed(acquisition="inheritance") == {"sample", "inheritance_proof"}
    for_hire = {"sample", "employment_contract", "creation_proof"}
    assert needed(ownership="work_for_hire") == for_hire
    assert needed(ownership="work_for_hire", acquisition="succession") == {*for_hire, "succession_proof"}


def test_nobody_types_the_verified_identity() -> None:
    reading = WORKS.read(complete(owners=[{"name": "假名", "masked_id_number": "999", "applicant": True}]), PERSON)
    assert reading.form is not None
    assert (reading.form.owners[0].name, reading.form.owners[0].masked_id_number) == ("王小明", "1101**********002X")


def test_only_one_owner_is_the_applicant() -> None:
    twice = [{"name": "王小明", "applicant": True}, *owners("李雷")]
    twice[1]["applicant"] = True
    reading = WORKS.read(complete(owners=twice), PERSON)
    assert reading.form is not None
    assert [owner.applicant for owner in reading.form.owners] == [True, False]


def test_a_new_draft_starts_with_the_verified_applicant() -> None:
    reading = WORKS.start({}, PERSON)
    assert reading.form is not None
    assert [owner.name for owner in reading.form.owners] == ["王小明"]
    assert [author.name for author in reading.form.authors] == ["王小明"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*complete(), "parts", "rights", "rights_scope", "composition"]), _JSON))
def test_whatever_is_typed_gets_declared_problems_and_never_a_crash(changes: dict[str, Any]) -> None:
    assert {code for _, code in problems(**changes)} <= FIELD_PROBLEMS


def test_policy_is_chosen_by_date() -> None:
    from importlib import resources

    text = resources.files("filing.forms").joinpath("policy.toml").read_text(encoding="utf-8")
    start = text.index("[[form]]")
    end = text.index("[[form]]", start + 1)
    later = text[start:end].replace("2020-08-31", "2027-01-01").replace("correction_days = 30", "correction_days = 60")
    both = read_policies(text + "\n" + later)
    assert both.on("work_registration", date(2026, 12, 31)).correction_days == 30
    assert both.on("work_registration", date(2027, 1, 1)).correction_days == 60
    with pytest.raises(LookupError):
        both.on("work_registration", date(2020, 8, 30))


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    ("owner", "author"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽·买买提", "阿依古丽．买买提"),
        ("阿依古丽·买买提", "阿依古丽 ‧ 买买提\u200b"),
        ("José Pérez", "Jose\u0301  PÉREZ"),
        ("王明", "王 明"),
        ("⻢⼒", "马力"),
    ],
)
def test_one_person_in_two_spellings_is_owner_and_author(owner: str, author: str) -> None:
    who = Applicant(owner, "natural_person", "resident_id", "1101**********002X")
    entries: dict[str, Any] = {"authors": [{"name": author}], "owners": [{"name": owner, "applicant": True}]}
    assert problems(who, **entries) == set()
    unmarked = entries | {"owners": [{"name": author}]}
    reading = WORKS.read(complete(**unmarked), who)
    assert reading.form is not None
    assert [entry.applicant for entry in reading.form.owners] == [True]
    assert ("authors.1.name", "duplicate") in problems(who, authors=[{"name": owner}, {"name": author}])


@pytest.mark.requirement("F-03")
def test_an_organisation_with_a_blank_behind_its_name_is_the_organisation() -> None:
    author = [{"name": "长江文化有限公司 "}]
    owner = [{"name": "长江文化有限公司", "kind": "organisation", "applicant": True}]
    assert problems(COMPANY, authors=author, owners=owner, ownership="legal_person") == set()


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("day", ["0202-03-01", "0024-03-01", "1066-10-14", "1899-12-31"])
def test_a_year_that_cannot_be_meant_is_refused(day: str) -> None:
    assert ("completion_date", "date_too_early") in problems(completion_date=day)
    assert ("publication_date", "date_too_early") in problems(publication="published", publication_date=day)


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("王\ue000明", "name_characters"),
        ("王\u0007明", "name_characters"),
        ("\u200b", "required"),
        ("王\U0002ebf0", None),
    ],
)
def test_a_name_has_characters_that_a_register_can_hold(name: str, code: str | None) -> None:
    found = problems(None, authors=[{"name": name}], owners=owners(name))
    assert {problem for field, problem in found if field == "authors.0.name"} == ({code} if code else set())


TOWER = "石" + "\u0308\u0301\u0306\u030c\u0300\u0302" * 5


def texts(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a form somebody's own words stand."""
    if isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(item, (*at, name))
    elif value == "some words":
        yield at


def words_everywhere() -> dict[str, Any]:
    place = {"country": "some words", "province": "some words", "city": "some words"}
    owner = dict.fromkeys(("name", "nationality", "province", "city", "id_type"), "some words")
    return complete(
        title="some words",
        category_note="some words",
        source_licence="some words",
        completion_place=place,
        publication_place=place,
        composition="series",
        parts=["some words", "another"],
        authors=[{"name": "some words", "signed_as": "pseudonym", "pseudonym": "some words"}],
        owners=[owner],
        description=dict.fromkeys(("purpose", "process", "originality"), "some words"),
        contact={"name": "some words", "address": "some words"},
    )


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("bad", ["王\ue000明", "王\u0007明", TOWER], ids=["private", "control", "tower"])
def test_no_text_of_a_form_holds_what_a_register_cannot(bad: str) -> None:
    """Whatever is added to the form later stands under the same rule."""
    form = words_everywhere()
    free = {name for name, field in WorkForm.model_fields.items() if "str" in str(field.annotation)}
    assert {"title", "category_note", "source_licence", "parts"} <= free
    missed = []
    for at in texts(form):
        changed = copy.deepcopy(form)
        holder = functools.reduce(lambda inner, name: inner[name], at[:-1], changed)
        holder[at[-1]] = bad
        field, found = ".".join(map(str, at)), problems(None, **changed)
        kept_out = at[0] in ("source_licence", "description") and bad == "王\u0007明"  # controls go from paragraphs
        if (field, "title_characters" if field == "title" else "name_characters") not in found and not kept_out:
            missed.append(field)
    assert missed == []
    assert len(list(texts(form))) == 22


@pytest.mark.requirement("F-03")
def test_titles_of_the_newest_ideographs_are_no_unassigned_characters() -> None:
    assert problems(title="\U0002ebf0\U00031350字考") == set()


@pytest.mark.requirement("A-01")
def test_the_form_says_what_its_certificate_cannot_print() -> None:
    from filing.forms.printing import unprintable

    entry = complete(title="𪚥\U00030000记", authors=[{"name": "王𬱖"}, {"name": "佚", "signed_as": "anonymous"}])
    entry["owners"].append({"name": "\U00030001", "nationality": "中国"})
    found = unprintable(WORKS.printed(WORKS.read(entry, PERSON).dump()))
    told = {item.field: str(item.params["codes"]) for item in found}
    assert "U+30000" in told["title"]
    assert told["owners.1.name"] == "U+30001"
    assert set(told) == {"title", "owners.1.name"}
    assert {item.severity for item in found} == {"warning"}
