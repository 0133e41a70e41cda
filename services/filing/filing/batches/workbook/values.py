"""From a cell to what a page would have sent for its field, and from that to what the cell shows. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from datetime import date, datetime
from typing import Any

from chassis.workbooks.reading import Cell, Number
from contracts.forms import FormField

YES = {"是", "yes", "y", "true", "1", "√", "✓", "有", "对"}
NO = {"否", "no", "n", "false", "0", "×", "无", "不"}
YES_WORDS = {"zh": ("是", "否"), "en": ("yes", "no")}
_BETWEEN = re.compile(r"[;；\n\r]+")
_BETWEEN_CHOICES = re.compile(r"[;；、,，\n\r]+")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_CLOSE = 0.6


class Unreadable(Exception):
    """A cell that says nothing its field can be: ``code`` and ``params`` of the problem."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def as_text(cell: Cell) -> str:
    """A cell as it was typed, as far as the spreadsheet has kept it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, Number):
        return cell.digits
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


Words = dict[str, tuple[str, str]]
"""What people may write for a choice, folded → its value, and the word as it is shown."""


def value_of(field: FormField, cell: Cell, words: Words) -> Any:
    """What the form has for a cell that is not empty.

    Raises :class:`Unreadable` with ``cell_not_a_date``, ``cell_not_a_number``, ``cell_number_cut``,
    ``cell_not_yes_or_no``, ``choice_unknown``.
    """
    text = as_text(cell)
    if field.widget == "date":
        return _day(cell, text)
    if field.widget == "integer":
        return _integer(text)
    if field.widget == "flag":
        return _flag(cell, text)
    if field.widget in ("select", "radio"):
        return _choice(text, words)
    if field.widget == "checks":
        return [_choice(part, words, free=field.other) for part in _parts(text, _BETWEEN_CHOICES)]
    if field.widget == "lines":
        return _parts(text, _BETWEEN)
    if isinstance(cell, Number):
        raise Unreadable("cell_number_cut", given=text)
    return words[folded(text)][0] if field.start_word and folded(text) in words else text


def names_in(cell: Cell) -> list[str]:
    """Names of files, as they stand one after the other in a cell."""
    return _parts(as_text(cell), _BETWEEN)


def words_of(fields: list[FormField]) -> Words:
    """Choices by their value and their labels; ``fields``: the same field in each language."""
    words: Words = {}
    for field in fields:
        for choice in field.choices:
            words[folded(choice.value)] = (choice.value, choice.label)
            words[folded(choice.label)] = (choice.value, choice.label)
        if field.start and field.start_word:
            words[folded(field.start_word)] = (field.start, field.start_word)
    return words


def folded(text: str) -> str:
    """What people mean to be the same: width, capitals and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _parts(text: str, between: re.Pattern[str]) -> list[str]:
    return [part.strip() for part in between.split(text) if part.strip()]


def _day(cell: Cell, text: str) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.match(plain) or re.match(r"(\d{4})(\d{2})(\d{2})$", plain)
    try:
        year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Unreadable("cell_not_a_date", given=text[:40]) from error


def _integer(text: str) -> int:
    plain = re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text)).removesuffix(".0")
    if not re.fullmatch(r"-?\d{1,15}", plain):
        raise Unreadable("cell_not_a_number", given=text[:40])
    return int(plain)


def _flag(cell: Cell, text: str) -> bool:
    if isinstance(cell, bool):
        return cell
    said = folded(text)
    if said not in YES | NO:
        raise Unreadable("cell_not_yes_or_no", given=text[:40])
    return said in YES


def _choice(text: str, words: Words, *, free: bool = False) -> str:
    found = words.get(folded(text))
    if found is not None:
        return found[0]
    if free:
        return text
    near = difflib.get_close_matches(folded(text), [word for word in words if word], n=1, cutoff=_CLOSE)
    raise Unreadable("choice_unknown", given=text[:40], nearest=words[near[0]][1] if near else "")
