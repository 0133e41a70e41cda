"""How large, how many and how long: by who uploads, and by what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chassis.actor import Actor

MIB = 1 << 20

PURPOSES = {
    "seal": 5 * MIB,
    "id_image": 20 * MIB,
    "proof": 50 * MIB,
    "material": 200 * MIB,
    "recording": 1024 * MIB,
    "bank_statement": 50 * MIB,
    "batch_archive": 2048 * MIB,
}
"""Largest size in bytes by the ``purpose`` a client may name in ``Upload-Metadata``; *material* unless it does."""


@dataclass(frozen=True)
class UploadPolicy:
    """Limits of one uploader. Sizes in bytes; ``open_uploads`` counts what has neither expired nor been deleted."""

    max_size: int
    open_uploads: int
    unfinished_life: timedelta
    finished_life: timedelta


ACCOUNTS = UploadPolicy(PURPOSES["batch_archive"], 400, timedelta(hours=24), timedelta(days=7))
VISITORS = UploadPolicy(20 * MIB, 30, timedelta(hours=1), timedelta(hours=2))


def policy_for(actor: Actor) -> UploadPolicy:
    return VISITORS if actor.kind == "anonymous" else ACCOUNTS


def size_limit(actor: Actor, purpose: str) -> int:
    """Bytes that ``actor`` may upload for ``purpose``."""
    return min(policy_for(actor).max_size, PURPOSES.get(purpose, PURPOSES["material"]))
