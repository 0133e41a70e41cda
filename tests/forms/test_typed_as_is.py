"""Emoji, rare characters, marks of direction and the markup of what prints and shows it, typed into every text of a
form: kept, shown, printed and found as they were typed."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from contracts.forms import FormField
from gateway.forms.described import value_at
from gateway.forms.testing import sent
from materials.inspect.folding import folded
from pypdf import PdfReader

from services.filing.tests.software_forms import FUNCTIONS, software
from services.filing.tests.work_forms import complete
from tests.forms import deposits
from tests.forms.filers import Filer

TYPED = (
    "𬱖㐂🏠#b[*]",
    "$x^2$@a<b>",
    "</b>&amp;'\"",
    "\\u{202e}`c`",
    "//_/*~--*/",
    "{{7*7}}{%",
    "العربية עברית",
)
"""Short enough for every field; each ends up in some of them."""
FORMED = frozenset(
    {"version", "modified_registration_number", "earlier_registration_number", "id_type", "masked_id_number"}
    | {"mobile", "email", "postcode"}
)
"""Texts that have a form of their own; others are refused in them."""
WHOLE = {"software": software, "work": complete}
ALL_ASKED: dict[str, dict[str, Any]] = {
    "software": {
        "origin": "modified",
        "modified_owner": "applicant",
        "acquisition": "assignment",
        "earlier_registration_number": "2024SR0123456",
        "publication": "published",
        "publication_date": "2026-05-20",
    },
    "work": {
        "creation_nature": "translation",
        "publication": "published",
        "publication_date": "2026-05-20",
        "composition": "series",
        "authors": [{"name": "王小明", "signed_as": "pseudonym"}, {"name": "李雷"}],
    },
}
"""So that as many texts as possible are asked for."""


def texts(fields: list[FormField], prefix: str = "") -> Iterator[tuple[str, FormField]]:
    """Paths of what somebody writes in their own words, rows as their first."""
    for field in fields:
        path = f"{prefix}{field.name}"
        if field.widget == "group":
            yield from texts(field.fields, f"{path}.")
        elif field.widget == "rows":
            yield from texts([inner for inner in field.fields if not inner.verified], f"{path}.0.")
        elif field.widget in ("text", "area", "lines") and field.name not in FORMED and not field.hidden:
            yield path, field


def put(form: dict[str, Any], path: str, value: Any) -> None:
    *above, name = path.split(".")
    holder: Any = form
    for step in above:
        holder = holder[int(step)] if step.isdigit() else holder.setdefault(step, {})
    if isinstance(holder, dict):
        holder[name] = value


def at(form: Any, path: str) -> Any:
    for step in path.split("."):
        form = form[int(step) if step.isdigit() else step]
    return form


def filled(filer: Filer, kind: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A whole form with something typed into every text, numbered to tell them apart; and what is where."""
    form = filer.own(WHOLE[kind](**ALL_ASKED[kind]))
    typed = {}
    described = filer.described(kind)
    asked = [
        found for found in texts(described.fields) if described.asked(found[0], lambda other: value_at(form, other))
    ]
    for number, (path, field) in enumerate(asked):
        text = f"{number}{TYPED[number % len(TYPED)]}"
        typed[path] = text + (FUNCTIONS if path == "functions" else "甲" * 110 if path == "modification_note" else "")
        put(form, path, [typed[path], "第二件"] if field.widget == "lines" else typed[path])
    return form, typed


class Words(HTMLParser):
    """The text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def __str__(self) -> str:
        return squeezed("".join(self.parts))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("F-03")
@pytest.mark.parametrize("kind", WHOLE)
def test_what_was_typed_comes_back_by_the_api_on_its_page_and_on_the_check_sheet(person: Filer, kind: str) -> None:
    form, typed = filled(person, kind)
    assert len(typed) > 12
    draft = person.draft(kind, form)
    kept = {path: at(draft["form"], path) for path in typed}
    assert kept == {path: [text, "第二件"] if isinstance(kept[path], list) else text for path, text in typed.items()}
    described = person.described(kind)
    for step in described.steps:
        page = f"/registration/applications/{draft['application_id']}/{step.name}"
        entries = sent(person.browser.get(page).text) if step.kind == "fields" else {}
        here = [path for path in typed if described.step_of(path) is step]
        lost = {path: entries.get(path, "").partition("\r\n")[0] for path in here if path not in entries}
        assert lost == {}
        assert [path for path in here if typed[path] not in entries[path]] == []
    sheet = str(Words(person.browser.get(f"/registration/applications/{draft['application_id']}/check").text))
    assert [path for path, text in typed.items() if squeezed(text) not in sheet] == []


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("F-11")
def test_what_was_typed_is_printed_searched_and_shown_to_the_examiner(person: Filer) -> None:
    form, typed = filled(person, "software")
    case = str(person.draft("software", form)["application_id"])
    header = f"{form['full_name']} {form['version']}"
    files = {"program": deposits.program_pdf(60, header), "document": deposits.manual_pdf(header)}
    filed = deposits.attach(person, case, acquisition_proof=deposits.manual_pdf(header), **files)
    assert deposits.said(filed) == {}
    serial_number = deposits.submit(person, case)

    printed = printed_form(person, case)
    assert [path for path, text in typed.items() if bare(text) not in printed] == []

    for part in (form["full_name"], form["full_name"][1:4], form["full_name"].upper()):
        found = person.me.get("/api/v1/applications", query_string={"text": part}).get_json()["items"]
        assert case in [item["application_id"] for item in found], part
        listed = person.browser.get("/account/applications", query_string={"text": part}).text
        assert case in listed, part

    person.pay(person.get(f"/applications/{case}/order"))
    person.act("intake", "/staff/paper-receipts", {"serial_number": serial_number})
    person.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    seen = str(Words(person.staff_page("examiner", f"/staff/examinations/{case}")))
    assert [path for path, text in typed.items() if squeezed(text) not in seen] == []


def printed_form(filer: Filer, case: str) -> str:
    documents = {item["kind"]: item for item in filer.get(f"/applications/{case}/documents")["items"]}
    data = filer.me.get(f"/api/v1/documents/{documents['application_form']['document_id']}").data
    return bare("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def bare(text: str) -> str:
    """As far as a PDF's text has it: without blanks, characters without a glyph by their numbers, and without letters
    of scripts from right to left, which a PDF has in the order in which they are drawn."""
    plain = folded(text)
    return "".join(c for c in plain if unicodedata.bidirectional(c) not in ("R", "AL"))
