"""Words for people are written as Chinese and English are: what a program can find of slips, in every catalogue and
template, and one mark of the office on web and paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = ROOT / "chassis" / "chassis" / "documents" / "packages" / "registry" / "house" / "1.0.0"
HAN = r"[\u4e00-\u9fff]"
CLOCK = "时:分:秒"
"""How a length of time is written, as in 1:02:03."""
SLIPS = {
    "a mark twice": r"。。|，，|；；|：：|，。|。，|、。|、、",
    "half-width punctuation between Chinese characters": rf"{HAN}[,;:?!]{HAN}|{HAN}\.(?={HAN})",
    "a blank before Chinese punctuation": rf"{HAN} +[，。；：？！、]",
    "an apostrophe as wide as a character, or apart from its s": r"[A-Za-z]＇|[A-Za-z]['’] s\b",
}


def texts() -> Iterator[tuple[str, str]]:
    """(where, text): of all catalogues, forms, notices and templates."""
    for file in sorted(ROOT.glob("**/*.po")):
        if ".venv" in file.parts:
            continue
        with file.open("rb") as stream:
            for message in read_po(stream):
                for text in (message.id, message.string):
                    for form in text if isinstance(text, list | tuple) else (text,):
                        yield str(file.relative_to(ROOT)), str(form)
    for pattern in ("services/**/*.toml", "gateway/gateway/**/*.html", "services/**/*.typ", "chassis/chassis/**/*.typ"):
        for file in sorted(ROOT.glob(pattern)):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{file.relative_to(ROOT)}:{number}", line


@pytest.mark.requirement("W-04")
@pytest.mark.parametrize("slip", SLIPS)
def test_no_text_has_a_slip_that_a_program_can_find(slip: str) -> None:
    found = [f"{where}: {text}" for where, text in texts() if re.search(SLIPS[slip], text.replace(CLOCK, ""))]
    assert found == []


def test_a_slip_is_found() -> None:
    for slip, text in zip(SLIPS, ("好。。", "中,国", "好 。", "company' s"), strict=True):
        assert re.search(SLIPS[slip], text), slip


@pytest.mark.requirement("W-01")
def test_web_and_paper_bear_one_mark_in_one_colour() -> None:
    web = ROOT / "gateway" / "gateway" / "static"
    assert (HOUSE / "emblem.svg").read_bytes() == (web / "img" / "seal.svg").read_bytes()
    colour = re.search(r"--vermilion: (#\w+)", (web / "css" / "registry.css").read_text())
    assert colour
    assert f'vermilion = rgb("{colour[1]}")' in (HOUSE / "base.typ").read_text()


TRANSLATED = re.compile(
    r"(?:\b_|\bcounted|\bcounted_forms|\bnoted)\(\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|\{#.*?#\}", re.DOTALL
)
MARKS = re.compile(r"[：、，；。（）《》“”？！]")


def marks_of_one_language(template: str) -> list[str]:
    """Chinese punctuation that an English page would show as well, with what stands before it."""
    left = TRANSLATED.sub("", template)
    return [left[max(0, found.start() - 40) : found.end()] for found in MARKS.finditer(left)]


@pytest.mark.requirement("W-05")
def test_no_template_sets_marks_of_one_language_between_words_of_all() -> None:
    templates = sorted((ROOT / "gateway/gateway/templates").rglob("*.html"))
    found = {file.name: marks for file in templates if (marks := marks_of_one_language(file.read_text("utf-8")))}
    assert found == {}


def test_a_mark_of_one_language_is_found() -> None:
    assert marks_of_one_language("{{ _('作者') }}：{{ name }}") == ["{{ ) }}："]
    assert marks_of_one_language("{{ names|join('、') }}")
    assert not marks_of_one_language("{{ _('作者：%(name)s', name=name) }}{{ names|join(_('、')) }}{# （…） #}")
