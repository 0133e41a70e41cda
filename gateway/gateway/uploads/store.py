"""Statements on the table of uploads. Each stands for itself: no transaction is held while bytes arrive.

Each may run twice, when the database's answer was lost, and is written so that nobody sees a difference.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from chassis.db import Ask
from contracts.objects import ObjectRef, SealedUpload

from gateway.uploads.model import UploadState

_FIELDS = [field.name for field in fields(UploadState)]
_GET = "SELECT * FROM uploads WHERE upload_id = %(upload_id)s"
_ADVANCE = """
    UPDATE uploads SET received = %(received)s, expires_at = %(expires_at)s
    WHERE upload_id = %(upload_id)s AND received <= %(received)s
    RETURNING *
"""
_FINISH = """
    UPDATE uploads SET sha256 = %(sha256)s, received = length, finished_at = coalesce(finished_at, %(finished_at)s),
                       expires_at = %(expires_at)s
    WHERE upload_id = %(upload_id)s
    RETURNING *
"""
_HASTEN = """
    UPDATE uploads SET purpose = %(purpose)s, expires_at = least(expires_at, %(expires_at)s)
    WHERE upload_id = %(upload_id)s
    RETURNING *
"""
_STORE = """
    UPDATE uploads SET stored_sha256 = sha256 WHERE upload_id = %(upload_id)s AND sealed_sha256 IS NULL
    RETURNING *
"""
# What the common space has of it is nobody's any more, as far as this upload goes.
_SEAL = """
    WITH before AS (
        SELECT upload_id, stored_sha256 FROM uploads
        WHERE upload_id = %(upload_id)s AND sealed_sha256 IS NULL FOR UPDATE
    ), left_behind AS (
        INSERT INTO leaving_objects AS leaving (space, sha256, not_before)
        SELECT '', stored_sha256, %(not_before)s FROM before WHERE stored_sha256 IS NOT NULL
        ON CONFLICT (space, sha256) DO UPDATE SET not_before = greatest(leaving.not_before, excluded.not_before)
    )
    UPDATE uploads SET
        sha256 = %(sha256)s, received = length, finished_at = coalesce(finished_at, %(finished_at)s),
        expires_at = %(expires_at)s, stored_sha256 = NULL, sealed_sha256 = %(sealed_sha256)s,
        sealed_size = %(sealed_size)s, envelope = decode(%(envelope)s, 'base64'), content_type = %(content_type)s
    FROM before WHERE uploads.upload_id = before.upload_id
    RETURNING uploads.*
"""
_ADD = """
    INSERT INTO uploads (upload_id, owner, length, file_name, metadata_header, expires_at, private, purpose, network)
    VALUES (%(upload_id)s, %(owner)s, %(length)s, %(file_name)s, %(metadata_header)s, %(expires_at)s, %(private)s,
            %(purpose)s, %(network)s)
    ON CONFLICT (upload_id) DO NOTHING
"""
_OFFER = """
    INSERT INTO uploads (upload_id, owner, length, received, file_name, metadata_header, sha256, stored_sha256,
                         expires_at, finished_at, purpose)
    VALUES (%(upload_id)s, %(owner)s, %(length)s, %(length)s, %(file_name)s, '', %(sha256)s, %(stored_sha256)s,
            %(expires_at)s, %(finished_at)s, %(purpose)s)
    ON CONFLICT (upload_id) DO UPDATE SET expires_at = excluded.expires_at
"""
_HELD_BY_OWNER = """
    SELECT count(*) AS uploads, coalesce(sum(length), 0)::bigint AS size
    FROM uploads WHERE owner = %(owner)s AND expires_at > %(now)s
"""
_HELD_BY_NETWORK = """
    SELECT count(*) AS uploads, coalesce(sum(length), 0)::bigint AS size
    FROM uploads WHERE network = %(network)s AND expires_at > %(now)s
"""
_TAIL = """
    UPDATE uploads SET tail_counts = %(counts)s, received = %(received)s WHERE upload_id = %(upload_id)s
"""
_REMOVE = """
    WITH gone AS (DELETE FROM uploads WHERE upload_id = %(upload_id)s RETURNING stored_sha256, sealed_sha256)
    INSERT INTO leaving_objects AS leaving (space, sha256, not_before)
    SELECT space, sha256, %(not_before)s FROM gone, LATERAL (
        VALUES ('', stored_sha256), (%(sealed_space)s, sealed_sha256)) AS places (space, sha256)
    WHERE sha256 IS NOT NULL
    ON CONFLICT (space, sha256) DO UPDATE SET not_before = greatest(leaving.not_before, excluded.not_before)
"""
_LEAVE = """
    INSERT INTO leaving_objects AS leaving (space, sha256, not_before)
    VALUES (%(space)s, %(sha256)s, %(not_before)s)
    ON CONFLICT (space, sha256) DO UPDATE SET not_before = greatest(leaving.not_before, excluded.not_before)
"""
_EXPIRED = "SELECT upload_id FROM uploads WHERE expires_at < %(now)s ORDER BY expires_at LIMIT %(limit)s"
_KNOWN = "SELECT upload_id FROM uploads WHERE upload_id = ANY(%(upload_ids)s) AND sealed_sha256 IS NULL"


@dataclass(frozen=True)
class Finished:
    """When an upload was complete, and until when it may be used."""

    at: datetime
    expires: datetime


class UploadTable:
    """Uploads by id."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def add(self, upload: UploadState) -> None:
        self._ask(_ADD, vars(upload))

    def offer(self, upload: UploadState) -> None:
        """A finished upload; offered again, it only lives longer."""
        self._ask(_OFFER, vars(upload))

    def get(self, upload_id: str) -> UploadState | None:
        return _state(self._ask(_GET, {"upload_id": upload_id}))

    def holding_of(self, owner: str, network: str | None, now: datetime) -> tuple[int, int]:
        """(number, bytes) of what an owner keeps here, or all visitors of a network together."""
        by = {"owner": owner, "network": network, "now": now}
        [held] = self._ask(_HELD_BY_NETWORK if network else _HELD_BY_OWNER, by)
        return held.uploads, held.size

    def advance(self, upload_id: str, received: int, expires_at: datetime) -> UploadState | None:
        """``received`` bytes are durable in the staging file."""
        return _state(self._ask(_ADVANCE, {"upload_id": upload_id, "received": received, "expires_at": expires_at}))

    def set_tail_counts(self, upload_id: str, counts: bool, received: int) -> None:
        """Whether bytes beyond ``received`` in the staging file are to be believed."""
        self._ask(_TAIL, {"upload_id": upload_id, "counts": counts, "received": received})

    def finish(self, upload_id: str, sha256: str, when: Finished) -> UploadState | None:
        """All bytes are in the staging file and this is their SHA-256."""
        facts = {"upload_id": upload_id, "sha256": sha256, "finished_at": when.at, "expires_at": when.expires}
        return _state(self._ask(_FINISH, facts))

    def store(self, upload_id: str) -> UploadState | None:
        """The content lies in the common space. None when the upload was removed or sealed meanwhile."""
        return _state(self._ask(_STORE, {"upload_id": upload_id}))

    def hasten(self, upload_id: str, purpose: str, expires_at: datetime) -> UploadState | None:
        """It is for ``purpose`` from now on, and lives no longer than until then."""
        return _state(self._ask(_HASTEN, {"upload_id": upload_id, "purpose": purpose, "expires_at": expires_at}))

    def seal(
        self, upload_id: str, ref: ObjectRef, sealed: SealedUpload, when: Finished, not_before: datetime
    ) -> UploadState | None:
        """The content lies sealed in identity's space; from ``not_before`` on it may leave the common one.

        None when the upload was removed or sealed meanwhile.
        """
        facts = {
            "upload_id": upload_id,
            "sha256": sealed.content.sha256,
            "sealed_sha256": ref.sha256,
            "sealed_size": ref.size,
            "envelope": sealed.envelope,
            "content_type": sealed.content_type,
            "finished_at": when.at,
            "expires_at": when.expires,
            "not_before": not_before,
        }
        return _state(self._ask(_SEAL, facts))

    def remove(self, upload_id: str, sealed_space: str, not_before: datetime) -> None:
        """Forgets the upload; what it refers to may be collected from ``not_before`` on."""
        self._ask(_REMOVE, {"upload_id": upload_id, "sealed_space": sealed_space, "not_before": not_before})

    def leave(self, space: str, sha256: str, not_before: datetime) -> None:
        """An object may be collected from ``not_before`` on, if nothing refers to it then."""
        self._ask(_LEAVE, {"space": space, "sha256": sha256, "not_before": not_before})

    def expired(self, now: datetime, limit: int) -> list[str]:
        """Ids of at most ``limit`` uploads whose time is over at ``now``."""
        return [row.upload_id for row in self._ask(_EXPIRED, {"now": now, "limit": limit})]

    def staged(self, upload_ids: list[str]) -> set[str]:
        """Those whose staging file is needed: that are here and were not sealed."""
        return {row.upload_id for row in self._ask(_KNOWN, {"upload_ids": upload_ids})}


def _state(rows: list[Any]) -> UploadState | None:
    return UploadState(**{name: getattr(rows[0], name) for name in _FIELDS}) if rows else None
