"""Images and scans that people send to identity: sealed for it on arrival, opened by nobody else.

What is said here of a file's content is the gateway's word, which saw it: the receipt is signed.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chassis.objects.sealing import OpeningKeys, SealBroken
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.objects import ObjectRef

from identity.sealing import Vault, vault

_log = logger("identity.images")


@dataclass(frozen=True)
class ReceivedImage:
    """``object`` is the ciphertext in identity's space, ``content`` the file as it was sent."""

    object: ObjectRef
    content: ObjectRef
    content_type: str
    file_name: str
    _key: bytes
    _vault: Vault

    @property
    def columns(self) -> dict[str, Any]:
        """What the row of such a file keeps of it."""
        return {
            "original_sha256": self.content.sha256,
            "original_size": self.content.size,
            "file_name": self.file_name,
            "content_type": self.content_type,
            "sealed_sha256": self.object.sha256,
            "sealed_size": self.object.size,
        }

    def wrapped(self, purpose: str, context: str) -> bytes:
        """The object's key for the row that ``context`` names: destroyed there, the file is."""
        return self._vault.seal(purpose, self._key, context)


@lru_cache(maxsize=8)
def opening_keys(keys_dir: Path) -> OpeningKeys:
    """Raises ``SettingsError`` when there are none."""
    return OpeningKeys.load(keys_dir)


def received_image(
    uow: UnitOfWork, token: str, limit: int, *, sign_up: str = "", pdf: bool = False
) -> ReceivedImage | None:
    """The image that a receipt speaks of; None unless it is one (``pdf``: or a PDF) of at most ``limit`` bytes.

    None too when its object is gone: an upload that was used for a decided verification does not serve again.
    Problem ``receipt_invalid``, also for an upload that was not sealed for identity.
    """
    receipt = uow.receipt(token, sign_up=sign_up, sealed=True)
    sealed = receipt.sealed
    if sealed is None or sealed.content_type is None or not 0 < sealed.content.size <= limit:
        return None
    if sealed.content_type == "application/pdf" and not pdf:
        return None
    if not uow.sealed_objects.exists(receipt.object.sha256):
        return None
    try:
        key = opening_keys(uow.settings.keys_dir).open(base64.b64decode(sealed.envelope), receipt.object.sha256)
    except SealBroken:
        _log.error("image_envelope_broken", upload=receipt.upload_id)
        return None
    return ReceivedImage(
        receipt.object, sealed.content, sealed.content_type, receipt.file_name, key, vault(uow.settings)
    )
