"""Statements on the table of uploads. Each stands for itself: no transaction is held while bytes arrive.

Each may run twice, when the database's answer was lost, and is written so that nobody sees a difference.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.db import Ask

from gateway.uploads.model import UploadState

_GET = """
    SELECT upload_id, owner, length, received, tail_counts, file_name, metadata_header, sha256, first, expires_at,
           finished_at
    FROM uploads WHERE upload_id = %(upload_id)s
"""
_MOVE_ON = """
    UPDATE uploads SET
        received = coalesce(%(received)s::bigint, received),
        finished_at = coalesce(%(finished_at)s::timestamptz, finished_at),
        expires_at = %(expires_at)s
    WHERE upload_id = %(upload_id)s AND received <= coalesce(%(received)s::bigint, received)
    RETURNING upload_id, owner, length, received, tail_counts, file_name, metadata_header, sha256, first, expires_at,
              finished_at
"""
_ADD = """
    INSERT INTO uploads (upload_id, owner, length, file_name, metadata_header, expires_at)
    VALUES (%(upload_id)s, %(owner)s, %(length)s, %(file_name)s, %(metadata_header)s, %(expires_at)s)
    ON CONFLICT (upload_id) DO NOTHING
"""
_OFFER = """
    INSERT INTO uploads (upload_id, owner, length, received, file_name, metadata_header, sha256, expires_at,
                         finished_at)
    VALUES (%(upload_id)s, %(owner)s, %(length)s, %(length)s, %(file_name)s, '', %(sha256)s, %(expires_at)s,
            %(finished_at)s)
    ON CONFLICT (upload_id) DO UPDATE SET expires_at = excluded.expires_at
"""
_HOLDING = """
    SELECT count(*) AS uploads, coalesce(sum(length), 0)::bigint AS size
    FROM uploads WHERE owner = %(owner)s AND expires_at > %(now)s
"""
_TAIL = """
    UPDATE uploads SET tail_counts = %(counts)s, received = %(received)s WHERE upload_id = %(upload_id)s
"""
_CONTENT = """
    UPDATE uploads SET sha256 = %(sha256)s, received = length, first = %(first)s WHERE upload_id = %(upload_id)s
"""
_REMOVE = "DELETE FROM uploads WHERE upload_id = %(upload_id)s"
_EXPIRED = "SELECT upload_id FROM uploads WHERE expires_at < %(now)s ORDER BY expires_at LIMIT %(limit)s"


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

    def holding_of(self, owner: str, now: datetime) -> tuple[int, int]:
        """(number, bytes) of what an owner keeps here."""
        [held] = self._ask(_HOLDING, {"owner": owner, "now": now})
        return held.uploads, held.size

    def advance(self, upload_id: str, received: int, expires_at: datetime) -> UploadState | None:
        """``received`` bytes are durable in the staging file."""
        return self._move_on(upload_id, expires_at, received=received)

    def set_tail_counts(self, upload_id: str, counts: bool, received: int) -> None:
        """Whether bytes beyond ``received`` in the staging file are to be believed."""
        self._ask(_TAIL, {"upload_id": upload_id, "counts": counts, "received": received})

    def record_content(self, upload_id: str, sha256: str, *, first: bool) -> None:
        """All bytes are there and this is their SHA-256; the file may be moved to its address.

        ``first``: the object store does not have these bytes yet.
        """
        self._ask(_CONTENT, {"upload_id": upload_id, "sha256": sha256, "first": first})

    def finish(self, upload_id: str, finished_at: datetime, expires_at: datetime) -> UploadState | None:
        """The content lies in the object store."""
        return self._move_on(upload_id, expires_at, finished_at=finished_at)

    def remove(self, upload_id: str) -> None:
        self._ask(_REMOVE, {"upload_id": upload_id})

    def expired(self, now: datetime, limit: int) -> list[str]:
        return [row.upload_id for row in self._ask(_EXPIRED, {"now": now, "limit": limit})]

    def _move_on(
        self, upload_id: str, expires_at: datetime, *, received: int | None = None, finished_at: datetime | None = None
    ) -> UploadState | None:
        facts = {"upload_id": upload_id, "received": received, "finished_at": finished_at, "expires_at": expires_at}
        return _state(self._ask(_MOVE_ON, facts))


def _state(rows: list[Any]) -> UploadState | None:
    return UploadState(**rows[0]._asdict()) if rows else None
