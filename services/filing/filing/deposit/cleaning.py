"""Takes comments and blank lines out of source code, by the language's own grammar."""

from __future__ import annotations

from dataclasses import dataclass

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, String
from pygments.util import ClassNotFound

_KEPT = (Comment.Preproc, Comment.PreprocFile, Comment.Hashbang)


@dataclass(frozen=True)
class Cleaned:
    """``lines`` with trailing space removed; ``numbers``: each line's number in the original file, from 1."""

    lines: list[str]
    numbers: list[int]
    comments_removed: int = 0
    blanks_removed: int = 0


def clean(text: str, lexer: str, *, strip_comments: bool, strip_blank_lines: bool) -> Cleaned:
    """A comment's line breaks stay until blank lines go, so that numbers stay true."""
    original = text.replace("\r\n", "\n").replace("\r", "\n")
    changed = _without_comments(original, lexer) if strip_comments else original
    lines = [line.rstrip() for line in changed.split("\n")]
    comments = 0
    if strip_comments:
        before = [line.rstrip() for line in original.split("\n")]
        comments = sum(1 for old, new in zip(before, lines, strict=False) if old.strip() and old != new)
    numbered = list(enumerate(lines, start=1))
    if not strip_blank_lines:
        while numbered and not numbered[-1][1]:
            numbered.pop()
        return Cleaned([line for _, line in numbered], [n for n, _ in numbered], comments)
    kept = [(number, line) for number, line in numbered if line.strip()]
    blanks = sum(1 for line in original.split("\n") if not line.strip())
    return Cleaned([line for _, line in kept], [n for n, _ in kept], comments, blanks)


def _without_comments(text: str, lexer: str) -> str:
    try:
        grammar = get_lexer_by_name(lexer, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return text
    parts: list[str] = []
    for token, value in grammar.get_tokens(text):
        comment = token in Comment and not any(token in kept for kept in _KEPT)
        parts.append("\n" * value.count("\n") if comment or token is String.Doc else value)
    return "".join(parts)
