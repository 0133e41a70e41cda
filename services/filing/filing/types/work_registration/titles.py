"""Titles that say nothing about the work ("绘画教程", "我的作品2", "Untitled") are questioned.

A title is generic when nothing is left of it once general words, numbers and punctuation are taken away. The applicant
may keep it (``title_confirmed``): the office's practice is to ask, not to forbid (domain: works, reasons for refusal).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources


@cache
def _generic() -> re.Pattern[str]:
    text = resources.files(__package__).joinpath("generic_titles.txt").read_text(encoding="utf-8")
    words = [line.strip().casefold() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(word) for word in longest_first) + ")+")


def _letters(title: str) -> str:
    """Letters only: numbers, spaces, punctuation and symbols are no part of what a title says."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LM")


def is_generic(title: str) -> bool:
    """Whether the title consists of general words only (also "2026", "《》" and the like)."""
    letters = _letters(title)
    return not letters or _generic().fullmatch(letters) is not None
