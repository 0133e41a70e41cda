"""How long a text is where a rule counts what is written and not how it is set."""

from __future__ import annotations

import re

_WIDE = r"\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+")


def solid_length(text: str) -> int:
    """Characters without blanks and line ends of any kind: so 主要功能 of the software form is counted."""
    return sum(map(len, text.split()))


def words(text: str) -> int:
    """字数 as word processors count it: each Chinese, Japanese or Korean character and mark of punctuation is one, and
    so is each other word."""
    return len(_WORD.findall(text))
