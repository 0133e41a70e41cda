"""What somebody wants who writes to the official account. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from contracts.text import line

WINDOW = timedelta(minutes=5)
"""How old a request of the platform may be, or how far ahead."""
TALK_LIFE = timedelta(minutes=30)
"""After that, who goes on begins anew."""
KEPT = timedelta(days=1)
"""For how long a message is known by its number: far longer than the window and the platform's three attempts."""
_RECOVER = re.compile(
    r"(?:我要|申请|請)?\s*(?:(?:账号|帐号|帳號|密码)?\s*找回\s*(?:账号|帐号|帳號|密码)?|recover(?:\s+account)?)[\s:：,，#]*(.*)",
    re.IGNORECASE,
)
_CODE = re.compile(r"\d{6}")
_MOBILE = re.compile(r"(?:\+?86[\s-]*)?1\d{2}[\s-]?\d{4}[\s-]?\d{4}")
Wish = Literal["number", "contact", "code", "help"]


@dataclass(frozen=True)
class Talk:
    """How far somebody is: the number they named, and the address to which a code was sent."""

    number: str = ""
    contact: str = ""


def wish_of(text: str, talk: Talk) -> tuple[Wish, str]:
    """What the text says, and the number, address or code in it; *help* for everything else."""
    said = line(text)[:200]
    if found := _RECOVER.fullmatch(said):
        number = found[1].strip()
        return ("number", number) if number else ("help", "")
    if talk.contact and _CODE.fullmatch(said):
        return "code", said
    if talk.number and (_MOBILE.fullmatch(said) or "@" in said):
        return "contact", said
    return "help", ""


def is_english(text: str) -> bool:
    """Answers are in Chinese unless nothing of the text is."""
    return text.isascii() and any(letter.isalpha() for letter in text)
