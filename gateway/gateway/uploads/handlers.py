"""What happens to an upload, whichever protocol brings it: created, filled, finished, used, forgotten.

Truth is kept in two places that survive any process: the row says what is certain, the staging file what has arrived
since. An upload belongs to its owner: an account id, ``visitor:<session>``, or for API clients without account and
cookie ``bearer:<random>``, whose upload id is the only key to it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chassis.errors import Problem
from chassis.objects import UploadBusy, UploadGone
from chassis.objects.uploads import StagedUpload
from chassis.receipts import ReceiptSigner
from contracts.objects import ObjectRef, UploadReceipt

from gateway.uploads.model import Checksum, UploadState, clean_file_name
from gateway.uploads.policy import policy_for, size_limit
from gateway.uploads.store import UploadTable
from gateway.web.caller import Caller
from gateway.web.metrics import UPLOADED, UPLOADS
from gateway.web.problems import HttpProblem
from gateway.web.registry import Registry

LOCK_WAIT = 3.0
SWEEP_AT_ONCE = 5
RECEIPT_LIFE = timedelta(minutes=15)
Read = Callable[[int], bytes]


class Uploads:
    """Uploads as one caller sees them."""

    def __init__(self, registry: Registry, caller: Caller) -> None:
        self._caller = caller
        self._registry = registry
        self._staging = registry.staging
        self._table = UploadTable(registry.runtime.ask)
        self._policy = policy_for(caller.actor)

    def create(self, length: int, file_name: str, purpose: str, metadata_header: str = "") -> UploadState:
        """An empty upload. Problems ``upload_too_large``, ``uploads_too_many``, ``upload_quota_full``."""
        limit = size_limit(self._caller.actor, purpose)
        if length > limit:
            raise HttpProblem("upload_too_large", limit=limit >> 20, size=-(-length // (1 << 20)))
        owner, now = self._owner(), datetime.now(UTC)
        self._sweep(now)
        count, size = self._table.holding_of(owner, now)
        if count >= self._policy.open_uploads:
            raise HttpProblem("uploads_too_many", limit=self._policy.open_uploads)
        if size + length > self._policy.total_size:
            raise HttpProblem("upload_quota_full", used=size >> 20, limit=self._policy.total_size >> 20)
        upload = UploadState(
            upload_id=secrets.token_hex(16),
            owner=owner,
            length=length,
            received=0,
            tail_counts=True,
            file_name=clean_file_name(file_name),
            metadata_header=metadata_header,
            sha256=None,
            expires_at=now + self._policy.unfinished_life,
            finished_at=None,
        )
        self._table.add(upload)
        try:
            self._staging.create(upload.upload_id)
        except OSError:
            self._table.remove(upload.upload_id)
            raise
        return upload

    def offer(self, key: str, ref: ObjectRef, file_name: str) -> UploadState:
        """A file that a service made for the caller (a repaired one), as a finished upload of theirs.

        ``key`` names it for good: offered again, it is the same upload.
        """
        digest = hashlib.sha256(f"{self._caller.actor.subject}\0{self._caller.session}\0{key}".encode()).hexdigest()
        owner = self._owner()
        now = datetime.now(UTC)
        upload = UploadState(
            upload_id=digest[:32],
            owner=f"bearer:{digest[32:]}" if owner.startswith("bearer:") else owner,
            length=ref.size,
            received=ref.size,
            tail_counts=True,
            file_name=clean_file_name(file_name),
            metadata_header="",
            sha256=ref.sha256,
            expires_at=now + self._policy.finished_life,
            finished_at=now,
        )
        self._table.offer(upload)
        return upload

    def get(self, upload_id: str) -> UploadState:
        """Problems ``upload_unknown`` (also for somebody else's) and ``upload_expired``."""
        upload = self._table.get(upload_id) if upload_id.isalnum() else None
        if upload is None or not self._may_use(upload):
            raise Problem("upload_unknown")
        if upload.expires_at < datetime.now(UTC):
            raise HttpProblem("upload_expired")
        return upload

    def offset(self, upload: UploadState) -> int:
        """Bytes that need not be sent again."""
        if upload.sha256 is not None:
            return upload.length
        try:
            return upload.offset(self._staging.length(upload.upload_id))
        except UploadGone:
            fresh = self.get(upload.upload_id)
            return fresh.length if fresh.sha256 else fresh.received

    def append(
        self, upload_id: str, offset: int, body_length: int | None, read: Read, checksum: Checksum | None
    ) -> UploadState:
        """Appends a body at ``offset``; what arrived before a failure stays, unless a checksum was promised for it.

        Problems ``upload_busy``, ``upload_offset_mismatch``, ``upload_too_long``, ``upload_checksum_mismatch``.
        A full disk (OSError) and whatever ``read`` raises (the client went away) pass through.
        """
        upload = self.get(upload_id)
        try:
            with self._staging.hold(upload_id, LOCK_WAIT) as staged:
                upload = self.get(upload_id)
                self._check_place(upload, offset, upload.offset(staged.length()), body_length)
                self._prepare(upload, staged, offset, checksum)
                after = self._receive(upload, staged, offset, read, checksum)
                if staged.length() == upload.length:
                    ref = staged.reference()
                    self._record(upload_id, ref)
                    after = self._deliver(upload_id, ref)
                return after
        except UploadBusy:
            raise HttpProblem("upload_busy", headers={"Retry-After": "3"}) from None
        except UploadGone:
            moved = self.get(upload_id)
            if moved.sha256 is None:
                raise Problem("upload_unknown") from None
            self._check_place(moved, offset, moved.length, body_length)
            return moved

    def finish(self, upload_id: str) -> UploadState:
        """Makes sure that a complete upload lies in the object store, whoever died on the way there.

        Problem ``upload_incomplete`` when bytes are missing.
        """
        upload = self.get(upload_id)
        if upload.finished_at is not None:
            return upload
        if upload.sha256 is None and self.offset(upload) < upload.length:
            raise Problem("upload_incomplete")
        try:
            with self._staging.hold(upload_id, LOCK_WAIT) as staged:
                ref = staged.reference()
                self._record(upload_id, ref)
                return self._deliver(upload_id, ref)
        except UploadBusy:
            raise HttpProblem("upload_busy", headers={"Retry-After": "3"}) from None
        except UploadGone:
            moved = self.get(upload_id)
            if moved.sha256 is None:
                raise Problem("upload_unknown") from None
            return self._deliver(upload_id, ObjectRef(sha256=moved.sha256, size=moved.length))

    def receipt(self, upload_id: str) -> tuple[str, UploadState]:
        """A fresh receipt for services, and the upload it speaks of. Problems as :meth:`finish`."""
        upload = self.finish(upload_id)
        assert upload.sha256 is not None
        receipt = UploadReceipt(
            upload_id=upload_id,
            account=upload.owner,
            object=ObjectRef(sha256=upload.sha256, size=upload.length),
            file_name=upload.file_name,
            expires=datetime.now(UTC) + RECEIPT_LIFE,
            first=upload.first,
        )
        return ReceiptSigner(self._registry.runtime.signer).issue(receipt), upload

    def remove(self, upload_id: str) -> None:
        """Forgets the upload. Content that a service has taken over stays in the object store."""
        self.get(upload_id)
        self._forget(upload_id)
        UPLOADS.labels("terminated").inc()

    def _owner(self) -> str:
        if self._caller.signed_in:
            return self._caller.account_id
        return f"visitor:{self._caller.session}" if self._caller.session else f"bearer:{secrets.token_hex(16)}"

    def _may_use(self, upload: UploadState) -> bool:
        if upload.owner.startswith("bearer:"):
            return not self._caller.signed_in
        return upload.owner in {
            self._caller.actor.subject,
            f"visitor:{self._caller.session}" if self._caller.session else "",
        }

    @staticmethod
    def _check_place(upload: UploadState, offset: int, truth: int, body_length: int | None) -> None:
        if offset != truth:
            raise HttpProblem("upload_offset_mismatch", headers={"Upload-Offset": str(truth)}, offset=truth)
        if body_length is not None and offset + body_length > upload.length:
            raise HttpProblem("upload_too_long", length=upload.length)

    def _prepare(self, upload: UploadState, staged: StagedUpload, offset: int, checksum: Checksum | None) -> None:
        """Cut off bytes that do not count, and say beforehand whether those to come will."""
        if staged.length() > offset:
            staged.truncate(offset)
        counts = checksum is None
        if upload.tail_counts != counts or (not counts and upload.received != offset):
            staged.sync()
            self._table.set_tail_counts(upload.upload_id, counts, offset)

    def _receive(
        self, upload: UploadState, staged: StagedUpload, offset: int, read: Read, checksum: Checksum | None
    ) -> UploadState:
        limit = upload.length - offset
        try:
            appended = staged.append(read, limit, checksum.digest if checksum else None)
        except BaseException:
            if checksum is not None:
                staged.truncate(offset)
            self._settle(upload, staged)
            raise
        if appended > limit:
            staged.truncate(offset)
            raise HttpProblem("upload_too_long", length=upload.length)
        if checksum is not None and not checksum.holds():
            staged.truncate(offset)
            raise HttpProblem("upload_checksum_mismatch", headers={"Upload-Offset": str(offset)})
        return self._settle(upload, staged)

    def _settle(self, upload: UploadState, staged: StagedUpload) -> UploadState:
        """What is in the file now is certain; when the disk does not keep it, only what was certain before is."""
        try:
            staged.sync()
        except OSError:
            certain = min(upload.received, staged.length())
            staged.truncate(certain)
            self._table.set_tail_counts(upload.upload_id, True, certain)
            raise
        received = staged.length()
        UPLOADED.inc(max(0, received - upload.received))
        expires_at = datetime.now(UTC) + self._policy.unfinished_life
        return self._table.advance(upload.upload_id, received, expires_at) or self.get(upload.upload_id)

    def _record(self, upload_id: str, ref: ObjectRef) -> None:
        first = not self._registry.runtime.objects.exists(ref.sha256)
        self._table.record_content(upload_id, ref.sha256, first=first)

    def _deliver(self, upload_id: str, ref: ObjectRef) -> UploadState:
        self._staging.finish(upload_id, ref)
        now = datetime.now(UTC)
        finished = self._table.finish(upload_id, now, now + self._policy.finished_life)
        UPLOADS.labels("finished").inc()
        return finished or self.get(upload_id)

    def _sweep(self, now: datetime) -> None:
        for upload_id in self._table.expired(now, SWEEP_AT_ONCE):
            self._forget(upload_id)
            UPLOADS.labels("expired").inc()

    def _forget(self, upload_id: str) -> None:
        self._staging.discard(upload_id)
        self._table.remove(upload_id)
