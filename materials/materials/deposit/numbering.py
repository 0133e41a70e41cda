"""Page numbers as they are printed: 第 12 页, 12 / 60, — 12 — (GB/T 9704), Page 12 of 60, xii, or only 12."""

from __future__ import annotations

import re
from dataclasses import dataclass

from materials.inspect.folding import shaped, with_one_dash

_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_ROMAN_FORM = re.compile(r"(?=[mdclxvi])m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")

_N = r"(?P<n>\d{1,4}|[ivxlcdm]{1,9}|[〇零一二两三四五六七八九十百]{1,7})"
_ALL = r"(?:\d{1,5}|[ivxlcdm]{1,9}|[〇零一二两三四五六七八九十百千]{1,9})"
_SIGN = r"(?:-+|~+|·+|•+|\*+|\|+|—+)"
_LONGEST = 40
_FIRST = frozenset("0123456789ivxlcdm〇零一二两三四五六七八九十百第共总页頁p-~·•*|—[(<〔")
_LAST = frozenset("0123456789ivxlcdm〇零一二两三四五六七八九十百千页頁-~·•*|—])>〕).）")
"""What a page number can begin and end with: most lines of code and prose need no closer look."""
_UNMISTAKABLE = 2
"""So many of the following forms are seen even where they touch the words before them."""
_EXPLICIT = tuple(
    re.compile(form)
    for form in (
        rf"第\s*{_N}\s*[页頁](?:\s*[,，、/(（|;；-]?\s*[共总計计]\s*{_ALL}\s*[页頁]\s*[)）]?)?",
        rf"[共总]\s*{_ALL}\s*[页頁]\s*[,，、/|;；-]?\s*第\s*{_N}\s*[页頁]",
        rf"(?:页码|頁碼|页次)\s*[:：]?\s*{_N}(?:\s*[/|]\s*{_ALL})?",
        rf"(?:page|pag|pg|p)\.?\s*[:：]?\s*{_N}(?:\s*(?:/|of|\|)\s*{_ALL})?",
        rf"{_N}\s*(?:/|of|\|)\s*{_ALL}(?:\s*[页頁])?",
        rf"{_N}\s*[页頁](?:\s*[/,，、|]?\s*[共总]\s*{_ALL}\s*[页頁])?",
        rf"{_SIGN}\s*{_N}\s*{_SIGN}",
    )
)
_BARE = (
    re.compile(rf"{_N}\.?"),
    re.compile(r"[\[(<〔【{]\s*(?P<n>\d{1,4})\s*[\])>〕】}]"),
    re.compile(r"(?:\d{1,2}|[a-z])-(?P<n>\d{1,3})"),
)
_AT_END = tuple(
    re.compile(rf"{'' if number < _UNMISTAKABLE else apart}(?:{form.pattern})$")
    for apart in (r"(?:^|(?<=[\s,，;；|]))",)
    for number, form in enumerate((*_EXPLICIT, _BARE[0]))
)
_AT_START = tuple(re.compile(rf"^(?:{form.pattern})(?=[\s,，;；|]|$)") for form in (*_EXPLICIT, _BARE[0]))


@dataclass(frozen=True)
class Numeral:
    """``explicit``: the form alone says that it is a page number; a bare 12 says so only by its neighbours."""

    value: int
    explicit: bool


def only_numeral(text: str) -> Numeral | None:
    """The page number that the text is, and nothing but."""
    plain = _plain(text)
    for forms, explicit in ((_EXPLICIT, True), (_BARE, False)):
        for form in forms:
            if (found := _value(form.fullmatch(plain))) is not None:
                return Numeral(found, explicit)
    return None


def split_numeral(text: str) -> tuple[str, Numeral | None]:
    """The text without the page number at its end or start, and that."""
    whole = only_numeral(text)
    if whole is not None:
        return "", whole
    plain = _plain(text)
    if plain and plain[-1] in _LAST:
        start = max(0, len(plain) - _LONGEST)
        for number, form in enumerate(_AT_END):
            match = form.search(plain, start)
            if match is not None and (found := _value(match)) is not None:
                return plain[: match.start()].strip(), Numeral(found, number < len(_EXPLICIT))
    if plain and plain[0] in _FIRST:
        for number, form in enumerate(_AT_START):
            match = form.match(plain)
            if match is not None and (found := _value(match)) is not None:
                return plain[match.end() :].strip(), Numeral(found, number < len(_EXPLICIT))
    return plain, None


def _plain(text: str) -> str:
    return " ".join(shaped(with_one_dash(text)).casefold().split())


def _value(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    sign = match["n"]
    if sign.isdigit():
        return int(sign)
    return _roman(sign) if sign.isascii() else _chinese(sign)


def _roman(sign: str) -> int | None:
    if not _ROMAN_FORM.fullmatch(sign):
        return None
    values = [_ROMAN[letter] for letter in sign]
    return sum(-low if low < high else low for low, high in zip(values, [*values[1:], 0], strict=True))


def _chinese(sign: str) -> int | None:
    """Up to 999, in words (二十三) or figure by figure (二三)."""
    if not any(unit in sign for unit in "十百"):
        return int("".join(str(_CHINESE[figure]) for figure in sign)) if len(sign) < 5 else None
    total, figure = 0, 0
    for letter in sign:
        if letter in "十百":
            total += (figure or 1) * (10 if letter == "十" else 100)
            figure = 0
        else:
            figure = _CHINESE[letter]
    return total + figure
