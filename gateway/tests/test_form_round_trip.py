"""Whatever a form asks and whatever was answered: what the page shows is what is read back from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contracts.forms import Choice, FormField, ShownWhen
from gateway.forms.described import Described
from gateway.forms.reading import read, tidy
from gateway.forms.testing import described, field, page, sent, templates
from gateway.forms.values import blank, untouched
from hypothesis import given, settings
from hypothesis import strategies as st

COLOURS = [Choice(value="red", label="红"), Choice(value="blue", label="蓝")]


@pytest.fixture(scope="module", autouse=True)
def app() -> Iterator[None]:
    with templates():
        yield


WIDGETS = st.sampled_from(["text", "area", "integer", "date", "select", "radio", "checks", "flag", "lines", "masked"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@st.composite
def a_field(draw: Any, name: str, controls: tuple[str, ...], depth: int = 2) -> FormField:
    widget = draw(WIDGETS if not depth else st.one_of(WIDGETS, st.sampled_from(["group", "rows"])))
    inner: list[FormField] = []
    if widget in ("group", "rows"):
        for place in range(draw(st.integers(1, 3))):
            inner.append(draw(a_field(f"{name}{place}", controls, depth - 1)))
    when = None
    if controls and draw(st.booleans()):
        values = draw(st.sampled_from([["red"], ["red", "blue"]]))
        when = ShownWhen(field=draw(st.sampled_from(controls)), values=values)
    choices = COLOURS if widget in ("select", "radio", "checks") else []
    short = draw(st.sampled_from(["", "s"]))
    return field(name, widget, fields=inner, choices=choices, shown_when=when, width=short, other=widget == "checks")


@st.composite
def a_form(draw: Any) -> Described:
    fields: list[FormField] = []
    for place in range(draw(st.integers(1, 5))):
        controls = tuple(made.name for made in fields if made.widget in ("select", "radio", "checks"))
        fields.append(draw(a_field(f"f{place}", controls)))
    return described(*fields)


def a_value(draw: Any, of: FormField) -> Any:
    match of.widget:
        case "group":
            return {inner.name: a_value(draw, inner) for inner in of.fields}
        case "rows":
            return [{i.name: a_value(draw, i) for i in of.fields} for _ in range(draw(st.integers(0, 3)))]
        case "integer":
            return draw(st.none() | st.integers(0, 10**15))
        case "date":
            return draw(st.none() | st.dates().map(lambda day: day.isoformat()))
        case "select" | "radio":
            return draw(st.sampled_from([None, "red", "blue"]))
        case "checks":
            return [*draw(st.sampled_from([[], ["red"], ["red", "blue"]])), *draw(st.lists(st.just("own"), max_size=1))]
        case "flag":
            return draw(st.booleans())
        case "lines":
            return draw(st.lists(TEXTS, max_size=3))
        case "masked":
            return draw(st.sampled_from(["", "1101****002X"]))
        case _:
            return draw(st.just("") | TEXTS)


def asked_only(of: Described, form: dict[str, Any]) -> dict[str, Any]:
    """The form without what it is not asked, as an empty form and an empty row have it."""

    def value_at(path: str) -> Any:
        found: Any = form
        for name in path.split("."):
            found = found[name]
        return found

    def kept(entry: FormField, path: str, value: Any) -> Any:
        if entry.widget == "group":
            return within(entry, path, value)
        if entry.widget == "rows":
            return [within(entry, f"{path}.{number}", row) for number, row in enumerate(value)]
        return value

    def within(entry: FormField, path: str, values: dict[str, Any]) -> dict[str, Any]:
        pairs = {i.name: (i, f"{path}.{i.name}", values[i.name]) for i in entry.fields}
        asked = {name: kept(*pair) for name, pair in pairs.items() if of.asked(pair[1], value_at)}
        return {name: value for name, value in asked.items() if value is not None}

    return {f.name: kept(f, f.name, form[f.name]) if of.asked(f.name, value_at) else blank(f) for f in of.fields}


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.requirement("F-02")
def test_whatever_a_form_asks_what_is_rendered_is_read_back(data: Any) -> None:
    of = data.draw(a_form())
    form = {entry.name: a_value(data.draw, entry) for entry in of.fields}
    found = tidy(of.fields, read(of, of.fields, sent(page(of, form))))
    assert found == tidy(of.fields, asked_only(of, form))
    assert all(untouched(entry, blank(entry)) for entry in of.fields)
