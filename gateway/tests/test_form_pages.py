"""Every widget of a described form, shown and read back: the page says what the description says, and gives what was
entered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from chassis.errors import FieldError, Problem
from contracts.forms import Choice, FormDescription, FormField, FormStep, RowWords, ShownWhen
from flask import Flask, get_template_attribute
from gateway.forms.described import Described
from gateway.forms.reading import change_row, read, tidy
from gateway.forms.rendering import entries_of, show
from gateway.forms.values import blank, untouched
from gateway.web import assets, forms, languages
from gateway.web.forms import PageForm
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

import gateway

COLOURS = [Choice(value="red", label="红"), Choice(value="blue", label="蓝"), Choice(value="old", label="旧", open=False)]


def field(name: str, widget: Any, **more: Any) -> FormField:
    return FormField(name=name, label=more.pop("label", f"栏目{name}"), widget=widget, **more)


def described(*fields: FormField, **more: Any) -> Described:
    """A form with all its fields on one step."""
    return with_steps([FormStep(name="one", title="第一步", fields=list(fields))], **more)


def with_steps(steps: list[FormStep], **more: Any) -> Described:
    shared = {"paper_required": False, "office": {}, "legal_basis": {}, "materials": [], "open": True}
    numbers = ("acceptance_working_days", "examination_days", "correction_days", "paper_days", "max_materials")
    return Described(
        FormDescription.model_validate(
            {
                "type": "work_registration",
                "kind": "work",
                "form_code": "X1",
                "title": "表",
                "title_field": "a",
                "language": "zh",
                "on": "2026-01-01",
                "steps": steps,
                **shared,
                **dict.fromkeys(numbers, 1),
                **more,
            }
        )
    )


EVERY = described(
    field("a", "text", hint="提示", max_length=20),
    field("b", "area", lines=3, counted="solid", least=5, most=10),
    field("c", "integer", unit="字"),
    field("d", "date"),
    field("e", "select", choices=COLOURS),
    field("f", "radio", choices=COLOURS, start="red"),
    field("g", "checks", choices=COLOURS, other=True),
    field("h", "flag"),
    field("i", "lines", shown_when=ShownWhen(field="f", values=["blue"])),
    field("j", "masked"),
    field("k", "tel"),
    field("l", "email", optional=True),
    field("m", "group", fields=[field("x", "text", width="s"), field("y", "text", width="s", start="中国")]),
    field(
        "n",
        "rows",
        row=RowWords(title="人 {n}", add="再加一人", remove="删除此人"),
        fixed="mine",
        fields=[
            field("name", "text", verified=True),
            field("how", "select", choices=COLOURS, start="red"),
            field("why", "text", shown_when=ShownWhen(field=".how", values=["blue"])),
            field("deeper", "text", shown_when=ShownWhen(field=".why", values=["x"])),
            field("mine", "flag", label="申请人", hidden=True),
        ],
    ),
    field("o", "flag", asked_when="title_generic", asked_about="a"),
    field("p", "text", hidden=True),
)


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    made = Flask(gateway.__name__)
    made.jinja_env.trim_blocks = made.jinja_env.lstrip_blocks = True
    languages.install(made, https=False)
    assets.install(made)
    forms.install(made)
    with made.test_request_context():
        yield made


def page(form: dict[str, Any], of: Described = EVERY, problem: Problem | None = None, **how: Any) -> str:
    shown = PageForm(entries_of(of.fields, form))
    if problem:
        shown.refused(problem)
    fields = show(of, of.fields, form, shown, **how)
    return str(get_template_attribute("components/form_fields.html", "form_fields")(fields, shown))


def sent(html: str) -> MultiDict[str, str]:
    """What a browser without script sends of the page."""
    entries: MultiDict[str, str] = MultiDict()
    for part in html5lib.parse(html, namespaceHTMLElements=False).iter():
        name = part.get("name")
        if part.tag not in ("input", "textarea", "select") or not name or "disabled" in part.attrib:
            continue
        if part.tag == "select":
            options = list(part.iter("option"))
            chosen = next((option for option in options if "selected" in option.attrib), options[0])
            entries.add(name, chosen.get("value", ""))
        elif part.tag == "textarea":
            entries.add(name, part.text or "")
        elif part.get("type") not in ("radio", "checkbox") or "checked" in part.attrib:
            entries.add(name, part.get("value", ""))
    return entries


def part(html: str, element_id: str) -> Any:
    return next((e for e in html5lib.parse(html, namespaceHTMLElements=False).iter() if e.get("id") == element_id), None)


FULL = {
    "a": "名<称>",
    "b": "\n第一段\n\n第二段",
    "c": 85000,
    "d": "2026-01-02",
    "e": "old",
    "f": "blue",
    "g": ["red", "自己的"],
    "h": True,
    "i": ["一", "二"],
    "j": "1101**********002X",
    "k": "13900000000",
    "l": "a@b.cn",
    "m": {"x": "宜昌", "y": ""},
    "n": [
        {"name": "甲", "how": "blue", "why": "x", "deeper": "深", "mine": False},
        {"name": "乙", "how": "red", "mine": True},
    ],
    "o": True,
}


@pytest.mark.requirement("F-02")
def test_what_a_page_shows_is_read_back_the_same(app: Flask) -> None:
    assert read(EVERY, EVERY.fields, sent(page(FULL))) == FULL | {"b": "第一段\n\n第二段"}


@pytest.mark.requirement("F-03")
def test_what_is_not_asked_is_left_out_whatever_hidden_fields_say(app: Flask) -> None:
    entries = sent(page(FULL))
    entries["f"], entries["n.0.how"] = "red", "red"
    found = read(EVERY, EVERY.fields, entries)
    assert found["i"] == []
    assert found["n"][0] == {"name": "甲", "how": "red", "mine": False}, "nor what hangs on what is not asked"


def test_each_condition_is_told_to_people_without_script_and_to_the_script(app: Flask) -> None:
    html = page(FULL)
    assert "<noscript><p class=\"condition\">只有“栏目f”是“蓝”时才填写。</p></noscript>" in html
    assert 'data-when="f" data-values="[&#34;blue&#34;]"' in html
    assert 'data-when="n.0.how"' in html
    assert 'data-when="n.1.why"' in html


@pytest.mark.requirement("F-03")
def test_a_condition_on_a_field_of_another_page_goes_by_what_is_saved(app: Flask) -> None:
    when = ShownWhen(field="kind", values=["red"])
    of = with_steps(
        [
            FormStep(name="one", title="一", fields=[field("kind", "select", choices=COLOURS)]),
            FormStep(name="two", title="二", fields=[field("more", "text", shown_when=when)]),
        ]
    )
    other = of.steps[1].fields
    for kind, expected in (("red", "x"), ("blue", "")):
        form = {"kind": kind, "more": "x"}
        shown = PageForm(entries_of(other, form))
        macro = get_template_attribute("components/form_fields.html", "form_fields")
        html = str(macro(show(of, other, form, shown), shown))
        assert ("field-more" in html) == (kind == "red")
        assert read(of, other, sent(html))["more"] == expected


def test_numbers_of_documents_are_masked_and_numbers_that_are_none_stay_as_typed() -> None:
    found = read(EVERY, EVERY.fields, MultiDict({"j": "11010519900307002X", "c": "about 9", "d": "2026年1月2日"}))
    assert (found["j"], found["c"], found["d"]) == ("1101**********002X", "about 9", "2026-01-02")
    assert read(EVERY, EVERY.fields, MultiDict({"c": "85,000"}))["c"] == 85000


def test_what_nobody_entered_is_what_the_contract_says_an_empty_form_has() -> None:
    found = read(EVERY, EVERY.fields, MultiDict(), {"e": "red", "m": {"x": ""}})
    assert (found["e"], found["f"], found["c"], found["g"], found["h"]) == ("red", "red", None, [], False)
    assert "p" not in found, "what is never entered by hand is not saved from a page"


def test_the_applicants_own_row_stands_fixed_and_travels_along(app: Flask) -> None:
    html = page(FULL)
    assert part(html, "field-n.1.name").tag == "span"
    assert part(html, "field-n.0.name").tag == "input"
    assert 'value="remove_n.0"' in html
    assert 'value="remove_n.1"' not in html


def test_a_closed_choice_is_told_and_stays_where_it_was_chosen_before(app: Flask) -> None:
    html = page(FULL | {"e": "red"})
    options = {option.get("value"): option for option in part(html, "field-e").iter("option")}
    assert "disabled" in options["old"].attrib
    assert "旧（暂未开放）" in "".join(options["old"].itertext())
    kept = {option.get("value"): option for option in part(page(FULL), "field-e").iter("option")}
    assert "disabled" not in kept["old"].attrib


def test_choices_of_other_applicants_are_not_offered(app: Flask) -> None:
    mine = [Choice(value="p", label="人", filers=["natural_person"]), Choice(value="o", label="位", filers=["organisation"])]
    of = described(field("q", "radio", choices=mine))
    assert [v for v in ("p", "o") if f'value="{v}"' in page({}, of, filer="organisation")] == ["o"]
    assert [v for v in ("p", "o") if f'value="{v}"' in page({}, of)] == ["p", "o"]


def test_hint_unit_count_and_problem_belong_to_their_field(app: Flask) -> None:
    html = page(FULL, problem=Problem("form_invalid", errors=[FieldError("c", "wrong_type")]))
    number = part(html, "field-c")
    assert number.get("aria-describedby", "").split() == ["error-c", "unit-c"]
    assert (number.get("inputmode"), number.get("aria-invalid")) == ("numeric", "true")
    count = part(html, "count-b")
    assert (count.get("data-count"), count.get("data-least"), count.get("data-most")) == ("solid", "5", "10")
    assert "5 至 10 字" in "".join(count.itertext())
    assert part(html, "field-l").get("required") is None
    assert part(html, "field-a").get("maxlength") is None, "what was pasted is not cut"


def test_a_field_that_is_asked_because_of_a_problem_appears_with_it(app: Flask) -> None:
    assert part(page({"a": "x"}), "field-o") is None
    asked = Problem("form_invalid", errors=[FieldError("a", "title_generic", {"title": "x"})])
    assert part(page({"a": "x"}, problem=asked), "field-o") is not None
    assert part(page(FULL), "field-o") is not None


def test_a_problem_of_one_line_or_of_a_hidden_place_leads_to_what_the_page_has(app: Flask) -> None:
    shown = PageForm(entries_of(EVERY.fields, FULL))
    show(EVERY, EVERY.fields, FULL, shown)
    assert [shown.anchor(path) for path in ("i.1", "n.0.why", "n.0.mine", "n.7.name", "m.x")] == [
        "i",
        "n.0.why",
        "n.0.mine",
        "n",
        "m.x",
    ]


def test_rows_are_added_removed_and_left_out_when_nothing_was_entered(app: Flask) -> None:
    entries = MultiDict({"n": "2", "n.10.name": "丙", "n.2.name": "乙", "n.0.name": "甲", "n.11.name": ""})
    changed = read(EVERY, EVERY.fields, entries)
    assert [row["name"] for row in changed["n"]] == ["甲", "乙", "丙", ""]
    assert [row["name"] for row in tidy(EVERY.fields, changed)["n"]] == ["甲", "乙", "丙"]
    assert change_row(EVERY, changed, "remove_n.1") == "n"
    assert change_row(EVERY, changed, "add_n") == "n.3.name"
    assert [row["name"] for row in changed["n"]] == ["甲", "丙", "", ""]
    before = str(changed)
    for action in ("add_a", "add_zz", "remove_n.9", "remove_n.x", "remove_a.0", "remove_", "next", "add_n.0.name"):
        assert change_row(EVERY, changed, action) == ""
    assert str(changed) == before


def test_fields_that_cannot_be_changed_now_are_told_in_words(app: Flask) -> None:
    html = page(FULL, fixed=["c", "f"])
    assert "85000 字" in "".join(part(html, "field-c").itertext())
    entries = sent(html)
    assert "c" not in entries
    assert entries["given.f"] == "blue", "what depends on it still goes by it"


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
        when = ShownWhen(field=draw(st.sampled_from(controls)), values=draw(st.sampled_from([["red"], ["red", "blue"]])))
    choices = COLOURS[:2] if widget in ("select", "radio", "checks") else []
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

    return {
        f.name: kept(f, f.name, form[f.name]) if of.asked(f.name, value_at) else blank(f) for f in of.fields
    }


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.requirement("F-02")
def test_whatever_a_form_asks_what_is_rendered_is_read_back(app: Flask, data: Any) -> None:
    of = data.draw(a_form())
    form = {entry.name: a_value(data.draw, entry) for entry in of.fields}
    found = tidy(of.fields, read(of, of.fields, sent(page(form, of))))
    assert found == tidy(of.fields, asked_only(of, form))
    assert all(untouched(entry, blank(entry)) for entry in of.fields)
