"""Numbers by which old systems knew persons and organisations, and how to reach them. Pure."""

from __future__ import annotations

import re
from datetime import date

from contracts.text import compact, email, login, mobile
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from legacy_bridge.mappings.faults import Unmapped

_CENTENARIANS = ("996", "997", "998", "999")
"""Sequence numbers that the 15-digit scheme kept for persons born before 1900."""
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LOGIN = re.compile(r"[a-z0-9_.@-]{1,60}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_MD5 = re.compile(r"[0-9a-f]{32}")
PLAIN = {
    "email": r"[a-z0-9._-]{1,64}@(?:[a-z0-9][a-z0-9-]{0,40}\.){1,3}[a-z]{2,20}",
    "mobile": _MOBILE.pattern,
    "login": _LOGIN.pattern,
    "md5": _MD5.pattern,
    "salt": r"[!-~]{1,64}",
}
"""By converter: what is in its right form already."""


def resident_id(text: str) -> str:
    """Eighteen digits with a right check digit and a possible day of birth.

    Fifteen digits (issued until 1999-10-01) get their century and check digit, as GB 11643-1999 has it: 19, but 18
    where the sequence number is one of those that were kept for persons born before 1900.
    """
    number = compact(text)
    if re.fullmatch(r"[0-9]{15}", number):
        century = "18" if number.endswith(_CENTENARIANS) else "19"
        solid = number[:6] + century + number[6:]
        number = solid + ric.calc_check_digit(f"{solid}0")  # it passes over the last one
    elif not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Unmapped("number_unreadable")
    elif ric.calc_check_digit(number) != number[-1]:
        raise Unmapped("check_digit_wrong")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Unmapped("birth_date_impossible") from None
    if born.year < 1800:
        raise Unmapped("birth_date_impossible")
    return number


def id_number(text: str) -> str:
    """A resident ID where it has its form; else a passport or permit, letters and digits."""
    number = compact(text)
    if re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        return resident_id(number)
    if re.fullmatch(r"(?=.*[0-9])[A-Z0-9]{5,15}", number) and not number.isdigit():
        return number
    raise Unmapped("number_unreadable")


def organisation_code(text: str) -> str:
    """A social credit code (18), an organisation code (9, GB 11714, without its hyphen), or a licence number of the
    trade office (13 or 15 digits), as the old system had it: which of them it is, its length says."""
    number = compact(text).replace("-", "")
    if len(number) == 18:
        try:
            return str(uscc.validate(number))
        except ValidationError:
            raise Unmapped("check_digit_wrong") from None
    if re.fullmatch(r"[0-9A-Z]{8}[0-9X]", number):
        total = sum(int(c, 36) * weight for c, weight in zip(number, _ORGANISATION_WEIGHTS, strict=False))
        if "0123456789X0"[11 - total % 11] != number[8]:
            raise Unmapped("check_digit_wrong")
        return number
    if re.fullmatch(r"[0-9]{13}|[0-9]{15}", number):
        return number
    raise Unmapped("number_unreadable")


def address(text: str) -> str:
    """An e-mail address."""
    found = email(text)
    if len(found) > 200 or not _EMAIL.fullmatch(found):
        raise Unmapped("address_unreadable")
    return found


def mobile_number(text: str) -> str:
    """Eleven digits."""
    found = mobile(text)
    if not _MOBILE.fullmatch(found):
        raise Unmapped("address_unreadable")
    return found


def login_name(text: str) -> str:
    """A login in the one form in which logins are compared."""
    if _LOGIN.fullmatch(text):
        return text
    found = login(text)
    if not 1 <= len(found) <= 60 or not found.isprintable():
        raise Unmapped("number_unreadable")
    return found


def md5(text: str) -> str:
    """Thirty-two hexadecimal digits, in small letters."""
    found = text.strip().lower()
    if not _MD5.fullmatch(found):
        raise Unmapped("hash_unreadable")
    return found


def salt(text: str) -> str:
    """As it stands: every character counts."""
    if len(text) > 64 or not text.isprintable():
        raise Unmapped("hash_unreadable")
    return text
