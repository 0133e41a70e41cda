"""What the public may read of a title."""

from __future__ import annotations


def masked_title(title: str) -> str:
    """First and last character of the title; the stars do not tell its length (``月光下的长街`` → ``月***街``)."""
    return f"{title[0]}***{title[-1]}" if len(title) > 2 else f"{title[:1]}***"
