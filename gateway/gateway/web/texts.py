"""Words for codes: ``texts/*.toml`` maps every stable code to a sentence and a remedy, in Chinese and English.

Any file in ``texts/`` is read; a capability keeps its codes in a file of its own::

    [otp_wrong]
    zh = ["验证码不对。", "请核对最新一条短信中的六位数字，或重新获取。"]
    en = ["The code is wrong.", "Check the six digits of the latest message, or ask for a new one."]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Text:
    sentence: str
    remedy: str


class _Lenient(Formatter):
    """Leaves out what it was not given: a text must never fail while something else is being explained."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, "…")


@cache
def catalogue() -> dict[str, dict[str, tuple[str, str]]]:
    """``{code: {language: (sentence, remedy)}}``. Raises ``ValueError`` when a code is explained twice."""
    entries: dict[str, dict[str, tuple[str, str]]] = {}
    for file in sorted(resources.files("gateway").joinpath("texts").iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for code, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{file.name} explains {code} a second time")
            entries[code] = {language: (words[language][0], words[language][1]) for language in LANGUAGES}
    return entries


def known(code: str) -> bool:
    """Whether the code has a sentence of its own."""
    return code in catalogue()


def problem_text(code: str, params: Mapping[str, Any], language: str) -> Text:
    """Sentence and remedy for ``code``; ``params`` fill the ``{placeholders}``. Never raises."""
    entries = catalogue()
    sentence, remedy = entries.get(code, entries["internal_error"])["en" if language == "en" else "zh"]
    formatter = _Lenient()
    return Text(formatter.vformat(sentence, (), params), formatter.vformat(remedy, (), params))
