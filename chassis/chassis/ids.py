"""Identifiers: sortable by creation time, unguessable, with a prefix that says what they name."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]


def new_id(prefix: str) -> str:
    """``app-06d3k…``: prefix, 48 bits of milliseconds and 80 random bits in Crockford's base 32."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return f"{prefix}-{''.join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])}"
