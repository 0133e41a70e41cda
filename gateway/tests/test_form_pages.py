"""Every widget of a described form, shown and read back: the page says what the description says, and gives what was
entered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chassis.errors import FieldError, Problem
from contracts.forms import FIELD_PROBLEMS, Choice, FormStep, RowWords, ShownWhen
from flask import current_app
from gateway.forms.answers import sheet
from gateway.forms.reading import change_row, read, tidy
from gateway.forms.rendering import entries_of, show
from gateway.forms.testing import Elements, described, field, page, sent, templates, with_steps
from gateway.web.forms import PageForm, name_lines
from gateway.web.problems import field_message
from gateway.web.texts import explained
from werkzeug.datastructures import MultiDict

COLOURS = [
    Choice(value="red", label="红"),
    Choice(value="blue", label="蓝"),
    Choice(value="old", label="旧", open=False),
]

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


@pytest.fixture(scope="module", autouse=True)
def app() -> Iterator[None]:
    with templates():
        yield


def part(html: str, element_id: str) -> Any:
    return Elements(html).by_id.get(element_id)


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
def test_what_a_page_shows_is_read_back_the_same() -> None:
    assert read(EVERY, EVERY.fields, sent(page(EVERY, FULL))) == FULL | {"b": "第一段\n\n第二段"}


@pytest.mark.requirement("F-03")
def test_what_is_not_asked_is_left_out_whatever_hidden_fields_say() -> None:
    entries = sent(page(EVERY, FULL))
    entries["f"], entries["n.0.how"] = "red", "red"
    found = read(EVERY, EVERY.fields, entries)
    assert found["i"] == []
    assert found["n"][0] == {"name": "甲", "how": "red", "mine": False}, "nor what hangs on what is not asked"


def test_each_condition_is_told_to_people_without_script_and_to_the_script() -> None:
    html = page(EVERY, FULL)
    assert '<noscript><p class="condition">只有“栏目f”是“蓝”时才填写。</p></noscript>' in html
    assert 'data-when="f" data-values="[&#34;blue&#34;]"' in html
    assert 'data-when="n.0.how"' in html
    assert 'data-when="n.1.why"' in html


@pytest.mark.requirement("F-03")
def test_a_condition_on_a_field_of_another_page_goes_by_what_is_saved() -> None:
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
        html = page(of, form, fields=other)
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


def test_the_applicants_own_row_stands_fixed_and_travels_along() -> None:
    html = page(EVERY, FULL)
    assert part(html, "field-n.1.name")["tag"] == "span"
    assert part(html, "field-n.0.name")["tag"] == "input"
    assert 'value="remove_n.0"' in html
    assert 'value="remove_n.1"' not in html


def test_a_closed_choice_is_told_and_stays_where_it_was_chosen_before() -> None:
    closed = '<option value="old" disabled>旧（暂未开放）</option>'
    assert closed in page(EVERY, FULL | {"e": "red"})
    assert '<option value="old" selected>旧</option>' in page(EVERY, FULL)


def test_a_choice_that_can_never_be_made_says_why_and_not_that_it_is_not_open_yet() -> None:
    choices = [
        Choice(value="a", label="署名权", open=False, closed_because="人身权，不能转让"),
        Choice(value="b", label="表演权"),
        Choice(value="c", label="新权", open=False),
    ]
    for widget in ("select", "radio", "checks"):
        html = page(described(field("q", widget, choices=choices)), {})
        assert "署名权（人身权，不能转让）" in html, widget
        assert "新权（暂未开放）" in html, widget
        assert html.count("暂未开放") == 1, widget


def test_choices_of_other_applicants_are_not_offered() -> None:
    person = Choice(value="p", label="人", filers=["natural_person"])
    mine = [person, Choice(value="o", label="位", filers=["organisation"])]
    of = described(field("q", "radio", choices=mine))
    assert [v for v in ("p", "o") if f'value="{v}"' in page(of, {}, filer="organisation")] == ["o"]
    assert [v for v in ("p", "o") if f'value="{v}"' in page(of, {})] == ["p", "o"]


def test_a_hint_fits_who_fills_the_form_in() -> None:
    of = described(field("q", "text", hint="选“个人作品”", hint_for={"organisation": "选“法人作品”"}))
    assert "选“个人作品”" in page(of, {}, filer="natural_person")
    assert "选“个人作品”" in page(of, {})
    told = page(of, {}, filer="organisation")
    assert "选“法人作品”" in told
    assert "个人作品" not in told


def test_hint_unit_count_and_problem_belong_to_their_field() -> None:
    html = page(EVERY, FULL, problem=Problem("form_invalid", errors=[FieldError("c", "wrong_type")]))
    number = part(html, "field-c")
    assert number.get("aria-describedby", "").split() == ["error-c", "unit-c"]
    assert (number.get("inputmode"), number.get("aria-invalid")) == ("numeric", "true")
    count = part(html, "count-b")
    assert (count.get("data-count"), count.get("data-least"), count.get("data-most")) == ("solid", "5", "10")
    assert "5 至 10 字" in count["text"]
    assert part(html, "field-l").get("required") is None
    assert part(html, "field-a").get("maxlength") is None, "what was pasted is not cut"


def test_a_field_that_is_asked_because_of_a_problem_appears_with_it() -> None:
    assert part(page(EVERY, {"a": "x"}), "field-o") is None
    asked = Problem("form_invalid", errors=[FieldError("a", "title_generic", {"title": "x"})])
    assert part(page(EVERY, {"a": "x"}, problem=asked), "field-o") is not None
    assert part(page(EVERY, FULL), "field-o") is not None


def test_a_problem_of_one_line_or_of_a_hidden_place_leads_to_what_the_page_has() -> None:
    shown = PageForm(entries_of(EVERY.fields, FULL))
    show(EVERY, EVERY.fields, FULL, shown)
    assert [shown.anchor(path) for path in ("i.1", "n.0.why", "n.0.mine", "n.7.name", "m.x")] == [
        "i",
        "n.0.why",
        "n.0.mine",
        "n",
        "m.x",
    ]


def test_rows_are_added_removed_and_left_out_when_nothing_was_entered() -> None:
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


def test_fields_that_cannot_be_changed_now_are_told_in_words() -> None:
    html = page(EVERY, FULL, fixed=["c", "f"])
    assert "85000 字" in part(html, "field-c")["text"]
    entries = sent(html)
    assert "c" not in entries
    assert entries["given.f"] == "blue", "what depends on it still goes by it"


def test_what_stands_there_at_the_start_is_written_in_the_language_of_the_page_and_kept_the_same() -> None:
    of = described(field("country", "text", start="中国", start_word="China"))
    for value in (None, "中国"):
        html = page(of, {"country": value})
        assert 'value="China"' in html
        assert read(of, of.fields, sent(html)) == {"country": "中国"}
    assert read(of, of.fields, MultiDict({"country": "china"})) == {"country": "中国"}
    assert read(of, of.fields, MultiDict({"country": "Peru"})) == {"country": "Peru"}
    assert [line.words for line in sheet(of, of.fields, {"country": "中国"})] == [("China",)]


def test_every_line_of_a_summary_says_which_field_it_is_about() -> None:
    """A walk: on the pages of staff three lines said “请填写这一项。”."""
    fields = """
{% from "components/forms.html" import error_summary, text_field, area_field, radio_field with context %}
{% filter name_lines|safe %}{{ error_summary(form) }}
{{ text_field(form, 'amount', '到账金额') }}{{ area_field(form, 'note', '说明 <b>', required=false) }}
{{ radio_field(form, 'basis', '依据', [('a', '甲', '')]) }}{% endfilter %}"""
    wrong = [FieldError(name, "required") for name in ("amount", "note", "basis", "elsewhere")]
    form = PageForm().refused(Problem("form_invalid", errors=wrong))
    html = current_app.jinja_env.from_string(fields).render(form=form)
    lines = re.findall(r"<li><a href=[^>]*>([^<]*)</a>", html)
    assert lines == [
        "到账金额：请填写这一项。",
        "说明 &lt;b&gt;：请填写这一项。",
        "依据：请填写这一项。",
        "请填写这一项。",
    ]
    assert "data-unnamed" not in html
    assert name_lines("<p>no summary</p>") == "<p>no summary</p>"


@pytest.mark.requirement("F-03")
def test_what_is_written_in_a_way_that_is_not_taken_is_told_how_to_write_it() -> None:
    """Walk: “金额不对” was all that was said of 50万元."""
    assert field_message(FieldError("claim_amount", "amount_format"), "zh") == "金额只写数字，单位元，例如 500000。"
    shaped = {code for code in explained("zh") if code.endswith(("_format", "_invalid"))} & {
        "amount_format",
        "email_format",
        "email_invalid",
        "mobile_invalid",
        "postcode_format",
        "registration_number_format",
        "telephone_format",
        "version_format",
    }
    assert len(shaped) == 8
    for code in (*shaped, "map_number_unusual", "not_a_date", "not_a_number"):
        for language, example in (("zh", r"例如|写成 V1"), ("en", r"such as|for example|like V1")):
            told = field_message(FieldError("x", code), language)  # type: ignore[arg-type]  # both are languages
            assert re.search(example, told), (code, told)
    ends = ("不对。", "不正确。")
    codes = set(FIELD_PROBLEMS) & set(explained("zh"))
    assert [code for code in codes if field_message(FieldError("x", code), "zh").endswith(ends)] == []
