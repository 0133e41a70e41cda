"""What an uploaded image is, by its first bytes. Untrusted bytes are decoded in the sandbox only."""

from __future__ import annotations

from chassis.objects import ObjectMissing, ObjectStore
from contracts.objects import ObjectRef

_SIGNATURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def image_type(objects: ObjectStore, ref: ObjectRef, limit: int, *, pdf: bool = False) -> str | None:
    """``image/jpeg``, ``image/png`` or ``image/webp``, with ``pdf`` also ``application/pdf``; None for anything else.

    None also for what is missing, empty or larger than ``limit`` bytes.
    """
    if not 0 < ref.size <= limit:
        return None
    try:
        with objects.open(ref.sha256) as stream:
            head = stream.read(16)
    except ObjectMissing:
        return None
    if pdf and head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)
