"""The worker's part of a verification: look at the images in the sandbox, seal them, remove what must go."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.objects import ObjectCorrupt, ObjectMissing, ObjectTooLarge
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane
from contracts.objects import ObjectRef

from identity.accounts import store as accounts
from identity.messages import notices
from identity.sealing import decrypt_object, encrypt_object, vault
from identity.verification import model, store
from identity.verification.handlers import IMAGE_LIMIT
from identity.verification.store import Verification, VerificationImage

ATTEMPTS = Verification.TERMS.attempts

Inspector = Callable[[Path, str], list[dict[str, Any]]]
"""(file, document) → findings ``{document, code, severity, params}``."""

_log = logger("identity.verification")


@dataclass(frozen=True)
class _Sealed:
    object: ObjectRef
    key: bytes


def check_one(runtime: Runtime, inspect: Inspector, lane: Lane = ALONE) -> bool:
    """Checks and seals the images of one submission; says whether there was one.

    A crash leaves the lease to run out and the next worker begins anew; after five attempts, or when the worker has
    died of it as often, the submission goes to the reviewer with a finding instead of waiting for ever. An object
    store that is away counts as no attempt.
    """
    with lane.piece(runtime, Verification) as claimed:
        if claimed is None:
            return False
        verification_id = claimed.verification_id
        with runtime.unit_of_work() as uow:
            images = list(store.images(uow.session, verification_id))
        findings, sealed = _look_and_seal(runtime, inspect, verification_id, images, claimed.attempts)
        with runtime.unit_of_work() as uow:
            _store(uow, verification_id, findings, sealed)
    return True


def _look_and_seal(
    runtime: Runtime, inspect: Inspector, verification_id: str, images: Sequence[VerificationImage], attempt: int
) -> tuple[list[dict[str, Any]], dict[str, _Sealed]]:
    findings = model.repeated_images({image.document: image.original_sha256 for image in images})
    sealed: dict[str, _Sealed] = {}
    for image in images:
        try:
            plain = _original(runtime, image)
        except (ObjectMissing, ObjectTooLarge, ObjectCorrupt) as error:
            _log.warning(
                "verification_image_lost", verification=verification_id, document=image.document, error=str(error)
            )
            findings.append(_finding(image.document, "photo_missing", "error"))
            continue
        if attempt > ATTEMPTS:
            findings.append(_finding(image.document, "photo_not_checked", "warning"))
        else:
            findings += _try_to_inspect(inspect, plain, image, attempt)
        ciphertext, key = encrypt_object(plain)
        sealed[image.document] = _Sealed(runtime.objects.put_bytes(ciphertext), key)
    return findings, sealed


def _try_to_inspect(inspect: Inspector, plain: bytes, image: VerificationImage, attempt: int) -> list[dict[str, Any]]:
    try:
        return _inspect(inspect, plain, image.document)
    except Exception:
        if attempt < ATTEMPTS:
            raise
        _log.exception("verification_check_failed", verification=image.verification_id, document=image.document)
        return [_finding(image.document, "photo_not_checked", "warning")]


def _original(runtime: Runtime, image: VerificationImage) -> bytes:
    """The uploaded bytes. When another submission of the same file was sealed and its upload removed, from there."""
    try:
        return runtime.objects.read(image.original_sha256, IMAGE_LIMIT)
    except ObjectMissing:
        with runtime.unit_of_work() as uow:
            twin = store.sealed_twin(uow.session, image.original_sha256)
            if twin is None or twin.wrapped_key is None or twin.sealed_sha256 is None:
                raise
            key = vault(uow.settings).open(store.IMAGE_KEY, twin.wrapped_key, twin.key_context)
            plain = decrypt_object(runtime.objects.read(twin.sealed_sha256, IMAGE_LIMIT + 64), key)
        return plain


def _inspect(inspect: Inspector, plain: bytes, document: str) -> list[dict[str, Any]]:
    with tempfile.NamedTemporaryFile(prefix="verification-") as file:
        file.write(plain)
        file.flush()
        return inspect(Path(file.name), document)


def _store(uow: UnitOfWork, verification_id: str, findings: list[dict[str, Any]], sealed: dict[str, _Sealed]) -> None:
    verification = store.get(uow.session, verification_id, lock=True)
    if verification is None or verification.check_state != "running":
        return
    verification.check_state, verification.leased_until, verification.findings = "done", None, findings
    for image in store.images(uow.session, verification_id):
        image.sealed_at = uow.now()
        result = sealed.get(image.document)
        if result is not None and image.discarded_at is None:
            image.sealed_sha256, image.sealed_size = result.object.sha256, result.object.size
            image.wrapped_key = vault(uow.settings).seal(store.IMAGE_KEY, result.key, image.key_context)
    uow.audit("verification.check", subject=verification_id, findings=len(findings))
    account = accounts.get(uow.session, verification.account_id)
    if account is not None and model.has_errors(findings):
        notices.notify(uow, account, "verification_images_unusable", f"{verification_id}:checked", {})


def remove_one(runtime: Runtime) -> bool:
    """Removes the bytes of one sealed upload, or of one discarded image; says whether there was one.

    Objects are shared by content. An upload goes only when it was the first with these bytes and no other submission
    waits for it: what was in the store before belongs to somebody else too.
    """
    with runtime.unit_of_work() as uow:
        image = store.claim_removal(uow.session)
        if image is None:
            return False
        if image.sealed_at is not None and image.original_removed_at is None:
            if image.first_upload and not store.waits_for(uow.session, image.original_sha256):
                runtime.objects.delete(image.original_sha256)
                uow.audit("verification.remove_upload", subject=image.verification_id, document=image.document)
            image.original_removed_at = uow.now()
        elif image.discarded_at is not None:
            if image.sealed_sha256:
                runtime.objects.delete(image.sealed_sha256)
            image.removed_at = uow.now()
            uow.audit("verification.remove_image", subject=image.verification_id, document=image.document)
        return True


def _finding(document: str, code: str, severity: str) -> dict[str, Any]:
    return {"document": document, "code": code, "severity": severity, "params": {}}
