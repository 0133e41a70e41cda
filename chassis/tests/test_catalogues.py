"""Catalogues: the form that a language has for a number, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chassis.catalogues import LANGUAGES, Texts, date_in_words, joined

pytestmark = pytest.mark.requirement("W-04")

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
PAGES = 'msgctxt "finding"\nmsgid "blank"\nmsgid_plural "{count}"\n'
BODIES = {
    "zh": f'{PAGES}msgstr[0] "{{count}} 页空白：{{name}}。"\n\nmsgctxt "remedy"\nmsgid "blank"\nmsgstr "请删除。"\n',
    "en": f'{PAGES}msgstr[0] "{{count}} blank page: {{name}}."\nmsgstr[1] "{{count}} blank pages: {{name}}."\n\n'
    'msgctxt "remedy"\nmsgid "blank"\nmsgstr "Remove."\n',
}


def folder(at: Path) -> Path:
    at.mkdir()
    for language in LANGUAGES:
        (at / f"{language}.po").write_text(HEAD + BODIES[language], encoding="utf-8")
    return at


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(folder(tmp_path / "one"))


@pytest.mark.parametrize(
    ("count", "english"),
    [(0, "pages"), (1, "page"), (2, "pages"), (101, "pages"), ("1", "page"), ("12", "pages")]
    + [(value, "pages") for value in ("１", "many", "9" * 5000, Decimal("1.5"), 1.5, None, -1)],
)
def test_a_number_chooses_the_form(texts: Texts, count: Any, english: str) -> None:
    values = {"count": count, "name": "a(s).pdf"}
    assert texts.say("finding", "blank", "en", values) == f"{count} blank {english}: a(s).pdf."
    assert texts.say("finding", "blank", "zh", values) == f"{count} 页空白：a(s).pdf。"


def test_values_are_never_taken_for_texts(texts: Texts) -> None:
    told = texts.say("finding", "blank", "en", {"count": 1, "name": "{count} {0} {name.__class__} %(n)s"})
    assert told == "1 blank page: {count} {0} {name.__class__} %(n)s."


def test_one_code_has_texts_of_several_kinds(texts: Texts) -> None:
    assert texts.say("remedy", "blank", "zh", {}) == "请删除。"
    assert texts.pattern("finding", "blank", "en") == "{count} blank pages: {name}."
    assert (texts.codes("finding"), texts.codes("problem")) == (["blank"], [])
    assert not texts.knows("problem", "blank")
    with pytest.raises(KeyError):
        texts.say("problem", "blank", "zh", {})
    with pytest.raises(KeyError):
        texts.say("finding", "blank", "zh", {"count": 1})


def test_a_text_in_two_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a second time"):
        Texts(folder(tmp_path / "one"), folder(tmp_path / "other")).knows("remedy", "blank")


def test_dates_and_sentences_stand_as_each_language_writes_them() -> None:
    day = date(2026, 11, 2)
    assert [date_in_words(day, language) for language in LANGUAGES] == ["2026年11月2日", "2 November 2026"]
    assert [joined(("A.", "B."), language) for language in LANGUAGES] == ["A.B.", "A. B."]
