"""Numbers, codes, mobiles, addresses and passwords: what people type and paste, in the form that is stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from contracts.text.characters import plain

_DASHES = (
    "\\-\u02d7\u058a\u1806\u2010-\u2015\u2043\u207b\u2212\u2500\u2501\u2e3a\u2e3b\u301c\u30fc"
    "\ufe31\ufe32\ufe58\ufe63\uff0d\uff70"
)
_DASH = re.compile(f"[{_DASHES}]")
_SEPARATORS = re.compile("[-_\uff3f]+")
_BETWEEN = re.compile(rf"[\s{_DASHES}]+")
_AROUND_DIGITS = re.compile(r"[^0-9A-Z+]+")
_MAINLAND = re.compile(r"(?:(?:\+|00)?86)?0?(1[3-9][0-9]{9})")
_TRADITIONAL = str.maketrans(
    "國登號軟體證書著滬蘇閩贛魯瓊黔滇陝隴寧貴雲遼吉黑", "国登号软体证书著沪苏闽赣鲁琼黔滇陕陇宁贵云辽吉黑"
)


def half_width(text: str) -> str:
    """Compatibility forms (full width, circled …) and the digits of all scripts as ASCII."""
    text = plain(text)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text))


def _composed(text: str) -> str:
    """Letters and marks that came together once what stood between them was left out."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def compact(text: str) -> str:
    """Identity numbers, credit codes and one-time codes: half-width capitals without blanks and dashes."""
    return _composed(_BETWEEN.sub("", half_width(text)).upper())


def spelled(text: str) -> str:
    """A register or case number in its usual spelling: half-width capitals, plain hyphens, simplified, no blanks."""
    return _composed(_DASH.sub("-", "".join(half_width(text).split())).upper()).translate(_TRADITIONAL)


def respelled(text: str) -> tuple[str, tuple[str, ...]]:
    """A number in its usual spelling, runs of separators as one hyphen, and what was wrong with the typed one.

    Codes: invisible, spacing, separators, full_width, traditional_characters, letter_case.
    """
    wrong: list[str] = []
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("invisible", plain),
        ("spacing", lambda typed: "".join(typed.split())),
        ("separators", lambda typed: _SEPARATORS.sub("-", _DASH.sub("-", typed))),
        ("full_width", half_width),
        ("traditional_characters", lambda typed: typed.translate(_TRADITIONAL)),
        ("letter_case", spelled),
    )
    for code, step in steps:
        changed = step(text)
        wrong += [code] if changed != text else []
        text = changed
    return text, tuple(wrong)


def mobile(text: str) -> str:
    """Eleven digits of a mainland mobile number, with or without 86; foreign ones as ``+85291234567``.

    Brackets, dots, dashes, blanks and direction marks are no part of a number. What is none stays to be refused.
    """
    whole = compact(text)
    digits = _AROUND_DIGITS.sub("", whole) or whole
    if found := _MAINLAND.fullmatch(digits):
        return found[1]
    return f"+{digits[2:]}" if digits.startswith("00") and digits.isdigit() else digits


def email(text: str) -> str:
    """An e-mail address in lower case: addresses that differ in case only are one mailbox for us."""
    address = half_width(text).replace("。", ".")
    return _composed("".join(address.split()).lower())


def login(text: str) -> str:
    """What one signs in with (account name, mobile number, e-mail address) in the form in which it is stored."""
    return email(text)


def password(text: str) -> str:
    """A password as it is hashed (NIST SP 800-63B: NFKC): however the keyboard made it, it is the same password."""
    return unicodedata.normalize("NFKC", plain(text))


def masked(text: str) -> str:
    """``1101**********002X``: at most four characters at each end, never more than half; masked ones stay."""
    number = compact(text)
    if "*" in number:
        return number
    shown = min(4, len(number) // 4)
    return number[:shown] + "*" * (len(number) - 2 * shown) + number[len(number) - shown :]
