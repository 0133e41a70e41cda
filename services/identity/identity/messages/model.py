"""The catalogue of messages: what each says in Chinese and English, and how it is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal

from chassis.catalogues import Language, Texts, beside, date_in_words
from chassis.clock import legal_date
from contracts.legacy.cases import LegacyCaseAdvanced

Channel = Literal["sms", "email", "in_app", "wechat"]
Told = str | int | date | datetime | list[str] | dict[str, str]
"""A value of a message; by language where each has its own."""

TEXTS = Texts(beside(__package__))
"""By template: *sms*, which is short; *body* for e-mail and in-app messages; *subject* for all."""


_TWICE = re.compile(r"([。！？；])[。；]|(?<!\.)([.!?])\.(?!\.)")


@dataclass(frozen=True)
class Rendered:
    subject: str
    body: str


def render(template: str, channel: str, language: str, params: Mapping[str, str]) -> Rendered:
    """Subject and body of a message for a channel; an SMS has no subject of its own and takes the title's.

    Of a template that is not for the channel nothing but the subject is left.
    """
    told: Language = "en" if language == "en" else "zh"
    kind = "sms" if channel == "sms" else "body"
    body = TEXTS.say(kind, template, told, params) if TEXTS.knows(kind, template) else ""
    return Rendered(_stopped_once(TEXTS.say("subject", template, told, params)), _stopped_once(body.strip()))


def _stopped_once(text: str) -> str:
    """A sentence that somebody wrote brings its own full stop to the place where ours stands."""
    return _TWICE.sub(lambda found: found[1] or found[2], text)


def usual_reason(text: str, language: str) -> str:
    """A reason that the office usually gives, and the name of what keeps an account open (``contracts.ties``), in the
    language of who is told; any other as it was written."""
    if TEXTS.knows("tie", text):
        return TEXTS.say("tie", text, "en" if language == "en" else "zh", {})
    code = _reasons().get(text)
    return TEXTS.say("reason", code, "en" if language == "en" else "zh", {}) if code else text


@cache
def _reasons() -> Mapping[str, str]:
    return {TEXTS.pattern("reason", code, "zh"): code for code in TEXTS.codes("reason")}


def wording(language: str, params: Mapping[str, Told]) -> dict[str, str]:
    """Values as people read them: dates of Asia/Shanghai, lists joined; ``amount`` and ``missing`` are fen;
    ``contact_kind`` is *mobile* or *email*."""
    return {name: _words(language, name, value) for name, value in params.items()}


def _words(language: str, name: str, value: Told) -> str:
    if isinstance(value, dict):
        return value["en" if language == "en" else "zh"]
    if isinstance(value, list):
        return ("; " if language == "en" else "；").join(usual_reason(part, language).rstrip("。.") for part in value)
    if isinstance(value, datetime):
        value = legal_date(value)
    if isinstance(value, date):
        return date_in_words(value, "en" if language == "en" else "zh")
    if name == "contact_kind":
        return TEXTS.say("contact_kind", str(value), "en" if language == "en" else "zh", {})
    if name in ("amount", "missing") and isinstance(value, int):
        return f"¥{value // 100}.{value % 100:02d}"
    return str(value)


def legacy_template(case: LegacyCaseAdvanced) -> str:
    """What is said of an unfinished case of the old system, by where it has come to."""
    template = f"legacy_case_{case.state}"
    if case.state == "lapsed":
        template += f"_{case.previous}"
    elif case.state == "fee_due" and not case.amount:
        template += "_settled"
    return f"{template}_ending" if case.ending else template
