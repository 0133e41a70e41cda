"""What HTML 4.01 Strict allows, as far as the old pages could break it; and a browser that knows only forms.

The browser keeps cookies if told so, follows redirects, and reads what a page says as text. No script, no style.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

COMMON = {"id", "lang", "dir", "title"}
ALLOWED: dict[str, set[str]] = {
    "html": {"lang"}, "head": set(), "title": set(), "meta": {"http-equiv", "content"}, "body": set(), "h1": set(),
    "h2": set(), "p": set(), "hr": set(), "br": set(), "strong": set(), "ul": set(), "ol": set(), "li": set(),
    "a": {"href"}, "img": {"src", "alt", "width", "height"}, "form": {"method", "action", "enctype"},
    "label": {"for"}, "input": {"type", "name", "value", "size", "maxlength", "checked"},
    "textarea": {"name", "rows", "cols"}, "table": {"border", "cellpadding", "summary"}, "tbody": set(), "tr": set(),
    "th": {"scope"}, "td": set(),
}  # fmt: skip
INPUTS = {"text", "password", "checkbox", "radio", "submit", "file", "hidden"}
BLOCKS = {"p", "table", "h1", "h2", "ul", "ol", "hr", "form", "tbody", "tr", "th", "td", "li", "body"}
DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'


def faults(page: str) -> list[str]:
    """What IE 7 or the standard of 1999 would not take."""
    found = [] if page.lstrip().startswith(DOCTYPE) else ["another doctype"]
    parser = html5lib.HTMLParser()
    parser.parse(page)
    # The parser of today knows one doctype; which it must be has just been looked at.
    found += [f"{code} at {line}" for (line, _column), code, _ in parser.errors if code != "unknown-doctype"]
    tree = html.document_fromstring(page)
    for element in tree.iter("*"):
        name = str(element.tag)
        if name not in ALLOWED:
            found.append(f"element {name}")
            continue
        found += [f"{name} {given}" for given in set(element.attrib) - ALLOWED[name] - COMMON]
        found += list(_of_element(tree, element, name))
    ids = [element.get("id") for element in tree.iter("*") if element.get("id")]
    return found + [f"id {one} twice" for one in set(ids) if ids.count(one) > 1]


def _of_element(tree: html.HtmlElement, element: html.HtmlElement, name: str) -> Iterator[str]:
    if name == "input" and element.get("type", "text") not in INPUTS:
        yield f"input of type {element.get('type')}"
    if name == "form":
        yield from (f"{child.tag} directly in form" for child in element if child.tag not in BLOCKS)
    if name == "p":
        yield from (f"{child.tag} in p" for child in element.iter("*") if child is not element and child.tag in BLOCKS)
    if name == "label" and not tree.xpath("//*[@id=$i]", i=element.get("for")):
        yield f"label for nothing: {element.get('for')}"
    if name == "table" and not element.get("summary"):
        yield "table without summary"
    if name in ("ul", "ol") and not len(element):
        yield f"empty {name}"


class TextBrowser:
    """Somebody at a text browser. ``seen``: each page that came, by its address."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.seen: dict[str, str] = {}
        self.address = "/"
        self.answer: TestResponse

    def go(self, address: str, **options: Any) -> TextBrowser:
        self._take(self.client.get(address, **options), address)
        return self

    def _take(self, answer: TestResponse, address: str) -> None:
        for _ in range(5):
            if not 300 <= answer.status_code < 400:
                break
            address = urljoin(address, answer.headers["Location"])
            address = urlsplit(address)._replace(scheme="", netloc="").geturl()
            answer = self.client.get(address)
        self.address, self.answer = address, answer
        if answer.mimetype == "text/html":
            self.seen[address] = answer.text

    @property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.answer.text)

    @property
    def text(self) -> str:
        """What the page says."""
        return " ".join(self.tree.text_content().split())

    def follow(self, words: str) -> TextBrowser:
        """The link that says so."""
        (link,) = (each for each in self.tree.iter("a") if words in each.text_content())
        return self.go(urljoin(self.address, link.get("href")))

    def send(self, button: str, files: dict[str, tuple[bytes, str]] | None = None, **fields: str) -> TextBrowser:
        """The form whose button says so, filled in; a file comes in the first field of its name."""
        form = next(f for f in self.tree.forms if any(i.get("value") == button for i in f.xpath(".//input")))
        data: dict[str, Any] = {name: value for name, value in form.form_values() if name not in fields}
        unknown = set(fields) - {each.get("name") for each in form.xpath(".//input | .//textarea")}
        assert not unknown, f"the form has no {unknown}"
        data |= fields
        address = urljoin(self.address, form.get("action") or "")
        if form.get("method") == "get":
            self._take(self.client.get(address, query_string=data), address)
            return self
        if form.get("enctype") == "multipart/form-data":
            empty = [(io.BytesIO(b""), "")] * 2
            data["file"] = [(io.BytesIO(content), name) for content, name in (files or {}).values()] + empty
            answer = self.client.post(address, data=data, content_type="multipart/form-data")
        else:
            answer = self.client.post(address, data=data)
        self._take(answer, address)
        return self
