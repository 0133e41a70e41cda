"""The catalogue of messages: what each says in Chinese and English, and how it is filled in."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import Literal

from chassis.clock import legal_date

Channel = Literal["sms", "email", "in_app", "wechat"]
Language = Literal["zh", "en"]
Param = str | int
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True)
class Text:
    """One message in one language. ``sms`` is short; ``body`` serves e-mail and in-app messages."""

    subject: str
    sms: str
    body: str

    def placeholders(self) -> frozenset[str]:
        parts = string.Formatter().parse(self.subject + self.sms + self.body)
        return frozenset(name for _, name, _, _ in parts if name)


@dataclass(frozen=True)
class Rendered:
    subject: str
    body: str


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[Language, Text]]:
    """Template → language → text."""
    raw = tomllib.loads(resources.files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return {
        name: {language: Text(**{"sms": "", "body": "", **entry[language]}) for language in LANGUAGES}
        for name, entry in raw.items()
    }


def render(template: str, channel: str, language: str, params: Mapping[str, str]) -> Rendered:
    """Subject and body of a message for a channel; an SMS has no subject of its own and takes the title's."""
    text = catalogue()[template]["en" if language == "en" else "zh"]
    body = text.sms if channel == "sms" else text.body
    return Rendered(text.subject.format_map(params), body.format_map(params).strip())


def wording(language: str, params: Mapping[str, Param | date | datetime | list[str]]) -> dict[str, str]:
    """Values as people read them: dates of Asia/Shanghai, lists joined; ``amount`` is fen."""
    return {name: _words(language, name, value) for name, value in params.items()}


def _words(language: str, name: str, value: Param | date | datetime | list[str]) -> str:
    if isinstance(value, list):
        return ("; " if language == "en" else "；").join(part.rstrip("。.") for part in value)
    if isinstance(value, datetime):
        value = legal_date(value)
    if isinstance(value, date):
        if language == "en":
            return f"{value.day} {value:%B} {value.year}"
        return f"{value.year}年{value.month}月{value.day}日"
    if name == "amount" and isinstance(value, int):
        return f"¥{value // 100}.{value % 100:02d}"
    return str(value)
