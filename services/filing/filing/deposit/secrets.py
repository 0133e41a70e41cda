"""Secrets and personal data in source code: found, and masked so that the line still shows what it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_QUOTED = r"""['"][^'"\s]{4,2000}['"]"""
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private_key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|^(?:[A-Za-z0-9+/]{64})$")),
    ("cloud_key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{12,20}\b|\bAKID[0-9A-Za-z]{13,40}\b")),
    ("token", re.compile(r"\b(?:ghp|gho|ghs|glpat|sk|xox[bp])[-_][0-9A-Za-z_-]{16,200}")),
    ("token", re.compile(r"\beyJ[0-9A-Za-z_-]{8,400}\.[0-9A-Za-z_-]{8,2000}\.[0-9A-Za-z_-]{4,400}")),
    ("connection", re.compile(r"(?<=://)[^/\s:@'\"]{1,64}:[^/\s@'\"]{1,128}(?=@)")),
    (
        "password",
        re.compile(
            r"(?i)(?<![a-z])(?:pass(?:word|wd)?|pwd|secret|api_?key|access_?key|auth_?token|密码|密钥)"
            rf"""['"]?\s*(?::|=|=>)\s*({_QUOTED})"""
        ),
    ),
    (
        "resident_id",
        re.compile(
            r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
        ),
    ),
    ("mobile", re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z.])")),
    (
        "email",
        re.compile(r"(?<![\w.])[\w.+-]{2,64}@[\w-]{1,63}\.(?:[\w-]{1,63}\.){0,4}(?:com|cn|net|org|edu|gov|io)\b"),
    ),
)  # fmt: skip
_WORTH_A_LOOK = re.compile(
    r"""@|\d{11}|-----BEGIN|AKI[AD]|ASIA|LTAI|eyJ|(?:gh[pos]|glpat|sk|xox[bp])[-_]|^[A-Za-z0-9+/]{64}$"""
    r"""|(?i:word|wd|secret|key|token|pass)["']?\s*[:=]|密[码钥]""",
    re.M,
)
"""What any of the patterns needs: few lines of a program have it, and only those are read closely."""
_PLACEHOLDERS = frozenset(
    ["password", "passwd", "secret", "token", "apikey", "changeme", "none", "null", "true", "false", "string", "text"]
)
_PLACEHOLDER_STARTS = ("your", "<", "$", "{", "%", "xxx", "example", "enter", "please")
_NOBODY = re.compile(r"^(?:git|noreply|no-reply)@|@(?:[\w.-]+\.)?example\.", re.I)
_PLACES = 5


@dataclass(frozen=True)
class Secret:
    """``line`` counts from 1 in the original file."""

    kind: str
    line: int


def masked(lines: list[str]) -> tuple[list[str], list[Secret]]:
    """The lines with every secret replaced by asterisks of the same length, and where they were."""
    text = "\n".join(lines)
    found: list[Secret] = []
    out = list(lines)
    number, counted, key_ends = 0, 0, -1
    for candidate in _WORTH_A_LOOK.finditer(text):
        skipped = text.count("\n", counted, candidate.start())
        if (counted and not skipped) or number + skipped < key_ends:
            continue
        number, counted = number + skipped, candidate.start() + 1
        out[number] = _masked_line(lines[number], number + 1, found)
        if "-----BEGIN" in lines[number] and "PRIVATE KEY" in lines[number] and "-----END" not in lines[number]:
            key_ends = _hide_key(lines, out, number + 1)
    return out, found


def _masked_line(line: str, number: int, found: list[Secret]) -> str:
    changed = line
    for kind, pattern in _PATTERNS:
        match = pattern.search(changed)
        while match:
            start, end = match.span(1) if pattern.groups else match.span()
            if set(changed[start:end]) <= set("*'\"") or _harmless(kind, changed[start:end], match.group()):
                match = pattern.search(changed, match.end())
                continue
            found.append(Secret(kind, number))
            hidden = re.sub(r"[^'\"]", "*", changed[start:end])
            changed = changed[:start] + hidden + changed[end:]
            match = pattern.search(changed, end)
    return changed


def _hide_key(lines: list[str], out: list[str], start: int) -> int:
    """Covers the lines of a key up to its end mark; returns the mark's line."""
    for number in range(start, len(lines)):
        if "-----END" in lines[number]:
            return number
        out[number] = "*" * len(lines[number])
    return len(lines)


def _harmless(kind: str, value: str, whole: str) -> bool:
    """What only stands where a secret would: a placeholder, a label, the name of the setting itself."""
    if kind == "email":
        return _NOBODY.search(value) is not None
    if kind != "password":
        return False
    word = value.strip("'\"").lower()
    name = re.match(r"[\w-]*", whole.lower())
    plain = re.sub(r"[^a-z]", "", word)
    return (
        (word.isascii() and plain in _PLACEHOLDERS)
        or word.startswith(_PLACEHOLDER_STARTS)
        or (name is not None and plain == re.sub(r"[^a-z]", "", name.group()))
        or not any(character.isascii() for character in word)
    )


def by_kind(found: Iterable[tuple[str, int, str]]) -> list[dict[str, str | int]]:
    """(file, line, kind) of each secret → one entry per kind: how many, and the first places."""
    groups: dict[str, list[tuple[str, int]]] = {}
    for file, line, kind in found:
        groups.setdefault(kind, []).append((file, line))
    entries: list[dict[str, str | int]] = []
    for kind, places in groups.items():
        listed = ", ".join(f"{file}:{line}" for file, line in places[:_PLACES])
        entries.append(
            {
                "kind": kind,
                "count": len(places),
                "file": places[0][0],
                "line": places[0][1],
                "places": listed + (" …" if len(places) > _PLACES else ""),
            }
        )
    return entries
