"""A photograph that comes with a recovery: how large, how many, for how long. Pure.

Whoever sends one may be a stranger, so there is a bound for each network and for all of them together.
"""

from __future__ import annotations

from datetime import timedelta

LARGEST = 20 << 20
"""Bytes of one."""
PER_NETWORK = 10
"""Kept at a time of one IPv4 address or IPv6 /64; the sandbox allows ten times as many."""
IN_ALL = 4 << 30
"""Bytes kept at a time, whoever sent them."""
LIFE = timedelta(days=90)
"""At most, however long a request lies there."""
PHOTO = "photo"
KEPT = ("id_front", "id_back", "legal_representative_id")
"""What a verification keeps of a person, to lay beside it."""


def has_room(count: int, total: int, size: int, most: int) -> bool:
    """Whether one of ``size`` bytes may come, where its network has ``count`` and all have ``total`` bytes."""
    return count < most and total + size <= IN_ALL


def is_picture(content_type: str) -> bool:
    """A PDF is none."""
    return content_type.startswith("image/")
