"""Chinese is the source language of the pages; English is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import gateway

PACKAGE = Path(gateway.__file__).parent
ROOT = PACKAGE.parent.parent
COUNTED = {"counted": (1, 1), "counted_forms": (1, 1)}
"""Chinese has one form: it is written once, and stands for one and for many."""
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "noted": None, **COUNTED}


@cache
def extracted() -> list[tuple[str | tuple[str, ...], str]]:
    """Every Chinese text in templates and code, a counted one twice, and the file it stands in."""
    methods = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
    options = {"**/templates/**.html": {"silent": "false"}}
    found = extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS, options_map=options)
    return [(message, file) for file, _line, message, _comments, _context in found]


def used() -> dict[str, str]:
    """Every Chinese text, and a file it stands in."""
    return {message if isinstance(message, str) else message[0]: file for message, file in extracted()}


def counted_in_code() -> set[str]:
    return {message[0] for message, _file in extracted() if isinstance(message, tuple)}


@cache
def translated() -> dict[str, tuple[str, ...]]:
    """Every Chinese text → its forms in English."""
    texts: dict[str, tuple[str, ...]] = {}
    for file in sorted((PACKAGE / "translations" / "en").glob("*.po")):
        with file.open("rb") as stream:
            messages = read_po(stream, locale="en")
            raw = file.read_text(encoding="utf-8")
            assert len(re.findall(r"(?m)^msgid ", raw)) == len(messages) + 1, f"{file.name} has a text twice"
            for message in messages:
                if message.id:
                    text = message.id if isinstance(message.id, str) else message.id[0]
                    assert text not in texts, f"{file.name} translates {text!r} a second time"
                    texts[text] = message.string if isinstance(message.string, tuple) else (message.string,)
    return texts


@pytest.mark.requirement("W-04")
def test_every_text_of_the_pages_has_an_english_translation() -> None:
    missing = {text: file for text, file in used().items() if not all(translated().get(text, ("",)))}
    assert not missing


@pytest.mark.requirement("W-04")
def test_no_translation_is_left_over() -> None:
    assert not set(translated()) - set(used())


@pytest.mark.requirement("W-04")
def test_translations_keep_their_placeholders() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text.replace("%(", "{").replace(")s", "}")) if name}

    differing = {
        source: text for source, forms in translated().items() for text in forms if names(source) != names(text)
    }
    assert not differing


@pytest.mark.requirement("W-04")
def test_a_number_changes_its_words_where_code_says_so() -> None:
    """What is ``counted`` has two forms in English, and nothing else has; nobody writes ``day(s)``."""
    assert counted_in_code()
    assert {source for source, forms in translated().items() if len(forms) == 2} == counted_in_code()
    uncounted = {text for source, forms in translated().items() if len(forms) == 1 for text in forms}
    number = r"(?:%\((?!w|h\b)\w+\)s|\{(?:n|count)\}) (?:[a-z]+ )?[a-z]+s\b"
    assert {text for text in uncounted if re.search(number, text)} == set()
    assert not any("(s)" in text for forms in translated().values() for text in forms)


@pytest.mark.requirement("W-04")
def test_english_words_have_no_marks_of_chinese_type() -> None:
    """Title marks and full-width brackets, but around what is Chinese itself: a title, the number of an approval."""
    files = [*ROOT.glob("gateway/gateway/**/en*.po"), *ROOT.glob("gateway/gateway/**/en/*.po")]
    files += [*ROOT.glob("services/*/*/**/en.po"), *ROOT.glob("materials/materials/**/en.po")]
    said = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in files
        for line in _english(file)
        if re.search("[《》（）]", re.sub("《[^》%{]*[\u4e00-\u9fff（][^》%{]*》", "", line))
    ]
    assert len(files) > 20
    assert said == []
    script = (ROOT / "gateway/gateway/static/js/upload.js").read_text("utf-8")
    assert script.count("（") == 1, "only where the page is Chinese"


def _english(file: Path) -> Iterator[str]:
    """What the catalogue answers, line by line, without what it is asked."""
    answering = False
    for line in file.read_text("utf-8").splitlines():
        if not line.startswith('"'):
            answering = line.startswith("msgstr")
        if answering:
            yield line
