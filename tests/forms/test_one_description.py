"""One description, many readers: page, reader of entries, JSON Schema, rules and printed form agree on every field,
choice and condition of every form."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.forms import FormField
from filing.documents.application_form import applies, in_words, sections
from filing.forms.reading import read_form
from filing.types import TYPES
from gateway.forms.described import Described, value_at
from gateway.forms.reading import read, tidy
from gateway.forms.schema import form_schema
from gateway.forms.testing import page, sent, templates
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from werkzeug.datastructures import MultiDict

from services.filing.tests.test_descriptions import described as description_of
from services.filing.tests.test_descriptions import entry

DESCRIBED = {name: Described(description_of(name)) for name in TYPES}
VALIDATORS = {
    name: Draft202012Validator(form_schema(found.description), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for name, found in DESCRIBED.items()
}
BAD: tuple[Any, ...] = (
    "",
    "长" * 5000,
    "no such choice",
    -1,
    10**12,
    1.5,
    True,
    None,
    [],
    ["?"] * 300,
    {},
    {"x": 1},
    "5",
    "yes",
    1,
)
"""What stands where it does not fit, in most fields."""
FOUND, SLOW = (Phase.explicit, Phase.generate), [HealthCheck.too_slow]
"""Forms are large: making a failing one smaller takes minutes and tells little."""


def form_of(data: st.DataObject, name: Any) -> dict[str, Any]:
    fields = DESCRIBED[name].fields
    form: dict[str, Any] = data.draw(st.fixed_dictionaries({field.name: entry(field) for field in fields}))
    found: dict[str, Any] = plainly_written(form)
    return found


def plainly_written(value: Any) -> Any:
    """Without texts that become longer or shorter when they are brought into form: they are counted as they are kept,
    and a schema counts what is sent."""
    if isinstance(value, dict):
        return {name: plainly_written(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plainly_written(one) for one in value]
    return value if not isinstance(value, str) or value.isascii() else "王小明"


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("W-06")
@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=80, deadline=None, phases=FOUND, suppress_health_check=SLOW)
@given(data=st.data())
def test_the_schema_accepts_what_the_reader_accepts_and_refuses_what_it_refuses(name: Any, data: Any) -> None:
    form = form_of(data, name)
    spoilt = data.draw(st.sampled_from([*form, "unknown"]))
    if data.draw(st.booleans()):
        form[spoilt] = data.draw(st.sampled_from(BAD))
    reading = read_form(TYPES[name].form, form)
    by_schema = [error.json_path for error in VALIDATORS[name].iter_errors(form)]
    assert (by_schema == []) == (reading.form is not None), (spoilt, form.get(spoilt), by_schema, reading.problems)


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=12, deadline=None, phases=FOUND, suppress_health_check=SLOW)
@given(data=st.data())
def test_what_is_asked_is_shown_read_back_and_printed_and_nothing_else(name: Any, data: Any) -> None:
    described = DESCRIBED[name]
    form = form_of(data, name)
    kept = read_form(TYPES[name].form, form)
    if kept.form is None:
        return
    form = kept.dump()
    with templates():
        entries = sent(page(described, form))
    back = tidy(described.fields, read(described, described.fields, MultiDict(entries)))
    printed = str(sections(described.description, form))
    for field in described.fields:
        asked = described.asked(field.name, lambda path: value_at(form, path))
        assert asked == applies(field.shown_when, form, form), (
            f"page and print disagree on whether {field.name} is asked"
        )
        if field.hidden or field.asked_when or field.widget in ("group", "rows"):
            continue
        assert (field.label in printed) >= asked, field.name
        if asked and is_short(field) and form[field.name]:
            assert chosen(field, back[field.name]) == chosen(field, form[field.name]), field.name
            assert said(field, form[field.name]) in printed, field.name


def is_short(field: FormField) -> bool:
    return field.widget in ("select", "radio", "checks", "integer", "date", "flag")


def chosen(field: FormField, value: Any) -> Any:
    """What a page shows in its own order, each once."""
    return set(value) if field.widget == "checks" else value


def said(field: FormField, value: Any) -> str:
    words = in_words(field, value)
    return words if isinstance(words, str) else str(words)
