"""Names that say nothing: what is left when general words, numbers and punctuation are taken away.

Each filing type has its own list of general words, one a line.
"""

from __future__ import annotations

import re
import unicodedata
from importlib.resources.abc import Traversable


def is_generic(name: str, words: re.Pattern[str]) -> bool:
    """Whether ``name`` consists only of general ``words`` (also "2026", "《》" and the like)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    letters = "".join(character for character in folded if unicodedata.category(character)[0] in "LM")
    return not letters or words.fullmatch(letters) is not None


def general_words(file: Traversable) -> re.Pattern[str]:
    """Any of the words of a list, one after the other."""
    lines = file.read_text(encoding="utf-8").splitlines()
    listed = [line.strip().casefold() for line in lines if line.strip() and not line.startswith("#")]
    longest_first = sorted(listed, key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(word) for word in longest_first) + ")+")
