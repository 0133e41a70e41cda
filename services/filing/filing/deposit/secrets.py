"""Secrets and personal data in source code: found, and masked so that the line still shows what it was."""

from __future__ import annotations

import re
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


@dataclass(frozen=True)
class Secret:
    """``line`` counts from 1 in the original file."""

    kind: str
    line: int


def masked(lines: list[str]) -> tuple[list[str], list[Secret]]:
    """The lines with every secret replaced by asterisks of the same length, and where they were."""
    found: list[Secret] = []
    out: list[str] = []
    inside_key = False
    for number, line in enumerate(lines, start=1):
        if inside_key:
            inside_key = "-----END" not in line
            out.append(line if not inside_key else "*" * len(line))
            continue
        changed = line
        for kind, pattern in _PATTERNS:
            match = pattern.search(changed)
            while match:
                start, end = match.span(1) if pattern.groups else match.span()
                if set(changed[start:end]) <= set("*'\""):
                    match = pattern.search(changed, match.end())
                    continue
                found.append(Secret(kind, number))
                hidden = re.sub(r"[^'\"]", "*", changed[start:end])
                changed = changed[:start] + hidden + changed[end:]
                match = pattern.search(changed, end)
        inside_key = "-----BEGIN" in line and "PRIVATE KEY" in line and "-----END" not in line
        out.append(changed)
    return out, found
