"""Every finding has a sentence and a remedy in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from materials.precheck import Finding, describe
from materials.precheck.words import _loaded, catalogue, filled

import materials

pytestmark = [pytest.mark.requirement("F-06"), pytest.mark.requirement("W-04")]


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_has_message_and_remedy_in_both_languages_with_the_same_numbers(code: str) -> None:
    entry = catalogue()[code]
    assert set(entry) == {"zh", "en"}
    for words in entry.values():
        assert set(words) == {"message", "remedy"}
        assert all(text.strip() for text in words.values())
    fields = [set(re.findall(r"\{(\w+)\}", words["message"] + words["remedy"])) for words in entry.values()]
    assert fields[0] == fields[1]


def test_every_code_has_a_text() -> None:
    source = "\n".join(path.read_text("utf-8") for path in Path(materials.__file__).parent.rglob("*.py"))
    made = set(re.findall(r'Finding\(\s*"(\w+)"', source)) | set(re.findall(r'\badd\(\s*"(photo_\w+)"', source))
    assert made
    assert made - set(catalogue()) == set()


@pytest.mark.parametrize("kind", sorted(_loaded()[2]["zh"]))
def test_a_wrong_type_comes_with_the_way_to_a_right_one(kind: str) -> None:
    ways = _loaded()[2]
    assert ways["zh"].keys() == ways["en"].keys()
    finding = Finding("wrong_type", "error", params={"type": kind, "extension": "", "accepted": "pdf/matroska"})
    for language in ("zh", "en"):
        message, remedy = describe(finding, language)
        assert "PDF/MKV/WebM" in message
        assert remedy == ways[language][kind]


def test_a_type_is_named_in_the_readers_language() -> None:
    finding = Finding("wrong_type", "error", params={"type": "unknown", "extension": "", "accepted": "pdf"})
    assert "未知格式" in describe(finding, "zh")[0]
    assert "unknown format" in describe(finding, "en")[0]


def test_one_thing_is_not_said_as_if_it_were_several() -> None:
    for count, said in ((1, "1 font is not embedded"), (2, "2 fonts are not embedded")):
        finding = Finding("pdf_fonts_not_embedded", "warning", params={"count": count, "names": "Arial(s)"})
        assert said in describe(finding, "en")[0]
        assert "Arial(s)" in describe(finding, "en")[0], "what the file says stays as it is"


def test_english_sentences_count_with_s_in_brackets_only_where_a_number_stands_before() -> None:
    for code, entry in catalogue().items():
        for sentence in entry["en"].values():
            assert "(s)" not in filled(sentence, dict.fromkeys(re.findall(r"\{(\w+)", sentence), 1)), code
