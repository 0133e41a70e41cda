"""What the public may read of a title."""

from __future__ import annotations


def masked_title(title: str) -> str:
    """First and last character of the title, brackets aside; the stars do not tell its length.

    ``月光下的长街`` → ``月***街``, ``江边旧事（修订版）`` → ``江***版``
    """
    letters = [character for character in title if character.isalnum()] or list(title)
    return f"{letters[0]}***{letters[-1]}" if len(letters) > 2 else f"{''.join(letters[:1])}***"
