"""Names of files inside a package, as every system can unpack them."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|%\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
_LONGEST = 150
"""Bytes of a name in UTF-8; file systems take 255, with the number in front of it."""
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_name(number: int, name: str) -> str:
    """``03-登记申请表.pdf``: numbered, so that no two are alike and none is a word that a system keeps for itself."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    ending = found[0] if (found := _ENDING.search(plain)) else ""
    stem = plain.removesuffix(ending).encode()[: _LONGEST - len(ending)].decode(errors="ignore").rstrip(" .")
    return f"{number:02}-{stem or 'file'}{ending}"
