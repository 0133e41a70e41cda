"""The worker's part of a verification: look at the images in confinement, remove those that must go."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from chassis.objects import ObjectCorrupt, ObjectMissing, ObjectTooLarge
from chassis.objects.sealing import SEALED_OVERHEAD, SealBroken, decrypt
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane

from identity.accounts import store as accounts
from identity.messages import notices
from identity.sealing import vault
from identity.verification import model, placed, placing, store
from identity.verification.inspection import render_seal
from identity.verification.store import Verification, VerificationImage

ATTEMPTS = Verification.TERMS.attempts

Inspector = Callable[[Path, str], list[dict[str, Any]]]
"""(file, document) → findings ``{document, code, severity, params}``."""

_log = logger("identity.verification")


def check_one(
    runtime: Runtime, inspect: Inspector, lane: Lane = ALONE, draw: Callable[[Path], bytes | None] = render_seal
) -> bool:
    """Checks the images of one submission; says whether there was one.

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
        findings = _look(runtime, inspect, images, claimed.attempts, draw)
        if claimed.attempts <= ATTEMPTS:
            findings += _held_seal(runtime, claimed, inspect, draw)
        with runtime.unit_of_work() as uow:
            _store(uow, verification_id, findings)
    return True


def _held_seal(
    runtime: Runtime, claimed: Verification, inspect: Inspector, draw: Callable[[Path], bytes | None]
) -> list[dict[str, Any]]:
    """Renders the account's seal, if it has one that is not drawn yet: an organisation signs once it is verified. Looks
    at it where the organisation is verified by it: hints for the reviewer, for it is not sent again with the images."""
    account_id = claimed.account_id
    with runtime.unit_of_work() as uow:
        seal = uow.session.get(accounts.Seal, account_id)
    if seal is None or (seal.picture is not None and claimed.part != model.IDENTITY):
        return []
    keys = vault(runtime.settings)
    key = keys.open(accounts.SEAL_KEY, seal.wrapped_key, account_id)
    try:
        plain = decrypt(runtime.sealed_objects.read(seal.sealed_sha256, model.LARGEST + SEALED_OVERHEAD), key)
    except (ObjectMissing, ObjectTooLarge, ObjectCorrupt, SealBroken) as error:
        _log.warning("seal_lost", account=account_id, error=f"{type(error).__name__}: {error}")
        return []
    if seal.picture is None:
        with tempfile.NamedTemporaryFile(prefix="seal-") as file:
            file.write(plain)
            file.flush()
            picture = draw(Path(file.name))
        if picture is None:
            return [_finding(model.HELD_SEAL, "photo_damaged", "warning")]
        _keep_drawn(runtime, account_id, picture)
    if claimed.part != model.IDENTITY:
        return []
    seen = _try_to_inspect(inspect, plain, claimed.verification_id, model.HELD_SEAL, claimed.attempts)
    return [found | {"severity": "warning"} if found["severity"] == "error" else found for found in seen]


def _keep_drawn(runtime: Runtime, account_id: str, picture: bytes) -> None:
    with runtime.unit_of_work() as uow:
        sealed = vault(runtime.settings).seal(accounts.SEAL_PICTURE, picture, account_id)
        uow.session.get_one(accounts.Seal, account_id).picture = sealed
        uow.audit("seal.draw", subject=account_id)


def _look(
    runtime: Runtime,
    inspect: Inspector,
    images: Sequence[VerificationImage],
    attempt: int,
    draw: Callable[[Path], bytes | None],
) -> list[dict[str, Any]]:
    findings = model.repeated_images({image.document: image.original_sha256 for image in images})
    for image in images:
        if image.wrapped_key is None:
            continue
        try:
            plain = _opened(runtime, image, image.wrapped_key)
        except (ObjectMissing, ObjectTooLarge, ObjectCorrupt, SealBroken) as error:
            _log.warning(
                "verification_image_lost",
                verification=image.verification_id,
                document=image.document,
                error=f"{type(error).__name__}: {error}",
            )
            findings.append(_finding(image.document, "photo_missing", "error"))
            continue
        if attempt > ATTEMPTS:
            findings.append(_finding(image.document, "photo_not_checked", "warning"))
        else:
            look = _drawing(runtime, draw, image, inspect) if image.document == model.NEW_SEAL else inspect
            findings += _try_to_inspect(look, plain, image.verification_id, image.document, attempt)
    return findings


def _drawing(
    runtime: Runtime, draw: Callable[[Path], bytes | None], image: VerificationImage, inspect: Inspector
) -> Inspector:
    """Of a seal: it need not be a photograph; it has to be drawn on what the organisation will sign. Then it is looked
    at for what seals look like."""

    def look(path: Path, document: str) -> list[dict[str, Any]]:
        picture = draw(path)
        if picture is None:
            return [_finding(document, "photo_damaged", "error")]
        sealed = vault(runtime.settings).seal(accounts.SEAL_PICTURE, picture, image.key_context)
        with runtime.unit_of_work() as uow:
            standing = store.image(uow.session, image.verification_id, document, lock=True)
            if standing is not None and standing.discarded_at is None:
                standing.picture = sealed
        return inspect(path, document)

    return look


def _try_to_inspect(
    inspect: Inspector, plain: bytes, verification_id: str, document: str, attempt: int
) -> list[dict[str, Any]]:
    try:
        return _inspect(inspect, plain, document)
    except Exception:
        if attempt < ATTEMPTS:
            raise
        _log.exception("verification_check_failed", verification=verification_id, document=document)
        return [_finding(document, "photo_not_checked", "warning")]


def _opened(runtime: Runtime, image: VerificationImage, wrapped_key: bytes) -> bytes:
    key = vault(runtime.settings).open(store.IMAGE_KEY, wrapped_key, image.key_context)
    return decrypt(runtime.sealed_objects.read(image.sealed_sha256, model.LARGEST + SEALED_OVERHEAD), key)


def _inspect(inspect: Inspector, plain: bytes, document: str) -> list[dict[str, Any]]:
    with tempfile.NamedTemporaryFile(prefix="verification-") as file:
        file.write(plain)
        file.flush()
        return inspect(Path(file.name), document)


def _store(uow: UnitOfWork, verification_id: str, findings: list[dict[str, Any]]) -> None:
    verification = store.get(uow.session, verification_id, lock=True)
    if verification is None or verification.check_state != "running":
        return
    verification.check_state, verification.leased_until, verification.findings = "done", None, findings
    uow.audit("verification.check", subject=verification_id, findings=len(findings))
    account = accounts.get(uow.session, verification.account_id)
    if account is not None and model.has_errors(findings):
        identity = verification.part == model.IDENTITY
        if identity:
            placing.keep_usable(uow, verification, handheld=True)
        template = "verification_images_unusable" if identity else "replacement_unusable"
        notices.notify(uow, account, template, f"{verification_id}:checked", {})


def remove_one(runtime: Runtime) -> bool:
    """Removes the bytes of one discarded image from identity's own space; says whether there was one.

    An object comes from one upload of one account, so whoever holds the account knows all that refers to it.
    """
    with runtime.unit_of_work() as uow:
        image = store.to_remove(uow.session)
        if image is None:
            return False
        verification = store.get(uow.session, image.verification_id)
        assert verification is not None  # a foreign key says so
        accounts.get(uow.session, verification.account_id, lock=True)
        if not store.kept_elsewhere(uow.session, image) and not placed.refers_to(uow.session, image.sealed_sha256):
            runtime.sealed_objects.delete(image.sealed_sha256)
        image.removed_at = uow.now()
        uow.audit("verification.remove_image", subject=image.verification_id, document=image.document)
        return True


def _finding(document: str, code: str, severity: str) -> dict[str, Any]:
    return {"document": document, "code": code, "severity": severity, "params": {}}
