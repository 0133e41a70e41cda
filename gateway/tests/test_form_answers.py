"""A form in words, and how far its steps are: by description and report alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contracts.filing import ApplicationView, FieldProblem, FormReport
from contracts.forms import Choice, FormStep, MaterialNeed, RowWords, ShownWhen
from gateway.forms.answers import changes, sheet
from gateway.forms.described import Described
from gateway.forms.schema import form_schema
from gateway.forms.standing import standing
from gateway.forms.testing import field, templates, with_steps
from gateway.forms.words import label, target_label

HOW = [Choice(value="r", label="红"), Choice(value="b", label="蓝")]
NEED = MaterialNeed(role="copy", title="样品", needed=True, purpose="material")
PLACE = field("place", "group", label="地点", fields=[field("x", "text", width="s"), field("y", "text", width="s")])
PEOPLE = field(
    "people",
    "rows",
    label="人员",
    fixed="mine",
    row=RowWords(title="人 {n}", add="加", remove="删"),
    fields=[
        field("who", "text", label="姓名", personal=True),
        field("how", "select", choices=HOW, start="r"),
        field("mine", "flag", label="申请人", hidden=True),
    ],
)
FORM = with_steps(
    [
        FormStep(
            name="one",
            title="一",
            fields=[
                field("opened", "select", label="类别", choices=HOW),
                field("name", "text", label="名称"),
                field("size", "integer", label="大小", unit="字"),
                field("many", "checks", label="几种", choices=HOW, other=True),
                field("why", "area", label="缘由", shown_when=ShownWhen(field="many", values=["b"])),
                field("sure", "flag", label="确认", asked_when="title_generic", asked_about="name"),
            ],
        ),
        FormStep(name="two", title="二", fields=[field("day", "date", label="日期"), PLACE, PEOPLE]),
        FormStep(
            name="three",
            title="三",
            fields=[
                field(
                    "said",
                    "group",
                    label="说明",
                    fields=[field("a", "area", label="甲"), field("b", "area", label="乙")],
                )
            ],
        ),
        FormStep(name="files", title="材料", kind="materials"),
        FormStep(name="last", title="末", optional=True, fields=[field("mail", "email", label="邮箱", optional=True)]),
    ],
    begins_with="opened",
    materials=[NEED],
)
FILLED: dict[str, Any] = {
    "opened": "r",
    "name": "石头",
    "size": 85000,
    "many": ["b", "自己的"],
    "why": "一\n二",
    "day": "2026-03-01",
    "place": {"x": "湖北", "y": "宜昌"},
    "people": [{"who": "王小明", "how": "b", "mine": True}, {"who": "李", "how": "r"}],
    "said": {"a": "甲文", "b": ""},
}


@pytest.fixture(scope="module", autouse=True)
def app() -> Iterator[None]:
    with templates():
        yield


def lines(of: Described = FORM, form: dict[str, Any] = FILLED, **how: Any) -> dict[str, tuple[str, ...]]:
    return {answer.label: answer.words for answer in sheet(of, of.fields, form, **how)}


@pytest.mark.requirement("F-03")
def test_every_answer_is_said_in_words_and_what_is_not_asked_is_not_said() -> None:
    said = lines()
    assert said["类别"] == ("红",)
    assert said["大小"] == ("85000 字",)
    assert said["几种"] == ("蓝、自己的",)
    assert said["日期"] == ("2026年3月1日",)
    assert said["地点"] == ("湖北 宜昌",)
    assert said["人员"] == ("王小明 · 蓝 · 申请人", "李 · 红")
    assert said["甲"] == ("甲文",)
    assert said["乙"] == (), "what is missing is to be seen"
    assert "确认" not in said
    assert "邮箱" not in said, "what may stay empty and is"
    assert "缘由" in said
    assert "缘由" not in lines(form=FILLED | {"many": ["r"]})
    assert set(lines(form={}, empty=False)) == set()


@pytest.mark.requirement("I-12")
def test_the_public_sees_no_personal_data() -> None:
    assert lines(public=True)["人员"] == ("＊＊＊ · 蓝 · 申请人", "＊＊＊ · 红")


def test_findings_stand_at_their_answers() -> None:
    found = [FieldProblem(field="people.0.who", code="glyphs_missing", severity="warning")]
    told = {answer.path: answer.findings for answer in sheet(FORM, FORM.fields, FILLED, findings=found)}
    assert told["people"] == tuple(found)
    assert told["name"] == ()


def test_what_a_correction_changed_is_said_before_and_after() -> None:
    changed = [
        {"field": "many", "before": ["r"], "after": ["r", "b"]},
        {"field": "place.y", "before": "宜昌", "after": "武汉"},
        {"field": "day", "before": None, "after": "2026-03-02"},
        {"field": "people", "before": [], "after": FILLED["people"]},
        {"field": "gone", "before": 1, "after": None},
    ]
    assert [(change.label, change.before, change.after) for change in changes(FORM, changed)] == [
        ("几种", "红", "红、蓝"),
        ("地点 · 栏目y", "宜昌", "武汉"),
        ("日期", "", "2026年3月2日"),
        ("人员", "", "王小明 · 蓝 · 申请人\n李 · 红"),
        ("gone", "1", ""),
    ]


def test_places_of_problems_are_called_as_people_see_them() -> None:
    called = {
        "people.1.who": "人 2 · 姓名",
        "said.b": "乙",
        "materials.copy": "样品",
        "materials.mat-1": "材料",
        "x": "",
    }
    assert {path: label(FORM, path) for path in called} == called
    case = view()
    assert target_label(FORM, case, "said") == "说明"
    assert target_label(FORM, case, "zz") == "zz"


def view(form: dict[str, Any] | None = None, *problems: str) -> ApplicationView:
    now = "2026-01-01T00:00:00Z"
    found = [FieldProblem(field=problem, code="required") for problem in problems]
    found.append(FieldProblem(field="name", code="glyphs_missing", severity="warning"))
    return ApplicationView.model_validate(
        {
            "application_id": "app-1",
            "account_id": "acc-1",
            "kind": "work",
            "type": "work_registration",
            "state": "draft",
            "version": 1,
            "form": form or {},
            "title": "",
            "paper_required": False,
            "created_at": now,
            "updated_at": now,
            "report": FormReport(problems=found, needs=[NEED]),
        }
    )


@pytest.mark.requirement("F-02")
def test_steps_are_empty_started_done_or_optional_by_what_is_entered_and_what_is_missing() -> None:
    everything = ("name", "day", "people.0.who", "said.a", "materials.copy")
    begun = view({"opened": "r", "people": [{"who": "王小明", "mine": True}]}, *everything)
    assert [standing(FORM, step, begun) for step in FORM.steps] == ["empty", "empty", "empty", "empty", "optional"]
    half = view(
        {"opened": "r", "name": "石头", "place": {"x": "湖北"}, "mail": "a@b.cn"},
        "size",
        "day",
        "said.b",
        "materials.copy",
    )
    assert [standing(FORM, step, half) for step in FORM.steps] == ["started", "started", "empty", "empty", "done"]
    assert {standing(FORM, step, view(FILLED)) for step in FORM.steps[:4]} == {"done"}


@pytest.mark.requirement("W-06")
def test_the_json_schema_of_a_form_says_what_fields_are_called_and_when_they_are_asked() -> None:
    named = field("title", "text", label="名称", hint="写全", shown_when=ShownWhen(field="category", values=["A"]))
    place = field("completion_place", "group", label="地点", fields=[field("city", "text", label="城市")])
    other = field("publication_place", "group", label="发表地", fields=[field("city", "text", label="市")])
    who = field("authors", "rows", label="作者", fields=[field("name", "text", label="姓名")])
    schema = form_schema(with_steps([FormStep(name="one", title="一", fields=[named, place, other, who])]).description)
    title = schema["properties"]["title"]
    assert (title["title"], title["description"], title["x-step"]) == ("名称", "写全", "one")
    assert title["x-shown-when"] == {"field": "category", "values": ["A"]}
    assert title["maxLength"] == 200
    assert schema["properties"]["completion_place"]["properties"]["city"]["title"] == "城市"
    either = schema["properties"]["publication_place"]["anyOf"]
    assert next(part for part in either if part["type"] == "object")["properties"]["city"]["title"] == "市"
    assert schema["properties"]["authors"]["items"]["properties"]["name"]["title"] == "姓名"
