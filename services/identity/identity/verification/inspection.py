"""Looks at one image, or draws a seal, in confinement. The pool of disposable processes lives in the worker process."""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool, Limits
from chassis.telemetry import logger

_MODULE = "identity.verification.image_rules"
HANDS = 2
_SEALS = "identity.verification.seal_picture"
_MARKED = "identity.verification.marked_picture"
_LIMITS = Limits(memory_bytes=512 << 20, cpu_seconds=10, wall_seconds=15.0, output_bytes=0, reply_bytes=1 << 20)

_log = logger("identity.verification")
_pool: ConfinedPool | None = None
_starting = threading.Lock()


def inspect_image(path: Path, document: str) -> list[dict[str, Any]]:
    """Findings ``{document, code, severity, params}``. A file that its reader cannot survive is damaged, to us.

    ``ConfinementLost`` when the reader was killed from outside: then nobody knows.
    """
    outcome = _confined().run(f"{_MODULE}:inspect_id_image", path=path, args={"role": document}, limits=_LIMITS)
    if not outcome.ok:
        _log.warning("verification_image_refused", document=document, outcome=outcome.kind, detail=outcome.detail)
        return [{"document": document, "code": "photo_damaged", "severity": "error", "params": {}}]
    return [{"document": document, **finding} for finding in outcome.value["findings"]]


def render_seal(path: Path) -> bytes | None:
    """The PNG that is drawn on what an organisation signs; None for a file that cannot be drawn."""
    outcome = _confined().run(f"{_SEALS}:render_seal", path=path, limits=_LIMITS)
    encoded = outcome.value.get("png") if outcome.ok else None
    return base64.b64decode(encoded) if encoded else None


def draw_marked(path: Path, mark: str) -> bytes | None:
    """A JPEG of the picture with a mark all over it; None for a file that cannot be drawn."""
    outcome = _confined().run(f"{_MARKED}:draw_marked", path=path, args={"mark": mark}, limits=_LIMITS)
    encoded = outcome.value.get("jpeg") if outcome.ok else None
    return base64.b64decode(encoded) if encoded else None


def draw_reduced(path: Path) -> bytes | None:
    """A small JPEG of the picture for who sent it; None for a file that cannot be drawn."""
    outcome = _confined().run(f"{_MARKED}:draw_reduced", path=path, limits=_LIMITS)
    encoded = outcome.value.get("jpeg") if outcome.ok else None
    return base64.b64decode(encoded) if encoded else None


def close_confined() -> None:
    """Ends the confined processes."""
    global _pool
    with _starting:
        if _pool is not None:
            _pool.close()
            _pool = None


def _confined() -> ConfinedPool:
    global _pool
    with _starting:
        if _pool is None:
            _pool = ConfinedPool([_MODULE, _SEALS, _MARKED], workers=HANDS)
        return _pool
