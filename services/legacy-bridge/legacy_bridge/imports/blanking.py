"""Originals as the bridge may keep them: without the old passwords, in whatever form a row has them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contracts.legacy import BETWEEN

_HASH = re.compile(rb"[0-9A-Fa-f]{32,}")
# Of a row that could not be read nobody knows which column is which: whatever may be a hash or a part of one goes, and
# numbers of persons with it; the source still has them.
_MAYBE_HASH = re.compile(rb"[0-9A-Fa-f]{6,}|[0-9A-Fa-f]+\s*\Z|[A-Za-z0-9+/=$]{20,}")
_LEAST = 8
"""Bytes of a value that is looked for in the row; a shorter one could be found anywhere in it."""


def blanked(raw: bytes, values: Sequence[str], secrets: Sequence[int]) -> bytes:
    """The bytes of a row without the values of these columns. ``values``: none where it could not be read."""
    if not values:
        return _MAYBE_HASH.sub(_stars, raw)
    for secret in filter(None, (values[place].strip() for place in secrets)):
        written = secret.encode("ascii", "replace")
        if len(written) < _LEAST or written not in raw:  # quoted, escaped, in a memo
            raw = BETWEEN.join(without(values, secrets)).encode("utf-8", "backslashreplace")
        raw = raw.replace(written, b"*" * len(written))
    return _HASH.sub(_stars, raw)


def without(values: Sequence[str], secrets: Sequence[int]) -> list[str]:
    """The values, those of these columns blank."""
    return ["" if place in secrets else value for place, value in enumerate(values)]


def _stars(found: re.Match[bytes]) -> bytes:
    return b"*" * len(found[0])
