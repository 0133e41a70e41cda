"""Numbers of persons and organisations: check digits and patterns. How they are typed: ``contracts.text``.

Resident IDs GB 11643, unified social credit codes GB 32100; the other documents by their published patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal

from contracts.identity import IdType
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from contracts import text as typed

Reason = Literal["format", "check_digit", "birth_date", "region"]

# Provinces by the first two digits (GB/T 2260). python-stdnum's county table is not used: it refuses counties that
# were renamed after a person got the number, and the residence permits of 81, 82 and 83.
_PROVINCES = frozenset(
    str(number)
    for region in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), (71,))
    for number in region
)
_PERMITS = frozenset({"810000", "820000", "830000"})
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


class NumberInvalid(ValueError):
    """The number cannot be one; ``reason`` says what is wrong."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def mobile(text: str) -> str:
    """A mainland mobile number as eleven digits, however it was typed. Raises :class:`NumberInvalid`."""
    digits = typed.mobile(text)
    if not _MOBILE.fullmatch(digits):
        raise NumberInvalid("format")
    return digits


def email(text: str) -> str:
    """An e-mail address in the form that is stored. Raises :class:`NumberInvalid`."""
    address = typed.email(text)
    if len(address) > 200 or not _EMAIL.fullmatch(address):
        raise NumberInvalid("format")
    return address


def id_number(id_type: IdType, text: str, today: date) -> tuple[IdType, str]:
    """The document's type and number in normal form.

    A number that begins with 81, 82 or 83 is a residence permit of Hong Kong, Macao or Taiwan residents, also when it
    was entered as a resident ID: the card looks alike. Raises :class:`NumberInvalid`.
    """
    number = typed.compact(text)
    if id_type in ("resident_id", "residence_permit"):
        _check_resident_id(number, today)
        permit = number[:6] in _PERMITS
        if id_type == "residence_permit" and not permit:
            raise NumberInvalid("region")
        return ("residence_permit" if permit else "resident_id"), number
    _OTHERS[id_type](number, today)
    return id_type, number


def _check_resident_id(number: str, today: date) -> None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise NumberInvalid("format")
    if ric.calc_check_digit(number) != number[-1]:
        raise NumberInvalid("check_digit")
    if number[:6] not in _PERMITS and number[:2] not in _PROVINCES:
        raise NumberInvalid("region")
    _check_birth_date(number[6:14], today)


def _check_birth_date(digits: str, today: date) -> None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise NumberInvalid("birth_date") from None
    if not date(1850, 1, 1) <= born <= today:
        raise NumberInvalid("birth_date")


def _pattern(expression: str) -> Callable[[str, date], None]:
    compiled = re.compile(expression)

    def check(number: str, today: date) -> None:
        if not compiled.fullmatch(number):
            raise NumberInvalid("format")

    return check


def _check_permanent_resident(number: str, today: date) -> None:
    """Since 2023 eighteen digits beginning with 9 and checked like a resident ID; before, three letters and twelve."""
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return
    if not re.fullmatch(r"9[0-9]{16}[0-9X]", number):
        raise NumberInvalid("format")
    if ric.calc_check_digit(number) != number[-1]:
        raise NumberInvalid("check_digit")
    _check_birth_date(number[6:14], today)


_OTHERS: dict[str, Callable[[str, date], None]] = {
    "hk_macao_permit": _pattern(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    "taiwan_permit": _pattern(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    "passport": _pattern(r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[A-Z0-9]{5,15}"),
    "permanent_resident_card": _check_permanent_resident,
}


def social_credit_code(text: str) -> str:
    """A unified social credit code in normal form. Raises :class:`NumberInvalid`."""
    number = typed.compact(text)
    try:
        return uscc.validate(number)
    except InvalidChecksum:
        raise NumberInvalid("check_digit") from None
    except ValidationError:
        raise NumberInvalid("format") from None


def mask(number: str) -> str:
    """``1101**********002X``: as numbers are shown and told to others."""
    return typed.masked(number)


def mask_mobile(number: str) -> str:
    """``138****5678``."""
    return f"{number[:3]}****{number[-4:]}" if number else ""
