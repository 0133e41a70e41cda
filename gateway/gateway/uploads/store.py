"""Queries on the table of uploads. Each statement stands for itself: no transaction is held while bytes arrive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.tables import Upload
from gateway.uploads.model import UploadState

_COLUMNS = (
    Upload.upload_id,
    Upload.owner,
    Upload.length,
    Upload.received,
    Upload.tail_counts,
    Upload.file_name,
    Upload.metadata_header,
    Upload.sha256,
    Upload.expires_at,
    Upload.finished_at,
    Upload.first,
)


class UploadTable:
    """Uploads by id, for the gateway process that owns ``engine``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def add(self, upload: UploadState) -> None:
        with self._engine.connect() as connection:
            connection.execute(
                insert(Upload).values(
                    upload_id=upload.upload_id,
                    owner=upload.owner,
                    length=upload.length,
                    file_name=upload.file_name,
                    metadata_header=upload.metadata_header,
                    expires_at=upload.expires_at,
                )
            )

    def offer(self, upload: UploadState) -> None:
        """A finished upload; offered again, it only lives longer."""
        with self._engine.connect() as connection:
            connection.execute(
                upsert(Upload)
                .values(
                    upload_id=upload.upload_id,
                    owner=upload.owner,
                    length=upload.length,
                    received=upload.length,
                    file_name=upload.file_name,
                    metadata_header="",
                    sha256=upload.sha256,
                    expires_at=upload.expires_at,
                    finished_at=upload.finished_at,
                )
                .on_conflict_do_update(index_elements=["upload_id"], set_={"expires_at": upload.expires_at})
            )

    def get(self, upload_id: str) -> UploadState | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(*_COLUMNS).where(Upload.upload_id == upload_id)).one_or_none()
        return None if row is None else UploadState(**row._mapping)

    def holding_of(self, owner: str, now: datetime) -> tuple[int, int]:
        """(number, bytes) of what an owner keeps here."""
        with self._engine.connect() as connection:
            count, size = connection.execute(
                select(func.count(), func.coalesce(func.sum(Upload.length), 0)).where(
                    Upload.owner == owner, Upload.expires_at > now
                )
            ).one()
        return int(count), int(size)

    def advance(self, upload_id: str, received: int, expires_at: datetime) -> None:
        """``received`` bytes are durable in the staging file."""
        with self._engine.connect() as connection:
            connection.execute(
                update(Upload)
                .where(Upload.upload_id == upload_id, Upload.received <= received)
                .values(received=received, expires_at=expires_at)
            )

    def set_tail_counts(self, upload_id: str, counts: bool, received: int) -> None:
        """Whether bytes beyond ``received`` in the staging file are to be believed."""
        with self._engine.connect() as connection:
            connection.execute(
                update(Upload).where(Upload.upload_id == upload_id).values(tail_counts=counts, received=received)
            )

    def record_content(self, upload_id: str, sha256: str, *, first: bool) -> None:
        """All bytes are there and this is their SHA-256; the file may be moved to its address.

        ``first``: the object store does not have these bytes yet.
        """
        with self._engine.connect() as connection:
            connection.execute(
                update(Upload)
                .where(Upload.upload_id == upload_id)
                .values(sha256=sha256, received=Upload.length, first=first)
            )

    def finish(self, upload_id: str, finished_at: datetime, expires_at: datetime) -> None:
        """The content lies in the object store."""
        with self._engine.connect() as connection:
            connection.execute(
                update(Upload)
                .where(Upload.upload_id == upload_id)
                .values(finished_at=finished_at, expires_at=expires_at)
            )

    def remove(self, upload_id: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(delete(Upload).where(Upload.upload_id == upload_id))

    def expired(self, now: datetime, limit: int) -> list[str]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(Upload.upload_id).where(Upload.expires_at < now).order_by(Upload.expires_at).limit(limit)
            )
            return list(rows.scalars())
