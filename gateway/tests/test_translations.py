"""Chinese is the source language of the pages; English is complete."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import gateway

PACKAGE = Path(gateway.__file__).parent
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "noted": None}


@cache
def used() -> dict[str, str]:
    """Every Chinese text in templates and code, and a file it stands in."""
    methods = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
    options = {"**/templates/**.html": {"silent": "false"}}
    found = extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS, options_map=options)
    return {message if isinstance(message, str) else message[0]: file for file, _line, message, _c, _x in found}


@cache
def translated() -> dict[str, str]:
    texts: dict[str, str] = {}
    for file in sorted((PACKAGE / "translations" / "en").glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="en"):
                if message.id:
                    assert message.id not in texts, f"{file.name} translates {message.id!r} a second time"
                    texts[str(message.id)] = str(message.string)
    return texts


@pytest.mark.requirement("W-04")
def test_every_text_of_the_pages_has_an_english_translation() -> None:
    missing = {text: file for text, file in used().items() if not translated().get(text)}
    assert not missing


@pytest.mark.requirement("W-04")
def test_no_translation_is_left_over() -> None:
    assert not set(translated()) - set(used())


@pytest.mark.requirement("W-04")
def test_translations_keep_their_placeholders() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text.replace("%(", "{").replace(")s", "}")) if name}

    differing = {source: text for source, text in translated().items() if names(source) != names(text)}
    assert not differing
