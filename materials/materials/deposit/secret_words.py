"""Which names hold secrets, and which values are none: by the words of a name and the looks of a value."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Literal

Weight = Literal["strong", "weak"]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_STRONG = re.compile(
    r"passw(?:or)?d|passphrase|passcode|pwd|pswd|secret(?!ar)|密码|口令|密钥|私钥"
    r"|(?:api|app|access|private|secret|sign|signing|auth|master|storage|account|security|session|cipher|crypto?|aes|des"
    r"|hmac|jwt|rsa|encrypt|encryption|license|merchant|mch|pay)key"
    r"|(?:auth|access|refresh|api|bot|bearer|session|id|csrf|push|github|gitlab|slack)token"
)


def _read(name: str) -> frozenset[str]:
    words = tomllib.loads(resources.files(__package__).joinpath("secret_words.toml").read_text("utf-8"))
    return frozenset(words[name])


_LABELS, _ABOUT_FIRST, _PLACEHOLDERS = _read("labels"), _read("about_first"), _read("placeholders")
_STRONG_LAST, _WEAK_LAST = _read("strong_last"), _read("weak_last")
_PLACEHOLDER_STARTS = (
    "your",
    "<",
    "$",
    "{",
    "%",
    "#{",
    "@{",
    "xxx",
    "example",
    "enter",
    "please",
    "...",
    "env(",
    "insert",
)
_TALK = re.compile(
    r"(?i)\b(?:password|passwords|passwd|enter|must|please|your|the|invalid|incorrect|wrong|required|confirm|forgot|is|not"
    r"|missing|cannot|failed|to|a|of|for|at)\b"
)
_TECHNICAL = re.compile(
    r"(?i)utf-?\d+(?:-?[lb]e)?|(?:iso-?)?8859-\d+|latin-?1|gb\d{4,5}|base\d\d|md5|sha-?\d{1,3}|nfk?[cd]|aes[-/\w]*"
)
_NAME_LIKE = re.compile(r"[A-Za-z]+(?:[-_. :/][A-Za-z]+)+|[a-z]+(?:[A-Z][a-z]+)+|/.*|https?://.*|\w+\(.*|[A-Z][A-Z_]+")


@lru_cache(maxsize=4096)
def weight_of(name: str) -> Weight | None:
    """``strong``: what stands under this name is a secret unless it looks like a label. ``weak``: it is one if it looks
    random. ``dbPassword``, ``db.password``, ``DB_PASSWORD``, ``db-password`` are one name."""
    words = [word.lower() for word in _WORDS.findall(name)][-8:]
    while words and words[-1].isdigit():
        words.pop()
    if not words:
        return None
    joined = "".join(words)
    last = [match.group() for match in _STRONG.finditer(joined)][-1:]
    if not last and words[-1] not in _STRONG_LAST:
        return "weak" if words[-1] in _WEAK_LAST or joined.endswith(("token", "key")) else None
    asks = len(words) > 1 and words[0] in _ABOUT_FIRST
    labels = words[-1] in _LABELS and not joined.endswith(last[0] if last else words[-1])
    return "weak" if asks or labels else "strong"


def is_secret(name: str, weight: Weight, value: str) -> bool:
    """Whether a literal under this name is a secret, and no placeholder, label, sentence or name of something."""
    word = value.strip().lower()
    plain = re.sub(r"[^a-z]", "", word)
    if len(word) < 3 or (word.isascii() and plain in _PLACEHOLDERS and not any(c.isdigit() for c in word)):
        return False
    if word.startswith(_PLACEHOLDER_STARTS) or _TECHNICAL.fullmatch(word) or set(word) <= set("*x.-_ ?#"):
        return False
    if plain and re.sub(r"[^a-z0-9]", "", word) == re.sub(r"[^a-z0-9]", "", name.lower()):
        return False
    if weight == "weak":
        return looks_random(value)
    if any(c.isdigit() for c in word) and " " not in word:
        return True
    if not any(c.isascii() for c in word) or any("\u4e00" <= c <= "\u9fff" for c in word):
        return False
    if " " in word.strip():
        return _TALK.search(word) is None
    return not (_STRONG.search(plain) and _NAME_LIKE.fullmatch(value))


def looks_random(value: str) -> bool:
    """Letters and digits (or hex) mixed as no name or version is."""
    if len(value) < 8 or re.search(r"[\s(){}<>|\\]", value) or value.startswith(("http:", "https:", "/", "./")):
        return False
    digits, letters = sum(c.isdigit() for c in value), sum(c.isalpha() for c in value)
    if not digits or not letters or not value.isascii():
        return False
    runs = re.findall(r"[A-Za-z0-9]+", value)
    return any(
        (len(run) >= 8 and sum(a.isdigit() != b.isdigit() for a, b in pairwise(run)) >= 3)
        or (len(run) >= 16 and re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", run))
        or (len(run) >= 24 and sum(c.isdigit() for c in run) >= 3)
        for run in runs
    )
