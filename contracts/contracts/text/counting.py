"""How long a text is where a rule counts what is written and not how it is set."""

from __future__ import annotations


def solid_length(text: str) -> int:
    """Characters without blanks and line ends of any kind: so 主要功能 of the software form is counted."""
    return sum(map(len, text.split()))
