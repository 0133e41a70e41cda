"""What tests of described forms stand on: made-up descriptions, pages of them, and what a browser sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from chassis.errors import Problem
from contracts.forms import FormDescription, FormField, FormStep
from flask import Flask, get_template_attribute
from werkzeug.datastructures import MultiDict

from gateway.forms.described import Described
from gateway.forms.rendering import entries_of, show
from gateway.web import assets, forms, languages
from gateway.web.forms import PageForm


def field(name: str, widget: Any, **more: Any) -> FormField:
    """A field as filing describes it, labelled after its name."""
    return FormField(name=name, label=more.pop("label", f"栏目{name}"), widget=widget, **more)


def described(*fields: FormField, **more: Any) -> Described:
    """A form with all its fields on one step."""
    return with_steps([FormStep(name="one", title="第一步", fields=list(fields))], **more)


def with_steps(steps: list[FormStep], **more: Any) -> Described:
    """A description with these steps and otherwise as little as it may have."""
    shared = {"paper_required": False, "office": {}, "legal_basis": {}, "materials": [], "open": True}
    numbers = ("acceptance_working_days", "examination_days", "correction_days", "paper_days", "max_materials")
    said = {
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
    return Described(FormDescription.model_validate(said))


def application() -> Flask:
    """The gateway's templates and static files, without services."""
    made = Flask("gateway")
    made.jinja_env.trim_blocks = made.jinja_env.lstrip_blocks = True
    languages.install(made, https=False)
    assets.install(made)
    forms.install(made)
    return made


@contextmanager
def templates() -> Iterator[None]:
    """Within a request of an :func:`application`."""
    with application().test_request_context():
        yield


def page(
    of: Described,
    form: dict[str, Any],
    problem: Problem | None = None,
    fields: list[FormField] | None = None,
    **how: Any,
) -> str:
    """HTML of fields (all of them unless told otherwise) of a form with these values."""
    fields = of.fields if fields is None else fields
    shown = PageForm(entries_of(fields, form))
    if problem:
        shown.refused(problem)
    macro = get_template_attribute("components/form_fields.html", "form_fields")
    return str(macro(show(of, fields, form, shown, **how), shown))


class Elements(HTMLParser):
    """Every element of a page by its id, with its text; where links lead; and what a browser without script sends."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.by_id: dict[str, dict[str, str]] = {}
        self.links: list[str] = []
        self.entries: MultiDict[str, str] = MultiDict()
        self._open: list[dict[str, str]] = []
        self._select: dict[str, str] = {}
        self._chosen: list[tuple[bool, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs} | {"tag": tag, "text": ""}
        self.by_id[found.get("id", "")] = found
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "input":
            if "disabled" not in found and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
                self.entries.add(found.get("name", ""), found.get("value", ""))
        elif tag == "option":
            self._chosen.append(("selected" in found, found.get("value", "")))
        else:
            self._open.append(found)

    def handle_data(self, data: str) -> None:
        for found in self._open:
            found["text"] += data

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in ("input", "option"):
            found = self._open.pop()
            if tag == "textarea":
                self.entries.add(found["name"], found["text"].removeprefix("\n"))
            if tag == "select":
                self.entries.add(found["name"], next((v for chosen, v in self._chosen if chosen), ""))
                self._chosen = []
            if found["tag"] == tag:
                break


def sent(html: str) -> MultiDict[str, str]:
    """What a browser without script sends of the page."""
    return Elements(html).entries
