"""The worker's part: look at a photograph in confinement, draw what the office may see, remove what must go."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chassis.objects import ObjectCorrupt, ObjectMissing, ObjectTooLarge
from chassis.objects.sealing import SEALED_OVERHEAD, SealBroken, decrypt
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane

from identity.photos import model, store
from identity.photos.store import RecoveryPhoto, RecoveryPicture
from identity.recoveries import store as recoveries
from identity.sealing import vault
from identity.verification import placed
from identity.verification import store as verification

ATTEMPTS = RecoveryPhoto.TERMS.attempts
Inspector = Callable[[Path, str], list[dict[str, Any]]]
"""(file, document) → findings ``{document, code, severity, params}``."""
Draw = Callable[[Path, str], bytes | None]
"""(file, mark) → JPEG, or None for what cannot be drawn."""

_log = logger("identity.photos")


@dataclass
class _Seen:
    findings: list[dict[str, Any]] = field(default_factory=list)
    drawn: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class _Source:
    """Where a picture is drawn from: an object and its key."""

    sha256: str
    key: bytes


def draw_one(runtime: Runtime, inspect: Inspector, draw: Draw, lane: Lane = ALONE) -> bool:
    """Checks and draws what one photograph still lacks; says whether there was one.

    After five attempts, or when the worker has died of it as often, the office gets a finding instead. An object store
    that is away counts as no attempt.
    """
    with lane.piece(runtime, RecoveryPhoto) as claimed:
        if claimed is None:
            return False
        with runtime.unit_of_work() as uow:
            mark, sources, seen = _asked_for(uow, claimed)
        if claimed.attempts > ATTEMPTS:
            seen.findings = [_finding("photo_not_checked", "warning")]
        else:
            for picture, source in sources.items():
                _look(runtime, inspect, draw, picture, source, mark, seen)
        with runtime.unit_of_work() as uow:
            _store(uow, claimed, seen)
    return True


def _asked_for(uow: UnitOfWork, claimed: RecoveryPhoto) -> tuple[str, Mapping[str, _Source], _Seen]:
    """The mark, what is to be drawn, and what was seen before."""
    keys, there = vault(uow.settings), set(store.pictures(uow.session, claimed.photo_id))
    recovery = recoveries.get(uow.session, claimed.recovery_id)
    photo = store.kept(uow.session, claimed.recovery_id)
    if recovery is None or photo is None or photo.photo_id != claimed.photo_id or photo.wrapped_key is None:
        return "", {}, _Seen()
    sources, findings = dict[str, _Source](), list(photo.findings)
    if model.PHOTO not in there and not findings:
        key = keys.open(store.PHOTO_KEY, photo.wrapped_key, photo.photo_id)
        sources[model.PHOTO] = _Source(photo.sealed_sha256, key)
    for image in verification.images(uow.session, photo.compared_with or ""):
        shown = image.document in model.KEPT and model.is_picture(image.content_type)
        if shown and image.wrapped_key is not None and image.document not in there:
            key = keys.open(verification.IMAGE_KEY, image.wrapped_key, image.key_context)
            sources[image.document] = _Source(image.sealed_sha256, key)
    return recovery.receipt, sources, _Seen(findings)


def _look(
    runtime: Runtime, inspect: Inspector, draw: Draw, picture: str, source: _Source, mark: str, seen: _Seen
) -> None:
    try:
        plain = decrypt(runtime.sealed_objects.read(source.sha256, model.LARGEST + SEALED_OVERHEAD), source.key)
    except (ObjectMissing, ObjectTooLarge, ObjectCorrupt, SealBroken) as error:
        _log.warning("recovery_photo_lost", picture=picture, receipt=mark, error=type(error).__name__)
        seen.findings += [_finding("photo_missing", "error")] if picture == model.PHOTO else []
        return
    with tempfile.NamedTemporaryFile(prefix="recovery-") as file:
        file.write(plain)
        file.flush()
        if picture == model.PHOTO:
            seen.findings += inspect(Path(file.name), picture)
        drawn = draw(Path(file.name), mark)
    if drawn is not None:
        seen.drawn[picture] = drawn
    elif picture == model.PHOTO and not any(found["severity"] == "error" for found in seen.findings):
        seen.findings.append(_finding("photo_damaged", "error"))


def _store(uow: UnitOfWork, claimed: RecoveryPhoto, seen: _Seen) -> None:
    """Nothing of one that was discarded, or is to be laid beside something else, meanwhile."""
    photo = store.kept(uow.session, claimed.recovery_id, lock=True)
    if photo is None or photo.photo_id != claimed.photo_id or photo.check_state != "running":
        return
    same, keys = photo.compared_with == claimed.compared_with, vault(uow.settings)
    for picture, jpeg in seen.drawn.items():
        if same or picture == model.PHOTO:
            sealed = keys.seal(store.PICTURE, jpeg, store.picture_context(photo.photo_id, picture))
            uow.session.merge(RecoveryPicture(photo_id=photo.photo_id, picture=picture, sealed=sealed))
    photo.findings = seen.findings
    if same:
        photo.check_state, photo.leased_until = "done", None
    uow.audit("recovery.check_photo", subject=photo.recovery_id, findings=len(seen.findings))


def remove_one(runtime: Runtime) -> bool:
    """Removes the bytes of one discarded photograph; says whether there was one. No other recovery refers to them."""
    with runtime.unit_of_work() as uow:
        photo = store.to_remove(uow.session)
        if photo is None:
            return False
        sha256 = photo.sealed_sha256
        if not verification.refers_to(uow.session, sha256) and not placed.refers_to(uow.session, sha256):
            runtime.sealed_objects.delete(sha256)
        photo.removed_at = uow.now()
        uow.audit("recovery.remove_photo", subject=photo.recovery_id)
        return True


def _finding(code: str, severity: str) -> dict[str, Any]:
    return {"document": model.PHOTO, "code": code, "severity": severity, "params": {}}
