"""Words for people: gettext catalogues, one ``.po`` per language, beside the code that says them.

A *coded* text has its kind as ``msgctxt`` and a stable code as ``msgid``, and stands in every language::

    msgctxt "problem"
    msgid "answers_missing"
    msgid_plural "{count}"
    msgstr[0] "{count} defect has no answer yet."
    msgstr[1] "{count} defects have no answer yet."

Where a number changes its words, ``msgid_plural`` names the value that does; the language's own rule chooses the form.
Values are filled in by name, as ``str.format`` does. ``.po`` files are read as they are: there is no compiled file to
keep in step, and a catalogue is read when its first word is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from gettext import GNUTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
MANY = 100
"""Chooses the form of a text whose number is not known."""
LONGEST = 18
"""Figures of a number that was written down already."""


def read(sources: Iterable[Traversable], language: Language) -> Catalog:
    """The ``.po`` files as one catalogue. ``ValueError`` when a text stands in two of them."""
    merged = Catalog(locale=language)
    for source in sources:
        for message in read_po(BytesIO(source.read_bytes()), locale=language):
            if not message.id or message.fuzzy:
                continue
            if merged.get(message.id, message.context):
                raise ValueError(f"{source} has {message.context} {message.id} a second time")
            merged.add(message.id, message.string, context=message.context)
    return merged


def compiled(catalog: Catalog) -> BytesIO:
    """The catalogue as ``gettext`` and Babel's ``Translations`` take it."""
    made = BytesIO()
    write_mo(made, catalog)
    made.seek(0)
    return made


class Texts:
    """The coded texts of one or several folders, each of which holds ``zh.po`` and ``en.po``."""

    def __init__(self, *folders: Traversable) -> None:
        self._read = {language: _InLanguage(folders, language) for language in LANGUAGES}

    def say(self, kind: str, code: str, language: Language, params: Mapping[str, object]) -> str:
        """The text with its values. ``KeyError`` for a code that has none, and for a value that is not given."""
        return self._read[language].text(kind, code, params).format_map(params)

    def pattern(self, kind: str, code: str, language: Language) -> str:
        """The text as it stands, with the names of its values; of several forms that for many."""
        return self._read[language].text(kind, code, {})

    def knows(self, kind: str, code: str) -> bool:
        """Whether there is such a text."""
        return (kind, code) in self._read["zh"].counted

    def codes(self, kind: str) -> list[str]:
        """Codes that have a text of this kind, in the order of the files."""
        return [code for known, code in self._read["zh"].counted if known == kind]


def date_in_words(day: date, language: Language) -> str:
    """``2026年11月22日`` or ``22 November 2026``."""
    return f"{day.day} {day:%B} {day.year}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def joined(sentences: Iterable[str], language: Language) -> str:
    """Sentences after each other: Chinese leaves no blank between them."""
    return ("" if language == "zh" else " ").join(sentences)


def beside(package: str) -> Traversable:
    """The folder ``texts`` of a package."""
    return files(package) / "texts"


class _InLanguage:
    def __init__(self, folders: tuple[Traversable, ...], language: Language) -> None:
        self._folders, self._language = folders, language

    @cached_property
    def _loaded(self) -> tuple[GNUTranslations, dict[tuple[str, str], str]]:
        catalog = read((folder / f"{self._language}.po" for folder in self._folders), self._language)
        counted = {}
        for message in catalog:
            if isinstance(message.id, tuple):
                counted[str(message.context), message.id[0]] = message.id[1].strip("{}")
            elif message.id:
                counted[str(message.context), str(message.id)] = ""
        return GNUTranslations(compiled(catalog)), counted

    @property
    def counted(self) -> dict[tuple[str, str], str]:
        """(kind, code) → name of the value that changes the words, if one does."""
        return self._loaded[1]

    def text(self, kind: str, code: str, params: Mapping[str, object]) -> str:
        translations, counted = self._loaded
        name = counted[kind, code]
        if name:
            return translations.npgettext(kind, code, code, _number(params.get(name)))
        return translations.pgettext(kind, code)


def _number(value: object) -> int:
    """Numbers may have been written down already: in messages, every value is a word."""
    if isinstance(value, int):
        return value
    written = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST
    return int(str(value)) if written else MANY
