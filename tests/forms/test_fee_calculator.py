"""The fee calculator asks what makes a difference and says what the order would say; nobody has to sign in."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.forms.filers import Filer

pytestmark = [pytest.mark.requirement("A-07"), pytest.mark.requirement("P-01")]


def asked(filer: Filer, **answers: Any) -> Any:
    return filer.browser.get("/guides/fees/calculator", query_string=answers)


def total(filer: Filer, **answers: Any) -> str:
    found = re.search(r'order-total">.*?<dd>(.*?)</dd>', asked(filer, **answers).text, re.S)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("answers", "amount"),
    [
        ({"what": "A", "applicant_kind": "natural_person", "word_count": "90"}, "¥300.00"),
        ({"what": "A", "applicant_kind": "organisation", "word_count": "90"}, "¥100.00"),
        ({"what": "A", "applicant_kind": "organisation", "word_count": "5001"}, "¥200.00"),
        ({"what": "A", "applicant_kind": "organisation"}, "¥300.00"),
        ({"what": "B", "with_lyrics": "true"}, "¥300.00"),
        ({"what": "B", "with_lyrics": "false"}, "¥200.00"),
        ({"what": "I", "seconds": "59"}, "¥200.00"),
        ({"what": "I", "minutes": "5", "seconds": "1"}, "¥400.00"),
        ({"what": "I"}, "¥2,000.00"),
        ({"what": "H", "episodes": "3"}, "¥300.00"),
        ({"what": "F", "parts": "3"}, "¥500.00"),
        ({"what": "F", "compilation": "yes"}, "¥2,000.00"),
        ({"what": "software", "applicant_kind": "organisation"}, "¥250.00"),
        ({"what": "software", "applicant_kind": "organisation", "documents": "3", "exceptional": "yes"}, "¥730.00"),
        ({"what": "work_change"}, "¥150.00"),
    ],
)
def test_the_fee_of_today(person: Filer, answers: dict[str, str], amount: str) -> None:
    assert total(person, **answers) == amount


def test_only_what_makes_a_difference_is_asked(person: Filer) -> None:
    def questions(what: str) -> set[str]:
        return set(re.findall(r'name="(\w+)"', asked(person, what=what).text)) - {"what"}

    begin = asked(person)
    assert begin.status_code == 200
    assert "order-total" not in begin.text
    assert "word_count" in questions("A")
    assert "word_count" not in questions("F") | questions("software")
    assert {"minutes", "seconds"} <= questions("I")
    assert {"documents", "exceptional"} <= questions("software")
    assert questions("work_change") & {"parts", "applicant_kind", "documents"} == set()


@pytest.mark.parametrize(
    "answers",
    [
        {"what": "A", "word_count": "many"},
        {"what": "A", "word_count": "-1"},
        {"what": "F", "parts": "0"},
        {"what": "F", "parts": "99999999999999999999"},
        {"what": "I", "minutes": "²"},
        {"what": "I", "seconds": "1e9"},
        {"what": "B", "with_lyrics": "perhaps"},
        {"what": "A", "applicant_kind": "robot"},
    ],
)
def test_an_answer_that_is_none_is_told_and_what_was_entered_stays(person: Filer, answers: dict[str, str]) -> None:
    answer = asked(person, **answers)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert "order-total" not in answer.text


def test_something_unknown_begins_anew(person: Filer) -> None:
    answer = asked(person, what="<script>")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "order-total" not in answer.text


def test_programs_are_told_the_same(person: Filer) -> None:
    told = person.get("/fees?kind=work&category=F&parts=3")
    assert told["amount"] == 50_000
    assert [(line["code"], line["quantity"]) for line in told["lines"]] == [("fine_art", 1), ("series", 2)]
    assert person.get("/fees?kind=work")["amount"] is None
    assert person.get("/fees?type=nothing")["amount"] is None
    assert person.get("/fees?type=work_change")["amount"] == 15_000
