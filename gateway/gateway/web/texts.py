"""Words for codes: each problem's sentence and remedy, in Chinese and English.

A capability keeps its codes in a folder of its own, ``texts/<capability>/zh.po`` and ``en.po``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from chassis.catalogues import Language, Texts, date_in_words

UNEXPLAINED = "internal_error"


@dataclass(frozen=True)
class Text:
    sentence: str
    remedy: str


class _Lenient(dict[str, Any]):
    """Leaves out what it was not given: a text must never fail while something else is being explained."""

    def __missing__(self, name: str) -> str:
        return "…"


def _folders() -> list[resources.abc.Traversable]:
    texts = resources.files("gateway").joinpath("texts")
    return sorted((folder for folder in texts.iterdir() if folder.is_dir()), key=lambda folder: folder.name)


TEXTS = Texts(*_folders())
"""By code: *problem* and its *remedy*."""


def known(code: str) -> bool:
    """Whether the code has words of its own."""
    return TEXTS.knows("problem", code)


def problem_text(code: str, params: Mapping[str, Any], language: Language) -> Text:
    """Sentence and remedy for ``code``; ``params`` fill the ``{placeholders}``. Never raises."""
    if not known(code):
        code = UNEXPLAINED
    values = _Lenient({name: _worded(name, value, language) for name, value in params.items()})
    return Text(TEXTS.say("problem", code, language, values), TEXTS.say("remedy", code, language, values))


def _worded(name: str, value: Any, language: Language) -> Any:
    """What is told as codes, in words: ``rights``, with a comma between, and a ``last_day``."""
    if name == "rights":
        return right_words(str(value).split(","), language)
    if name == "last_day":
        with suppress(ValueError):
            return date_in_words(date.fromisoformat(str(value)), language)
    return value


def right_words(rights: Iterable[str], language: Language) -> str:
    """``复制权、发行权``; a code without a word as it is."""
    named = (TEXTS.say("right", one, language, {}) if TEXTS.knows("right", one) else one for one in rights)
    return ("、" if language == "zh" else ", ").join(named)


def explained(language: Language) -> dict[str, Text]:
    """Every code, with its words as they stand before anything is filled in."""
    return {
        code: Text(TEXTS.pattern("problem", code, language), TEXTS.pattern("remedy", code, language))
        for code in sorted(TEXTS.codes("problem"))
    }
