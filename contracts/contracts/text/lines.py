"""Text of one line (titles, places) and of several (descriptions)."""

from __future__ import annotations

import re

from contracts.text.characters import plain

_MARKED = re.compile(r"^《([^《》]*)》$")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
"""Left over in text that was copied out of word processors. U+0000 is refused by all services."""


def line(text: str) -> str:
    """One line: runs of blanks of any kind (line breaks and U+3000 too) are one blank, none at the ends."""
    return " ".join(plain(text).split())


def title(text: str) -> str:
    """As :func:`line`, without the marks 《》 around the whole of it: papers and messages set them themselves."""
    return _MARKED.sub(r"\1", line(text)).strip()


def paragraphs(text: str) -> str:
    """Lines stay lines, at most one empty one between two; each line is as :func:`line` makes it."""
    rows = [" ".join(row.split()) for row in _CONTROLS.sub("", plain(text)).splitlines()]
    return _MANY_EMPTY_LINES.sub("\n\n", "\n".join(rows)).strip()
