"""What every page and API call shares: languages, problems, headers, sessions, documents."""

from __future__ import annotations

import html
from typing import Any

import pytest
from chassis.errors import FieldError
from contracts.examination import UNSTATED
from contracts.paging import Page
from flask import Flask, render_template_string
from gateway.api.examinations import Claim
from gateway.testing import GatewayProcess
from gateway.web.languages import byte_size, counted, counted_forms, install
from gateway.web.problems import field_code, field_message
from pydantic import ValidationError

PAGES = ["/", "/legacy", "/guides", "/guides/text-work", "/guides/upload-help", "/api/docs", "/api/docs/problems"]


@pytest.mark.requirement("W-04")
def test_pages_are_chinese_until_english_is_chosen_and_then_stay_english(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        assert "查询中心" in client.get("/", headers={"Accept-Language": "en"}).text
        assert "Query centre" in client.get("/?lang=en").text
        assert "Query centre" in client.get("/").text
        assert "查询中心" in client.get("/?lang=zh").text


@pytest.mark.requirement("W-01")
@pytest.mark.parametrize("page", PAGES)
def test_pages_open_without_a_session_and_with_security_headers(gateway: GatewayProcess, page: str) -> None:
    with gateway.client(None) as client:
        answer = client.get(page)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


def test_a_missing_page_explains_itself(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        answer = client.get("/nope")
    assert answer.status_code == 404
    assert "没有找到您要的页面" in answer.text


@pytest.mark.requirement("W-01")
@pytest.mark.parametrize("page", ["/gazette?kind=work&year=2026", "/legacy/query?number=2019SR000001"])
def test_a_page_that_a_service_did_not_answer_for_is_opened_again_by_a_link(gateway: GatewayProcess, page: str) -> None:
    with gateway.client(None) as client:
        answer = client.get(page)
    assert answer.status_code in (503, 504)
    assert f'href="{html.escape(page)}">再打开一次</a>' in answer.text


@pytest.mark.requirement("W-06")
@pytest.mark.requirement("W-04")
def test_chinese_comes_first_and_a_browser_that_wants_english_is_offered_it(gateway: GatewayProcess) -> None:
    offer = "Read this site in English"
    with gateway.client(None) as client:
        for accepted, offered in (
            ("en-US,en;q=0.9", True),
            ("zh-CN,zh;q=0.9,en;q=0.8", False),
            ("", False),
            ("fr", False),
        ):
            page = client.get("/", headers={"Accept-Language": accepted}).text
            assert "查询中心" in page
            assert (offer in page) == offered, accepted
        assert offer not in client.get("/?lang=zh", headers={"Accept-Language": "en"}).text, "chosen"


def test_api_problems_follow_rfc_9457_in_the_callers_language(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        answer = client.get("/api/v1/nope", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["code"] == "not_found"
    assert document["status"] == 404
    assert document["title"] == "We could not find what you asked for."
    assert document["type"].startswith("/api/docs/problems#")


@pytest.mark.requirement("W-06")
def test_the_openapi_document_lists_the_calls(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/api/v1/uploads/{upload_id}"]) >= {"head", "patch", "delete", "get"}


@pytest.mark.requirement("L-06")
@pytest.mark.parametrize(
    ("user_agent", "advice"),
    [
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)", None),
        ("Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)", None),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "没有打开兼容模式"),
        ("Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; Trident/6.0)", "没有打开兼容模式"),
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0)", None),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36", None),
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "您的 IE 浏览器太旧"),
    ],
)
def test_the_old_entry_tells_each_browser_what_it_needs(
    gateway: GatewayProcess, user_agent: str, advice: str | None
) -> None:
    with gateway.client(None) as client:
        client.cookies.set("old_entry_probe", "1")
        for address in ("/legacy", "/legacy/sign-in"):
            page = client.get(address, headers={"User-Agent": user_agent}).text
            said = [words for words in ("没有打开兼容模式", "您的 IE 浏览器太旧") if words in page]
            assert said == ([advice] if advice else [])


@pytest.mark.requirement("S-04")
def test_readiness_names_each_part(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json()["parts"]["database"] == "ok"


@pytest.mark.requirement("W-04")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 days left", "1 day left", "21 days left"]),
        ("zh", ["还有 0 天", "还有 1 天", "还有 21 天"]),
    ],
)
def test_a_page_counts_as_its_language_does(language: str, said: list[str]) -> None:
    app = Flask(__name__)
    install(app, https=False)
    with app.test_request_context(f"/?lang={language}"):
        assert [counted("还有 %(n)s 天", days) for days in (0, 1, 21)] == said
        page = "{% autoescape true %}{{ counted('还有 %(n)s 天', n) }}{% endautoescape %}"
        assert [render_template_string(page, n=days) for days in (0, 1, 21)] == said
        paid = "{{ counted('缴费时间 %(at)s。%(n)s 个工作日内受理，受理后会发消息通知您。', 1, at='<b>') }}"
        assert "&lt;b&gt;" in render_template_string(f"{{% autoescape true %}}{paid}{{% endautoescape %}}")
        forms = counted_forms("已略过 {count} 个文件夹或文件（依赖库、版本库、超过 8 MB 的文件）。")
        assert (forms["one"] == forms["other"]) == (language == "zh")


def test_sizes_are_short() -> None:
    assert [byte_size(size) for size in (900, 1536, 20 << 20, 200 << 20, 2 << 30)] == [
        "900 B",
        "1.5 KB",
        "20 MB",
        "200 MB",
        "2 GB",
    ]


def test_a_program_may_claim_without_a_body_as_it_always_could() -> None:
    assert Claim().reason == UNSTATED


@pytest.mark.requirement("W-06")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("limit", [5000, 0])
def test_a_number_out_of_range_is_told_its_limit(language: Any, limit: int) -> None:
    with pytest.raises(ValidationError) as told:
        Page(limit=limit)
    [error] = told.value.errors()
    said = field_message(FieldError("limit", field_code(error["type"]), error["ctx"]), language)
    assert str(next(iter(error["ctx"].values()))) in said
