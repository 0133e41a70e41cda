"""The worker's part of a placed photo: check it in confinement, draw its thumbnail, remove what must go."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.objects import ObjectCorrupt, ObjectMissing, ObjectTooLarge
from chassis.objects.sealing import SEALED_OVERHEAD, SealBroken, decrypt
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.work import ALONE, Lane

from identity.accounts import store as accounts
from identity.sealing import vault
from identity.verification import model, placed, store
from identity.verification.placed import IdPhoto

ATTEMPTS = IdPhoto.TERMS.attempts
Inspector = Callable[[Path, str], list[dict[str, Any]]]
"""(file, document) → findings ``{document, code, severity, params}``."""
Draw = Callable[[Path], bytes | None]
"""A small JPEG, or None for what cannot be drawn."""

_log = logger("identity.verification")


def check_photo(runtime: Runtime, inspect: Inspector, draw: Draw, lane: Lane = ALONE) -> bool:
    """Checks and draws one photo; says whether there was one. After five attempts, or when the worker has died of it as
    often, it goes unchecked: it is checked again when it is handed in."""
    with lane.piece(runtime, IdPhoto) as claimed:
        if claimed is None:
            return False
        findings, jpeg = _look(runtime, inspect, draw, claimed)
        with runtime.unit_of_work() as uow:
            photo = placed.standing(uow.session, claimed.photo_id)
            if photo is None or photo.check_state != "running":
                return True
            photo.check_state, photo.leased_until, photo.findings = "done", None, findings
            if jpeg is not None:
                photo.thumbnail = vault(uow.settings).seal(placed.THUMBNAIL, jpeg, photo.photo_id)
            uow.audit("verification.check_photo", subject=photo.photo_id, findings=len(findings))
    return True


def _look(
    runtime: Runtime, inspect: Inspector, draw: Draw, photo: IdPhoto
) -> tuple[list[dict[str, Any]], bytes | None]:
    if photo.attempts > ATTEMPTS:
        return [_finding(photo.document, "photo_not_checked", "warning")], None
    try:
        plain = _opened(runtime, photo)
    except (ObjectMissing, ObjectTooLarge, ObjectCorrupt, SealBroken) as error:
        _log.warning("id_photo_lost", photo=photo.photo_id, error=type(error).__name__)
        return [_finding(photo.document, "photo_missing", "error")], None
    with tempfile.NamedTemporaryFile(prefix="id-photo-") as file:
        file.write(plain)
        file.flush()
        path = Path(file.name)
        return inspect(path, photo.document), draw(path)


def _opened(runtime: Runtime, photo: IdPhoto) -> bytes:
    if photo.wrapped_key is None:
        raise SealBroken
    key = vault(runtime.settings).open(placed.PHOTO_KEY, photo.wrapped_key, photo.photo_id)
    return decrypt(runtime.sealed_objects.read(photo.sealed_sha256, model.LARGEST + SEALED_OVERHEAD), key)


def remove_photo(runtime: Runtime) -> bool:
    """Removes the bytes of one discarded photo, unless a submission or another photo of the account has them; says
    whether there was one."""
    with runtime.unit_of_work() as uow:
        photo = placed.to_remove(uow.session)
        if photo is None:
            return False
        accounts.get(uow.session, photo.account_id, lock=True)
        sha256 = photo.sealed_sha256
        if not placed.refers_to(uow.session, sha256) and not store.refers_to(uow.session, sha256):
            runtime.sealed_objects.delete(sha256)
        photo.removed_at = uow.now()
        uow.audit("verification.remove_photo", subject=photo.photo_id, document=photo.document)
        return True


def _finding(document: str, code: str, severity: str) -> dict[str, Any]:
    return {"document": document, "code": code, "severity": severity, "params": {}}
