"""Whose hands an upload's bytes are in: the gateway's until a service is to have them, then the store's or identity's.

A finished upload lies in its staging file, where nobody else can have come to rely on it. Given to a service, it
becomes an object of the common space, shared by content. Given to identity, it is sealed into identity's space, an
object of its own, and the gateway cannot read it any more.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from chassis.errors import Problem
from chassis.objects import ObjectMissing, UploadGone
from chassis.objects.sealing import SealingKey, put_sealed
from contracts.objects import ObjectRef, SealedUpload, UploadReceipt

from gateway.uploads.model import LEAVING, SEALED_LIFE, UploadState
from gateway.uploads.policy import purpose_limit
from gateway.uploads.store import Finished, UploadTable
from gateway.web.problems import HttpProblem
from gateway.web.resources import Resources


@lru_cache(maxsize=8)
def _sealing_key(keys_dir: Path) -> SealingKey:
    return SealingKey.load(keys_dir)


class Hands:
    """Moves finished uploads. Each step may be repeated, by whichever process comes after a crash."""

    def __init__(self, resources: Resources, table: UploadTable) -> None:
        self._resources = resources
        self._table = table

    def store(self, upload: UploadState) -> UploadState:
        """The upload as an object of the common space. Problems ``upload_sealed``, ``upload_unknown``."""
        if upload.sealed_sha256 is not None:
            raise HttpProblem("upload_sealed")
        if upload.stored_sha256 is not None:
            return upload
        try:
            self._resources.staging.finish(upload.upload_id, _content(upload))
        except UploadGone:
            raise self._moved(upload) from None
        stored = self._table.store(upload.upload_id)
        if stored is None:  # removed or sealed at this moment: what was stored is to go again
            self._table.leave("", _content(upload).sha256, datetime.now(UTC) + LEAVING)
            raise self._moved(upload)
        return stored

    def seal(self, upload: UploadState) -> UploadState:
        """The upload sealed in identity's space. Problems ``upload_too_large``, ``upload_unknown``."""
        if upload.sealed_sha256 is None:
            upload = self._seal(upload)
        self._resources.staging.discard(upload.upload_id)
        return upload

    def _seal(self, upload: UploadState) -> UploadState:
        limit = purpose_limit("id_image")
        if upload.length > limit:
            raise HttpProblem("upload_too_large", limit=limit >> 20, size=-(-upload.length // (1 << 20)))
        try:
            plain = self._bytes(upload)
        except ObjectMissing:
            return self._sealed_by_another(upload)
        store = self._resources.runtime.sealed_objects
        ref, sealed = put_sealed(_sealing_key(self._resources.runtime.settings.keys_dir), store, plain)
        now = datetime.now(UTC)
        when = Finished(now, min(now + SEALED_LIFE, max(upload.expires_at, now + LEAVING)))
        done = self._table.seal(upload.upload_id, ref, sealed, when, now + LEAVING)
        if done is None:
            store.delete(ref.sha256)
        return done or self._sealed_by_another(upload)

    def _sealed_by_another(self, upload: UploadState) -> UploadState:
        now = self._table.get(upload.upload_id)
        if now is None or now.sealed_sha256 is None:
            raise Problem("upload_unknown")
        return now

    def receipt(self, upload: UploadState, expires: datetime) -> UploadReceipt:
        """What services are told of an upload that was stored or sealed."""
        sealed = None
        ref = _content(upload)
        if upload.sealed_sha256 is not None and upload.envelope is not None:
            sealed = SealedUpload(
                content=ref,
                content_type=upload.content_type,
                envelope=base64.b64encode(upload.envelope).decode(),
            )
            ref = ObjectRef(sha256=upload.sealed_sha256, size=upload.sealed_size or 0)
        return UploadReceipt(
            upload_id=upload.upload_id,
            account=upload.owner,
            object=ref,
            file_name=upload.file_name,
            expires=expires,
            sealed=sealed,
        )

    def _bytes(self, upload: UploadState) -> bytes:
        try:
            return self._resources.staging.read(upload.upload_id, upload.length)
        except UploadGone:
            return self._resources.runtime.objects.read(upload.stored_sha256 or "", upload.length)

    def _moved(self, upload: UploadState) -> Problem:
        """Why an upload is not where it was a moment ago."""
        now = self._table.get(upload.upload_id)
        return HttpProblem("upload_sealed") if now and now.sealed_sha256 else Problem("upload_unknown")


def _content(upload: UploadState) -> ObjectRef:
    assert upload.sha256 is not None  # it is finished
    return ObjectRef(sha256=upload.sha256, size=upload.length)
