"""What a described form does in a browser: conditions, rows and counts, with script and without, at a desk and on a
phone. The form is made up, so that each of them occurs; its page and reader are the gateway's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from contracts.forms import Choice, RowWords, ShownWhen
from flask import render_template_string, request
from gateway.forms.reading import change_row, read, tidy
from gateway.forms.rendering import entries_of, show
from gateway.forms.testing import application, described, field
from gateway.web.forms import PageForm
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import SIZES
from tests.browser.inspection import begin_axe, sticks_out, violations

pytestmark = [pytest.mark.browser]
COLOURS = [Choice(value="red", label="红"), Choice(value="blue", label="蓝")]
FORM = described(
    field("colour", "radio", label="颜色", choices=COLOURS, start="red"),
    field("shade", "select", label="深浅", choices=COLOURS, shown_when=ShownWhen(field="colour", values=["blue"])),
    field("deep", "text", label="多深", shown_when=ShownWhen(field="shade", values=["blue"])),
    field("tick", "flag", label="勾选"),
    field("ticked", "text", label="勾选之后", shown_when=ShownWhen(field="tick", values=["yes"])),
    field("said", "area", label="说明", counted="solid", least=5, most=10),
    field(
        "people",
        "rows",
        label="人员",
        row=RowWords(title="人 {n}", add="＋ 添加", remove="删除此人"),
        fields=[
            field("who", "text", label="姓名"),
            field("how", "select", label="方式", choices=COLOURS, start="red"),
            field("why", "text", label="缘由", shown_when=ShownWhen(field=".how", values=["blue"])),
        ],
    ),
)
PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>表</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{% for file in ('vendor/bootstrap/bootstrap.min.css', 'css/registry.css', 'css/components.css', 'css/account.css') %}
<link rel="stylesheet" href="{{ asset(file) }}">{% endfor %}
<script src="{{ asset('js/page.js') }}" defer></script><script src="{{ asset('js/filing.js') }}" defer></script></head>
<body><main class="container"><h1>表</h1>{% from "components/form_fields.html" import form_fields with context %}
<form method="post" data-draft="one" data-restored="已恢复" novalidate>{{ form_fields(fields, form) }}
<button name="action" value="next">保存</button></form>
<p id="saved">{{ saved }}</p></main></body></html>"""


class Site:
    """Serves the form, keeps what is sent, and goes on at the row that was added, as the wizard does."""

    def __init__(self) -> None:
        self.saved: dict[str, Any] = {}
        self.app = application()
        self.app.add_url_rule("/", "form", self.page, methods=["GET", "POST"])
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)

    def page(self) -> Any:
        if request.method == "POST":
            self.saved = tidy(FORM.fields, read(FORM, FORM.fields, request.form))
            row = change_row(FORM, self.saved, request.form.get("action", ""))
            return self.app.redirect(f"/#field-{row}" if row else "/", 303)
        form = PageForm(entries_of(FORM.fields, self.saved))
        fields = show(FORM, FORM.fields, self.saved, form)
        return render_template_string(PAGE, fields=fields, form=form, saved=json.dumps(self.saved, ensure_ascii=False))


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join(10)
    made.server.server_close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    with ExitStack() as opened:

        def one(size: str, *, script: bool = True) -> Page:
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
            opened.callback(context.close)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{site.server.port}/")
            return page

        yield one


def at(page: Page, path: str) -> Any:
    return page.locator(f'[id="field-{path}"]')


def save(page: Page, site: Site) -> dict[str, Any]:
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#saved")).not_to_have_text("{}")
    return site.saved


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("W-02")
@pytest.mark.parametrize("size", SIZES)
def test_fields_appear_while_they_are_asked_and_only_then_are_sent(
    open_page: Callable[..., Page], site: Site, size: str
) -> None:
    page = open_page(size)
    for hidden in ("shade", "deep", "ticked", "people.0.why"):
        expect(at(page, hidden)).to_be_hidden()
    page.locator('[id="field-colour-blue"]').check()
    at(page, "shade").select_option("blue")
    at(page, "deep").fill("很深")
    at(page, "tick").check()
    at(page, "ticked").fill("是的")
    at(page, "people.0.who").fill("甲")
    at(page, "people.0.how").select_option("blue")
    at(page, "people.0.why").fill("因为")
    begin_axe(page)
    assert violations(page) + sticks_out(page) == []
    page.locator('[id="field-colour-red"]').check()
    expect(at(page, "deep")).to_be_hidden()
    assert at(page, "deep").is_disabled(), "what hangs on what is not asked is neither seen nor sent"
    page.locator('[id="field-colour-blue"]').check()
    expect(at(page, "deep")).to_have_value("很深")
    saved = save(page, site)
    assert (saved["deep"], saved["ticked"]) == ("很深", "是的")
    assert saved["people"] == [{"who": "甲", "how": "blue", "why": "因为"}]
    expect(page.locator(".draft-notice")).to_have_count(0)
    expect(at(page, "deep")).to_be_visible()


@pytest.mark.requirement("F-03")
def test_without_script_every_field_stands_there_and_says_when_it_is_asked(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page("phone", script=False)
    expect(page.locator(".condition").first).to_have_text("只有“颜色”是“蓝”时才填写。")
    expect(page.locator(".condition")).to_have_count(4)
    at(page, "shade").select_option("blue")
    at(page, "deep").fill("多余")
    at(page, "people.0.who").fill("甲")
    page.get_by_role("button", name="＋ 添加").click()
    at(page, "people.1.who").fill("乙")
    saved = save(page, site)
    assert (saved["shade"], saved["deep"]) == (None, ""), "the colour is red"
    assert [row["who"] for row in saved["people"]] == ["甲", "乙"]
    page.get_by_role("button", name="删除此人 人 1").click()
    expect(page.locator(".row-card")).to_have_count(1)
    assert [row["who"] for row in site.saved["people"]] == ["乙"]


@pytest.mark.requirement("W-02")
@pytest.mark.parametrize("size", SIZES)
def test_a_new_row_has_the_focus_and_the_count_is_seen_and_said(
    open_page: Callable[..., Page], site: Site, size: str
) -> None:
    page = open_page(size)
    at(page, "people.0.who").fill("甲")
    page.get_by_role("button", name="＋ 添加").press("Enter")
    expect(at(page, "people.1.who")).to_be_focused()
    expect(at(page, "people.0.who")).to_have_value("甲")
    count = page.locator("#count-said")
    expect(count).to_contain_text("5 至 10 字（空格和换行不计）")
    at(page, "said").fill("一 二\n三")
    expect(count.locator(".counted")).to_contain_text("已写 3 字，还差 2 字")
    expect(count.get_by_role("status")).to_have_text("已写 3 字，还差 2 字")
    at(page, "said").fill("一二三四五六七八九十𠮷")
    expect(count.locator(".counted")).to_contain_text("已写 11 字，超出 1 字")
    begin_axe(page)
    assert violations(page) + sticks_out(page) == []
