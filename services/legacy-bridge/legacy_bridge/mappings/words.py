"""Texts, numbers and amounts of old records. Pure."""

from __future__ import annotations

import re

from contracts.text import line, name, spelled, strange

from legacy_bridge.mappings.faults import Unmapped
from legacy_bridge.numbers.model import judge

LONGEST = 20_000
"""Characters of one text."""
_DAMAGE = re.compile("[\ufffd\ue000-\uf8ff]")
# What is in its right form already, as nearly all of an old register is: looked at once, and not respelled.
_GRAPHIC = r"[!-~\u3001-\u3011\u4e00-\u9fa5\uff08\uff09]"
_PLAIN = re.compile(f"{_GRAPHIC}{{1,200}}(?: {_GRAPHIC}{{1,200}}){{0,20}}")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa5]{1,60}")
_YEAR = r"(?:199[1-9]|20[0-9]{2})"
_REGISTRATION = re.compile(rf"{_YEAR}SR[0-9]{{6,7}}|[国京沪]作登字-{_YEAR}-[A-P]-[0-9]{{8}}", re.ASCII)
_CASE = re.compile(rf"{_YEAR}[A-Z][0-9]{{2}}(?:[0-9]{{7}}|[SL][0-9]{{6,10}})", re.ASCII)
_CERTIFICATE = re.compile(r"软著登字第[0-9]{7,8}号", re.ASCII)
_FOREIGN = re.compile(r"[A-Z0-9][A-Z0-9().-]{0,39}", re.ASCII)
_CLASSIFICATION = re.compile(r"[0-9]{5}-[0-9]{4}", re.ASCII)
PLAIN = {
    "text": _PLAIN.pattern,
    "name": _PLAIN_NAME.pattern,
    "registration_number": _REGISTRATION.pattern,
    "case_number": _CASE.pattern,
    "certificate_number": _CERTIFICATE.pattern,
    "classification": _CLASSIFICATION.pattern,
}
"""By converter: what is in its right form already."""
_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2})0*)?")


def text(value: str) -> str:
    """One line, as all text is stored."""
    if _PLAIN.fullmatch(value):
        return value
    return _whole(line(value))


def person(value: str) -> str:
    """A name, with its middle dots."""
    return value if _PLAIN_NAME.fullmatch(value) else _whole(name(value))


def _whole(value: str) -> str:
    if len(value) > LONGEST:
        raise Unmapped("text_too_long")
    # What a decoder could not read, or a font of the office's own: a person must say what it was.
    if _DAMAGE.search(value) or strange(value):
        raise Unmapped("characters_damaged")
    return value


def registration_number(value: str) -> str:
    """A number of software (six or seven digits) or of a work, also of a province, in its right spelling."""
    if _REGISTRATION.fullmatch(value):
        return value
    verdict = judge(value)
    if verdict.kind not in ("software_registration", "work_registration"):
        raise Unmapped("number_unreadable")
    return verdict.number


def case_number(value: str) -> str:
    """A serial or acceptance number."""
    if _CASE.fullmatch(value):
        return value
    verdict = judge(value)
    if verdict.kind not in ("serial_number", "acceptance_number"):
        raise Unmapped("number_unreadable")
    return verdict.number


def certificate_number(value: str) -> str:
    """``软著登字第0123456号``: the old ones have up to eight digits."""
    if _CERTIFICATE.fullmatch(value):
        return value
    found = spelled(value)
    if not re.fullmatch(r"软著登字第?-?[0-9]{1,8}号?", found, re.ASCII):
        raise Unmapped("number_unreadable")
    digits = re.sub(r"[^0-9]", "", found)
    return f"软著登字第{digits:0>7}号"


def foreign_number(value: str) -> str:
    """A number of another office: letters, digits and hyphens, as it stands there."""
    found = spelled(value)
    if not _FOREIGN.fullmatch(found):
        raise Unmapped("number_unreadable")
    return found


def classification(value: str) -> str:
    """分类号 of software, abolished since: kept as it was (``30200-0000``)."""
    found = spelled(value)
    if not _CLASSIFICATION.fullmatch(found):
        raise Unmapped("number_unreadable")
    return found


def fen(value: str) -> str:
    """Yuan with at most two places, as fen."""
    match = _AMOUNT.fullmatch(value.strip().replace(",", ""))
    if match is None:
        raise Unmapped("amount_unreadable")
    return str(int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")))
