"""Texts, numbers and amounts of old records. Pure."""

from __future__ import annotations

import re

from contracts.text import line, name, spelled, strange

from legacy_bridge.mappings.faults import Unmapped
from legacy_bridge.numbers.model import judge

LONGEST = 20_000
"""Characters of one text."""
_DAMAGE = re.compile("[\ufffd\ue000-\uf8ff]")
_SOFTWARE = re.compile(r"(?:199[1-9]|20[0-9]{2})SR[0-9]{6,7}", re.ASCII)
_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2})0*)?")


def text(value: str) -> str:
    """One line, as all text is stored."""
    if value.isascii() and value.isprintable() and len(value) < LONGEST:
        return " ".join(value.split())
    return _whole(line(value))


def person(value: str) -> str:
    """A name, with its middle dots."""
    return _whole(name(value))


def _whole(value: str) -> str:
    if len(value) > LONGEST:
        raise Unmapped("text_too_long")
    # What a decoder could not read, or a font of the office's own: a person must say what it was.
    if _DAMAGE.search(value) or strange(value):
        raise Unmapped("characters_damaged")
    return value


def registration_number(value: str) -> str:
    """A number of software (six or seven digits) or of a work, also of a province, in its right spelling."""
    if _SOFTWARE.fullmatch(value):
        return value
    verdict = judge(value)
    if verdict.kind not in ("software_registration", "work_registration"):
        raise Unmapped("number_unreadable")
    return verdict.number


def case_number(value: str) -> str:
    """A serial or acceptance number."""
    verdict = judge(value)
    if verdict.kind not in ("serial_number", "acceptance_number"):
        raise Unmapped("number_unreadable")
    return verdict.number


def certificate_number(value: str) -> str:
    """``软著登字第0123456号``: the old ones have up to eight digits."""
    found = spelled(value)
    if not re.fullmatch(r"软著登字第?-?[0-9]{1,8}号?", found, re.ASCII):
        raise Unmapped("number_unreadable")
    digits = re.sub(r"[^0-9]", "", found)
    return f"软著登字第{digits:0>7}号"


def foreign_number(value: str) -> str:
    """A number of another office: letters, digits and hyphens, as it stands there."""
    found = spelled(value)
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9().-]{0,39}", found, re.ASCII):
        raise Unmapped("number_unreadable")
    return found


def classification(value: str) -> str:
    """分类号 of software, abolished since: kept as it was (``30200-0000``)."""
    found = spelled(value)
    if not re.fullmatch(r"[0-9]{5}-[0-9]{4}", found, re.ASCII):
        raise Unmapped("number_unreadable")
    return found


def fen(value: str) -> str:
    """Yuan with at most two places, as fen."""
    match = _AMOUNT.fullmatch(value.strip().replace(",", ""))
    if match is None:
        raise Unmapped("amount_unreadable")
    return str(int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")))
