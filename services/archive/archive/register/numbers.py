"""Numbers of the register: how they are written, and what to say of one that was not found. Pure rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

from contracts.text import respelled

Shape = Literal[
    "work_registration", "software_registration", "serial_number", "acceptance_number", "certificate_number", "other"
]


@dataclass(frozen=True)
class Format:
    """How the numbers of a series are written from a legal day on; ``yearly``: counted anew each year."""

    series: str
    valid_from: date
    pattern: str
    source: str
    yearly: bool = True


@cache
def formats() -> tuple[Format, ...]:
    """All that ever held (``numbers.toml``), the newest first."""
    text = resources.files("archive.register").joinpath("numbers.toml").read_text(encoding="utf-8")
    found = (Format(**block) for block in tomllib.loads(text)["format"])
    return tuple(sorted(found, key=lambda one: one.valid_from, reverse=True))


def format_of(series: str, on: date) -> Format:
    """The form in force on a legal day. ``LookupError`` for a series that had none then."""
    found = next((one for one in formats() if one.series == series and one.valid_from <= on), None)
    if found is None:
        raise LookupError(f"numbers of {series} had no form on {on}")
    return found


def format_number(series: str, on: date, sequence: int, category: str | None = None) -> str:
    """``国作登字-2026-A-00000045``, ``2026SR0000123``, ``软著登字第0000123号``."""
    return format_of(series, on).pattern.format(year=on.year, category=category, sequence=sequence)


@dataclass(frozen=True)
class Diagnosis:
    """Why a typed number may have found nothing, and how it is probably spelt.

    ``reasons`` are codes: invisible, letter_case, full_width, spacing, separators, traditional_characters,
    missing_parts, missing_zeros. ``looks_like`` says which of the office's numbers it is.
    """

    looks_like: Shape
    suggestion: str | None
    reasons: tuple[str, ...]


def diagnose(typed: str) -> Diagnosis:
    """Reads a number that was not found as people write it. Suggests a spelling only when the form is certain."""
    text, wrong = respelled(typed)
    for shape, read in _READERS:
        if number := read(text):
            reasons = wrong
            if number != text:
                reasons = (*wrong, "missing_zeros" if _digits_only_padded(text, number) else "missing_parts")
            return Diagnosis(shape, number if number != typed else None, reasons)
    # The old system's serial numbers have no letter: `2018R110035795`
    if match := re.fullmatch(r"\d{4}[A-Z]\d{2}(?:([SL])\d{6,}|\d{7})", text, re.ASCII):
        case: Shape = "acceptance_number" if match[1] == "L" else "serial_number"
        return Diagnosis(case, text if text != typed else None, wrong)
    return Diagnosis("other", None, ())


def as_kept(compact: str) -> list[str]:
    """How a number may be kept that came without blanks and hyphens: as it is, or as its form has them."""
    work = re.fullmatch(r"(\d{4})([A-P])(\d{6})", compact, re.ASCII)
    forms = [compact, f"{work[1]}-{work[2]}-{work[3]}" if work else None, diagnose(compact).suggestion]
    if province := re.fullmatch(r"(.作登字)(\d{4})([A-P])(\d{8})", compact, re.ASCII):
        forms.append("-".join(province.groups()))
    return list(dict.fromkeys(form for form in forms if form))


def _work_number(text: str) -> str | None:
    if re.fullmatch(r"\d{4}-[A-P]-\d{6}", text, re.ASCII):  # a complete number of the old system
        return None
    match = re.fullmatch(r"(?:国?作?登?字?第?)-?(\d{4})-?([A-P])-?(\d{1,8})号?", text, re.ASCII)
    return f"国作登字-{match[1]}-{match[2]}-{match[3]:0>8}" if match else None


def _software_number(text: str) -> str | None:
    match = re.fullmatch(r"(?:软?著?登?记?字?第?)-?(\d{4})-?SR-?(\d{1,7})号?", text, re.ASCII)
    if not match or len(match[2]) == 6:  # six digits are a complete number of the old system
        return None
    return f"{match[1]}SR{match[2]:0>7}"


def _certificate_number(text: str) -> str | None:
    match = re.fullmatch(r"软?著?登字-?第?-?(\d{1,8})号?", text, re.ASCII)
    return f"软著登字第{match[1]:0>7}号" if match else None


_READERS: tuple[tuple[Shape, Callable[[str], str | None]], ...] = (
    ("work_registration", _work_number),
    ("software_registration", _software_number),
    ("certificate_number", _certificate_number),
)


def is_certificate_number(text: str) -> bool:
    """Whether this, exactly as it is, has the form of a number of a certificate of software (软件证书号)."""
    return re.fullmatch(r"软著登字第\d{7,8}号", text, re.ASCII) is not None


def _digits_only_padded(text: str, number: str) -> bool:
    head = number.rstrip("0123456789号")
    return text.startswith(head) and len(text) < len(number)
