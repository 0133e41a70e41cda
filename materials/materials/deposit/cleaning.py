"""Takes comments and blank lines out of source code, by the language's own grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, String
from pygments.util import ClassNotFound

Token = tuple[Any, str]
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
    tokens = list(grammar.get_tokens(text))
    statements = _string_statements(tokens)
    parts: list[str] = []
    for place, (token, value) in enumerate(tokens):
        comment = token in Comment and not any(token in kept for kept in _KEPT)
        if token is String.Doc:
            comment = not _is_string(value) or place in statements
        if token is String.Affix and place + 1 in statements:
            comment = True
        parts.append("\n" * value.count("\n") if comment else value)
    return "".join(parts)


def _is_string(value: str) -> bool:
    """Some grammars call comments so (Rust's ``///``), others any string at the start of a line."""
    return value.lstrip()[:1] in ("'", '"')


def _string_statements(tokens: Sequence[Token]) -> set[int]:
    """Places of strings that are statements of their own, as documentation is. A string that begins a line may as well
    be an argument, a template's text or the rest of an expression."""
    found: set[int] = set()
    depth, begun = 0, False
    for place, (token, value) in enumerate(tokens):
        if token in Comment or not value.strip():
            begun = begun and (depth > 0 or "\n" not in value)
            continue
        if token is String.Doc and _is_string(value):
            if depth == 0 and not begun and _line_ends_after(tokens, place):
                found.add(place)
        elif token not in String:
            depth = max(0, depth + sum(value.count(c) for c in "([{") - sum(value.count(c) for c in ")]}"))
        begun = begun or token is not String.Affix
        if value.endswith("\n") and not value.endswith("\\\n"):
            begun = depth > 0
    return found


def _line_ends_after(tokens: Sequence[Token], place: int) -> bool:
    for token, value in tokens[place + 1 :]:
        if token in Comment or ("\n" in value and not value.strip()):
            return True
        if value.strip():
            return value.lstrip().startswith(";")
    return True
