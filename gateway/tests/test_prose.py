"""The office's own words: what Markdown they may use, and that nothing else comes out of them."""

from __future__ import annotations

import time

import pytest
from gateway.web.prose import Prose
from lxml import html

KNOWN = {"p", "strong", "em", "ul", "ol", "li", "a", "br", "div"}


def shown(text: str) -> html.HtmlElement:
    return html.fromstring(f"<div>{Prose(text).__html__()}</div>")


@pytest.mark.requirement("A-07")
def test_paragraphs_lists_emphasis_and_links_are_known() -> None:
    found = shown("**一** *二*\n\n- [三](/guides/fees)\n- [四](https://a.cn/?x=1&y=2) [五](mailto:a@b.cn)\n\n1. 六")
    assert found.xpath(".//strong/text() | .//em/text()") == ["一", "二"]
    assert found.xpath(".//a/@href") == ["/guides/fees", "https://a.cn/?x=1&y=2", "mailto:a@b.cn"]
    assert len(found.xpath(".//ul/li")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "![x](https://a.cn/x.png)",
        "[x](javascript:alert(1))",
        "[x](JavaScript&#58;alert(1))",
        "[x](data:text/html,<script>)",
        "[x](//evil.cn)",
        "[x](\\\\evil.cn)",
        "[x](/\\evil.cn)",
        "[x](http://plain.cn)",
        '[x](https://a.cn/"onmouseover=alert(1))',
        "<https://a.cn>",
        "# heading\n```\ncode\n```\n<!-- x -->",
        "&lt;script&gt;",
    ],
)
def test_nothing_else_comes_out(text: str) -> None:
    found = shown(text)
    assert {one.tag for one in found.iter()} <= KNOWN
    for one in found.iter():
        assert set(one.attrib) <= {"href"}
        address = one.get("href", "/")
        assert address.startswith(("https://a.cn", "/")), address
        assert not address.startswith(("//", "/\\"))


@pytest.mark.parametrize("text", ["[" * 5000, "*" * 5000, "- " * 2500, "[](" * 1600, "\\" * 5000, "**a " * 1250])
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    shown(text)
    assert time.process_time() - began < 2
