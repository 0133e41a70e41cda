"""What a cashier has typed into the search: a number, an amount, words. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_YUAN = re.compile(r"[¥￥]?\s?([0-9]{1,9})(?:\.([0-9]{1,2}))?\s?元?", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-z_:-]{6,}", re.ASCII)
SHORTEST_WORDS = 2


@dataclass(frozen=True)
class Asked:
    """``spellings`` of what may be a number, as it was typed and in the letters that our numbers have; ``fen``: the
    amount, if it is one; ``words``: what titles, names and notes are searched for, if that is worth it."""

    spellings: tuple[str, ...]
    fen: int | None
    words: str


def asked(text: str) -> Asked:
    """Full-width characters are read as the narrow ones. An amount is not looked for in notes: it stands in most."""
    typed = unicodedata.normalize("NFKC", text).strip()
    amount = _YUAN.fullmatch(typed.replace(",", ""))
    fen = int(amount[1]) * 100 + int((amount[2] or "0").ljust(2, "0")) if amount else None
    number = typed if _NUMBER.fullmatch(typed) else ""
    spellings = tuple(dict.fromkeys((number, number.upper(), number.lower()))) if number else ()
    searched = len(typed) >= SHORTEST_WORDS and (fen is None or bool(number))
    return Asked(spellings, fen, typed if searched else "")
