"""What happens to an upload, whichever protocol brings it: created, filled, finished, used, forgotten.

Truth is kept in two places that survive any process: the row says what is certain, the staging file what has arrived
since. An upload belongs to its owner: an account id, ``visitor:<session>``, or for API clients without account and
cookie ``bearer:<random>``, whose upload id is the only key to it. What visitors keep here is counted by their network,
however many owners they are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from chassis.access import acting_for, left_by, may
from chassis.errors import Problem
from chassis.objects import UploadBusy, UploadGone
from chassis.objects.uploads import StagedUpload
from chassis.receipts import ReceiptSigner
from contracts.objects import IDENTITY_SPACE, ObjectRef

from gateway.uploads.hands import Hands
from gateway.uploads.model import LEAVING, RECEIPT_LIFE, Checksum, UploadState, clean_file_name
from gateway.uploads.policy import is_private, known, life, policy_for, size_limit
from gateway.uploads.store import Finished, UploadTable
from gateway.web.caller import Caller
from gateway.web.limits import client_network
from gateway.web.metrics import UPLOADED, UPLOADS
from gateway.web.problems import HttpProblem
from gateway.web.resources import Resources

LOCK_WAIT = 3.0
SWEEP_AT_ONCE = 5
Read = Callable[[int], bytes]


class Uploads:
    """Uploads as one caller sees them."""

    def __init__(self, resources: Resources, caller: Caller) -> None:
        self._caller = caller
        self._resources = resources
        self._staging = resources.staging
        self._table = UploadTable(resources.runtime.ask)
        self._hands = Hands(resources, self._table)
        self._policy = policy_for(caller.actor)

    def create(self, length: int, file_name: str, purpose: str, metadata_header: str = "") -> UploadState:
        """An empty upload. Problems ``upload_too_large``, ``uploads_too_many``, ``upload_quota_full``."""
        limit = size_limit(self._caller.actor, purpose)
        if length > limit:
            raise HttpProblem("upload_too_large", limit=limit >> 20, size=-(-length // (1 << 20)))
        now = datetime.now(UTC)
        self._sweep(now)
        upload = UploadState(
            upload_id=secrets.token_hex(16),
            owner=self._owner(),
            length=length,
            received=0,
            tail_counts=True,
            file_name=clean_file_name(file_name),
            metadata_header=metadata_header,
            sha256=None,
            expires_at=now + life(self._policy.unfinished_life, purpose),
            finished_at=None,
            private=is_private(purpose),
            purpose=known(purpose),
            network=None if self._caller.signed_in else client_network(),
        )
        self._table.add(upload)
        self._check_room(upload, now)
        try:
            self._staging.create(upload.upload_id)
        except OSError:
            _forget(self._resources, upload.upload_id)
            raise
        return upload

    def _check_room(self, upload: UploadState, now: datetime) -> None:
        """Counted with the new upload among them: of several at once none is overlooked."""
        count, size = self._table.holding_of(upload.owner, upload.network, now)
        most = self._policy.open_uploads * (10 if upload.network and self._resources.settings.common.sandbox else 1)
        if count <= most and size <= self._policy.total_size:
            return
        _forget(self._resources, upload.upload_id)
        if count > most:
            raise HttpProblem("uploads_too_many", limit=most)
        used = (size - upload.length) >> 20
        raise HttpProblem("upload_quota_full", used=used, limit=self._policy.total_size >> 20)

    def offer(self, key: str, ref: ObjectRef, file_name: str, purpose: str) -> UploadState:
        """A file that a service made for the caller (a repaired one), as a finished upload of theirs.

        ``key`` names it for good: offered again, it is the same upload.
        """
        actor = self._caller.actor
        named = f"{actor.subject}\0{actor.party}\0{self._caller.session}\0{key}"
        digest = hashlib.sha256(named.encode()).hexdigest()
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
            stored_sha256=ref.sha256,
            expires_at=now + life(self._policy.finished_life, purpose),
            finished_at=now,
            purpose=purpose,
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
                if upload.finished_at is not None:
                    return upload
                self._prepare(upload, staged, offset, checksum)
                after = self._receive(upload, staged, offset, read, checksum)
                return self._complete(after, staged) if staged.length() == upload.length else after
        except UploadBusy:
            raise HttpProblem("upload_busy", headers={"Retry-After": "3"}) from None
        except UploadGone:
            moved = self.get(upload_id)
            if moved.sha256 is None:
                raise Problem("upload_unknown") from None
            self._check_place(moved, offset, moved.length, body_length)
            return moved

    def finish(self, upload_id: str) -> UploadState:
        """Makes sure that a complete upload is known to be, whoever died on the way there.

        Problem ``upload_incomplete`` when bytes are missing.
        """
        upload = self.get(upload_id)
        if upload.finished_at is not None:
            return upload
        if self.offset(upload) < upload.length:
            raise Problem("upload_incomplete")
        try:
            with self._staging.hold(upload_id, LOCK_WAIT) as staged:
                return self._complete(self.get(upload_id), staged)
        except UploadBusy:
            raise HttpProblem("upload_busy", headers={"Retry-After": "3"}) from None
        except UploadGone:
            moved = self.get(upload_id)
            if moved.finished_at is None:
                raise Problem("upload_unknown") from None
            return moved

    def _complete(self, upload: UploadState, staged: StagedUpload) -> UploadState:
        if upload.finished_at is not None:
            return upload
        sha256, now = staged.reference().sha256, datetime.now(UTC)
        UPLOADS.labels("finished").inc()
        if upload.private:
            return self._hands.seal(replace(upload, expires_at=now + self._policy.finished_life))
        expires_at = now + life(self._policy.finished_life, upload.purpose)
        done = self._table.finish(upload.upload_id, sha256, Finished(now, expires_at))
        return done or self.get(upload.upload_id)

    def receipt(self, upload_id: str, *, sealed: bool = False, purpose: str = "") -> tuple[str, UploadState]:
        """A fresh receipt for services, and the upload it speaks of. Problems as :meth:`finish`.

        ``sealed``: for identity, in whose space the upload then lies. It serves nobody else from then on: Problem
        ``upload_sealed``. ``purpose``: what it is given for, where that cuts its life short.
        """
        upload = self.finish(upload_id)
        if (short := life(self._policy.finished_life, purpose)) < self._policy.finished_life:
            upload = self._table.hasten(upload_id, purpose, datetime.now(UTC) + short) or upload
        upload = self._hands.seal(upload) if sealed else self._hands.store(upload)
        receipt = self._hands.receipt(upload, datetime.now(UTC) + RECEIPT_LIFE)
        return ReceiptSigner(self._resources.runtime.signer).issue(receipt), upload

    def remove(self, upload_id: str) -> None:
        """Forgets the upload. Bytes that nobody was given are gone; an object stays while somebody refers to it."""
        self.get(upload_id)
        _forget(self._resources, upload_id)
        UPLOADS.labels("terminated").inc()

    def _owner(self) -> str:
        if self._caller.signed_in:
            return acting_for(self._caller.actor, "file")
        return self._visitor or f"bearer:{secrets.token_hex(16)}"

    @property
    def _visitor(self) -> str:
        """What the caller's browser sent before anybody signed in stays usable afterwards."""
        return self._caller.visitor

    def _may_use(self, upload: UploadState) -> bool:
        if upload.owner.startswith("bearer:"):
            return not self._caller.signed_in
        return may(self._caller.actor, upload.owner, "file") or left_by(self._visitor, upload.owner)

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
        expires_at = datetime.now(UTC) + life(self._policy.unfinished_life, upload.purpose)
        return self._table.advance(upload.upload_id, received, expires_at) or self.get(upload.upload_id)

    def _sweep(self, now: datetime) -> None:
        sweep_expired(self._resources, now, SWEEP_AT_ONCE)


def sweep_expired(resources: Resources, now: datetime, limit: int) -> int:
    """Forgets uploads whose time is up; returns how many."""
    expired = UploadTable(resources.runtime.ask).expired(now, limit)
    for upload_id in expired:
        _forget(resources, upload_id)
        UPLOADS.labels("expired").inc()
    return len(expired)


def _forget(resources: Resources, upload_id: str) -> None:
    """The row first: a file that no row speaks of is found (``gateway.housekeeping``), a row without a file is not."""
    UploadTable(resources.runtime.ask).remove(upload_id, IDENTITY_SPACE, datetime.now(UTC) + LEAVING)
    resources.staging.discard(upload_id)
