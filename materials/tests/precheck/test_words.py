"""Every finding has a sentence and a remedy, in words of the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chassis.catalogues import LANGUAGES
from materials.precheck import Finding, describe
from materials.precheck.words import TEXTS

import materials

pytestmark = [pytest.mark.requirement("F-06"), pytest.mark.requirement("W-04")]


def test_every_code_has_a_sentence_and_a_remedy() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path(materials.__file__).parent.rglob("*.py"))
    made = set(re.findall(r'Finding\(\s*"(\w+)"', source)) | set(re.findall(r'\badd\(\s*"(photo_\w+)"', source))
    assert made
    assert made - set(TEXTS.codes("finding")) == set()
    assert TEXTS.codes("finding") == TEXTS.codes("remedy")


@pytest.mark.parametrize("kind", TEXTS.codes("way"))
def test_a_wrong_type_comes_with_the_way_to_a_right_one(kind: str) -> None:
    finding = Finding("wrong_type", "error", params={"type": kind, "extension": "", "accepted": "pdf/matroska"})
    for language in LANGUAGES:
        message, remedy = describe(finding, language)
        assert "PDF/MKV/WebM" in message
        assert remedy == TEXTS.pattern("way", kind, language)


def test_a_type_is_named_in_the_readers_language() -> None:
    finding = Finding("wrong_type", "error", params={"type": "unknown", "extension": "", "accepted": "pdf"})
    assert "未知格式" in describe(finding, "zh")[0]
    assert "unknown format" in describe(finding, "en")[0]


@pytest.mark.parametrize(
    ("code", "params", "one", "many"),
    [
        ("pdf_fonts_not_embedded", {"names": "Arial(s)"}, "1 font is not embedded", "2 fonts are not embedded"),
        ("pdf_blank_pages", {"pages": "3"}, "1 blank page:", "2 blank pages:"),
        ("pdf_pages_unreadable", {"pages": "3"}, "1 page is damaged and its", "2 pages are damaged and their"),
    ],
)
def test_one_thing_is_not_said_as_if_it_were_several(code: str, params: dict[str, str], one: str, many: str) -> None:
    for count, said in ((1, one), (2, many), (0, many.replace("2", "0"))):
        message, _ = describe(Finding(code, "warning", params={"count": count} | params), "en")
        assert said in message
        assert all(value in message for value in params.values()), "what the file says stays as it is"
