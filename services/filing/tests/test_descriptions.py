"""Every filing type's description and form agree: one field, one description, in both languages."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, Literal, get_args, get_origin

import pytest
from contracts.base import Model
from contracts.filing import FieldProblem
from contracts.forms import FIELD_PROBLEMS, FormDescription, FormField, Right
from filing.forms.applicant import Applicant
from filing.forms.describing import describe
from filing.forms.fields import FieldWords
from filing.forms.model import Situation
from filing.forms.policy import FormPolicy, policies
from filing.types import TYPES
from filing.types.filing_type import FilingType
from filing.types.labels import label_of
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel

TODAY = date(2026, 11, 23)
PERSON = Applicant("王小明", "natural_person", "resident_id", "1101**********002X")
ROLES_OF_NO_FIELD = ("materials", "form")


def policy_of(name: Any) -> FormPolicy:
    """Today's, that asks for everything that a policy may ask for."""
    asks, kept = list(TYPES[name].form.model_fields), list(get_args(Right))
    return policies().on(name, TODAY).model_copy(update={"asks": asks, "rights_kept": kept})


def described(name: Any, policy: FormPolicy | None = None, language: Any = "zh") -> FormDescription:
    kind, policy = TYPES[name], policy or policy_of(name)
    return describe(kind.fields, kind.kind, kind.materials(kind.form(), policy), policy, language, TODAY)


def walk(fields: list[FormField], prefix: str = "") -> Iterator[tuple[str, FormField]]:
    for field in fields:
        path = f"{prefix}{field.name}"
        yield path, field
        yield from walk(field.fields, f"{path}.*." if field.widget == "rows" else f"{path}.")


def by_path(description: FormDescription) -> dict[str, FormField]:
    return {path: field for step in description.steps for path, field in walk(step.fields)}


def bare(annotation: Any) -> Any:
    """Without Annotated and without None."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (typing.Union, types.UnionType):
        (annotation,) = [part for part in get_args(annotation) if part is not type(None)]
        return bare(annotation)
    return annotation


def form_fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a form with its bare type."""
    for name, field in model.model_fields.items():
        path, kind = f"{prefix}{name}", bare(field.annotation)
        yield path, kind
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from form_fields(kind, f"{path}.")
        elif get_origin(kind) is list:
            (item,) = get_args(kind)
            if isinstance(bare(item), type) and issubclass(bare(item), BaseModel):
                yield from form_fields(bare(item), f"{path}.*.")


def fits(widget: str, kind: Any) -> bool:
    """Whether a form's type is what a widget's entry becomes: see ``contracts.forms.description.Widget``."""
    if get_origin(kind) is Literal:
        return widget in ("select", "radio")
    if get_origin(kind) is list:
        item = bare(get_args(kind)[0])
        if get_origin(item) is Literal:
            return widget == "checks"
        return widget == ("rows" if issubclass(item, BaseModel) else "lines") or (item is str and widget == "checks")
    if issubclass(kind, BaseModel):
        return widget == "group"
    expected = {bool: ("flag",), int: ("integer",), date: ("date",)}
    texts = ("text", "area", "masked", "tel", "email", "select", "radio")
    return widget in expected.get(kind, texts)


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("name", TYPES)
def test_every_field_is_described_and_every_description_has_a_field(name: Any) -> None:
    fields, form = by_path(described(name)), dict(form_fields(TYPES[name].form))
    assert set(form) - set(fields) == set(), "nobody can enter these"
    assert set(fields) - set(form) == set(), "no field of the form"
    assert {path for path, kind in form.items() if not fits(fields[path].widget, kind)} == set()


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("name", TYPES)
def test_choices_are_the_values_of_the_contract(name: Any) -> None:
    fields = by_path(described(name, policy_of(name).model_copy(update={"filing_modes": ["applicant", "agent"]})))
    for path, kind in form_fields(TYPES[name].form):
        values = bare(get_args(kind)[0]) if get_origin(kind) is list else kind
        if get_origin(values) is Literal:
            assert sorted(choice.value for choice in fields[path].choices) == sorted(get_args(values)), path


@pytest.mark.parametrize("name", TYPES)
def test_every_condition_names_a_field_and_its_values(name: Any) -> None:
    fields = by_path(described(name, policy_of(name).model_copy(update={"filing_modes": ["applicant", "agent"]})))
    for path, field in fields.items():
        for condition in filter(None, (field.shown_when, field.needed_when)):
            row = path.rpartition(".")[0]
            other = fields[f"{row}{condition.field}" if condition.field.startswith(".") else condition.field]
            known = ["yes", "no"] if other.widget == "flag" else [choice.value for choice in other.choices]
            assert condition.values, path
            assert set(condition.values) <= set(known), path
        if field.asked_about:
            assert field.asked_about in fields, path
            assert field.asked_when in FIELD_PROBLEMS, path
        if field.fixed:
            assert {inner.name for inner in field.fields if inner.widget == "flag"} >= {field.fixed}, path
        assert not field.start or not field.choices or field.start in [choice.value for choice in field.choices], path


@pytest.mark.requirement("W-04")
@pytest.mark.parametrize("name", TYPES)
def test_everything_is_said_in_both_languages(name: Any) -> None:
    def texts(value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
        if isinstance(value, BaseModel):
            for part in type(value).model_fields:
                yield from texts(getattr(value, part), f"{path}.{part}")
            if isinstance(value, FieldWords):
                yield from texts(value.inner(), f"{path}.inner")
        elif isinstance(value, list):
            for index, part in enumerate(value):
                yield from texts(part, f"{path}.{getattr(part, 'name', getattr(part, 'value', index))}")
        elif isinstance(value, dict):
            for part in value:
                yield from texts(value[part], f"{path}.{part}")
        elif path.endswith((".zh", ".en")):
            yield path[:-3], path[-2:], value

    found: dict[str, dict[str, str]] = {}
    for path, language, text in texts(TYPES[name].fields):
        found.setdefault(path, {})[language] = text
    assert len(found) > 20
    assert [path for path, both in found.items() if bool(both["zh"]) != bool(both["en"])] == []
    for language in ("zh", "en"):
        labels = {path: field.label for path, field in by_path(described(name, language=language)).items()}
        assert [path for path, label in labels.items() if not label] == []


@pytest.mark.parametrize("name", TYPES)
def test_what_says_who_somebody_is_is_marked(name: Any) -> None:
    """As the contract's models declare it."""

    def personal(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
        if issubclass(model, Model):
            yield from (f"{prefix}{field}" for field in model.personal_fields)
        for field, info in model.model_fields.items():
            kind = bare(info.annotation)
            below = f"{prefix}{field}."
            if get_origin(kind) is list:
                kind, below = bare(get_args(kind)[0]), f"{prefix}{field}.*."
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from personal(kind, below)

    fields = by_path(described(name))
    assert {path for path in personal(TYPES[name].form) if path in fields and not fields[path].personal} == set()


def entry(field: FormField, depth: int = 0) -> st.SearchStrategy[Any]:
    """What a page can send for a field, right or wrong: any choice, any text, any number, any day."""
    text = st.text(max_size=12) | st.sampled_from(["王小明", "2026-03-01", "12345", " "])
    match field.widget:
        case "select" | "radio":
            return st.sampled_from([choice.value for choice in field.choices])
        case "checks":
            return st.lists(st.sampled_from([choice.value for choice in field.choices]), max_size=4)
        case "flag":
            return st.booleans()
        case "integer":
            return st.none() | st.integers(min_value=-1, max_value=2_000_000_000)
        case "date":
            return st.none() | st.dates().map(date.isoformat)
        case "lines":
            return st.lists(text, max_size=4)
        case "group":
            return st.fixed_dictionaries({inner.name: entry(inner) for inner in field.fields})
        case "rows":
            return st.lists(st.fixed_dictionaries({inner.name: entry(inner) for inner in field.fields}), max_size=3)
    return text


def shown(field: FormField, values: dict[str, Any]) -> bool:
    condition = field.shown_when
    if condition is None:
        return True
    found = values.get(condition.field.removeprefix("."))
    held = found if isinstance(found, list) else [{True: "yes", False: "no"}.get(found, found)]
    return bool(set(condition.values) & set(held))


def as_entered(fields: list[FormField], values: dict[str, Any]) -> dict[str, Any]:
    """As a page sends it: what is not shown is left out."""
    return {field.name: values[field.name] for field in fields if shown(field, values)}


@cache  # one strategy for all examples: Hypothesis looks through a new one for longer than an example takes
def forms(name: Any) -> st.SearchStrategy[dict[str, Any]]:
    fields = [field for step in described(name).steps for field in step.fields]
    return st.fixed_dictionaries({field.name: entry(field) for field in fields}).map(
        lambda values: as_entered(fields, values)
    )


@cache
def schema(name: Any) -> Draft202012Validator:
    return Draft202012Validator(TYPES[name].form.model_json_schema())


@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_a_page_can_send_is_read_judged_and_of_one_type(name: Any, data: Any) -> None:
    kind: FilingType[Any] = TYPES[name]
    policy, description = policy_of(name), described(name)
    sent = data.draw(forms(name))
    fields = by_path(description)
    reading = kind.read(sent, PERSON)
    problems = list(reading.problems)
    if reading.form is None:
        shape = {problem.code for problem in problems}
        assert shape <= {"too_long", "too_many", "out_of_range", "not_a_date", "form_too_large", "format_invalid"} | {
            "wrong_type",
            "not_a_number",
        }, sent
    else:
        schema(name).validate(reading.dump())
        again = kind.read(reading.dump(), PERSON)
        assert again.dump() == reading.dump()
        problems += kind.check(reading.form, Situation(policy, TODAY, PERSON))
        roles = {need.role for need in kind.materials(reading.form, policy)}
        assert roles <= set(kind.fields.roles())
        kind.title(reading.form), kind.fee_basis(reading.form, policy, "natural_person"), kind.entry(reading.form)
        list(kind.printed(reading.dump()))
    for problem in problems:
        assert problem.code in FIELD_PROBLEMS
        assert has_field(problem, fields, kind), f"{problem} is about no field that a page has"


def has_field(problem: FieldProblem, fields: dict[str, FormField], kind: FilingType[Any]) -> bool:
    return problem.field in ROLES_OF_NO_FIELD or kind.fields.of(problem.field) is not None


def test_a_path_is_called_by_the_labels_that_lead_to_it() -> None:
    assert label_of("work_registration", "authors.1.signed_as", "zh") == "作者 2 · 署名方式"
    assert label_of("work_registration", "owners", "en") == "Copyright owner"
    assert label_of("work_registration", "completion_place.city", "zh") == "创作完成地点 · 城市"
    assert label_of("work_registration", "parts.2", "en") == "Titles of the parts 3"
    assert label_of("work_registration", "materials.creation_proof", "zh") == "职务创作证明"
    assert label_of("work_registration", "answers.def-1", "zh") == "answers.def-1"


@pytest.mark.requirement("F-01")
@pytest.mark.parametrize(("name", "word"), [("assignment", "转让"), ("licence", "许可"), ("pledge", "出质")])
def test_a_right_that_stays_with_the_author_says_so_and_not_that_it_is_not_open_yet(name: Any, word: str) -> None:
    kind = next(kind for kind in TYPES if kind.endswith(name) and kind.startswith("work"))
    policy = policies().on(kind, TODAY)
    [rights] = [field for step in described(kind, policy).steps for field in step.fields if field.name == "rights"]
    said = {choice.value: (choice.open, choice.closed_because) for choice in rights.choices}
    assert said["attribution"] == (False, f"人身权，不能{word}")
    assert said["reproduction"] == (True, "")
    assert all(why for open_, why in said.values() if not open_)


@pytest.mark.requirement("F-03")
def test_a_hint_names_no_choice_that_the_applicant_is_not_offered() -> None:
    """A walk: an organisation was told to choose what it is not offered."""
    for name in TYPES:
        for step in described(name, policies().on(name, TODAY)).steps:
            for field in step.fields:
                for filer in ("natural_person", "organisation"):
                    hint = field.hint_for.get(filer, field.hint)
                    away = [choice for choice in field.choices if choice.filers and filer not in choice.filers]
                    named = [choice.label for choice in away if f"“{choice.label}”" in hint]
                    assert named == [], (name, field.name, filer)


@pytest.mark.requirement("F-03")
def test_a_natural_person_is_not_asked_for_an_employers_papers() -> None:
    kind = TYPES["software_registration"]
    policy = policies().on("software_registration", TODAY)
    roles = {need.role for need in kind.materials(kind.form(), policy)}
    hired = {need.role: need.needed for need in kind.materials(kind.form(work_for_hire=True), policy)}
    assert roles.isdisjoint({"employment_contract", "creation_proof"})
    assert hired["employment_contract"]
    assert hired["creation_proof"]
