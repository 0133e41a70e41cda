"""The gateway's own tables: HTTP state only, and no business fact."""

from __future__ import annotations

from datetime import datetime

from chassis.db import Declarative, new_metadata
from chassis.objects.references import NAMES, holds
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import CheckConstraint, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column


class Base(Declarative):
    __abstract__ = True
    metadata = new_metadata()


class WebSessionRow(Base):
    """A browser's session, encrypted with a key that only its cookie yields."""

    __tablename__ = "web_sessions"

    session_id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    account: Mapped[str | None] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Upload(Base):
    """A resumable upload. ``received`` bytes are certain and durable.

    ``tail_counts``: what the staging file holds beyond them counts too (no checksum was promised for it).
    ``sha256`` is set once the whole content is known. A finished upload stays in its staging file, nobody else's
    business, until it is given to a service: then its bytes are an object in the common space (``stored_sha256``) or
    sealed in identity's (``sealed_sha256``), never both. ``private``: sealed as soon as it is complete.
    ``purpose``: one of the policy's, which may cut its life short.
    ``network``: of a visitor, whose uploads are counted by it.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND length", name="received"),
        CheckConstraint("finished_at IS NULL OR sha256 IS NOT NULL", name="finished"),
        CheckConstraint("(sealed_sha256 IS NULL) = (envelope IS NULL)", name="sealed"),
        CheckConstraint("stored_sha256 IS NULL OR sealed_sha256 IS NULL", name="one_place"),
        Index("ix_uploads_owner", "owner", "created_at"),
        Index("ix_uploads_network", "network", postgresql_where=text("network IS NOT NULL")),
        Index("ix_uploads_stored_sha256", "stored_sha256", postgresql_where=text("stored_sha256 IS NOT NULL")),
        Index("ix_uploads_sealed_sha256", "sealed_sha256", postgresql_where=text("sealed_sha256 IS NOT NULL")),
    )

    upload_id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    length: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    tail_counts: Mapped[bool] = mapped_column(server_default="true")
    file_name: Mapped[str]
    metadata_header: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(info=NAMES)
    private: Mapped[bool] = mapped_column(server_default="false")
    purpose: Mapped[str] = mapped_column(server_default="material")
    network: Mapped[str | None]
    stored_sha256: Mapped[str | None] = mapped_column(info=holds())
    sealed_sha256: Mapped[str | None] = mapped_column(info=holds(IDENTITY_SPACE, promised=True))
    sealed_size: Mapped[int | None]
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_type: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class RateLimit(Base):
    """Hits in a fixed window. Unlogged: forgotten after a database crash, and cheap."""

    __tablename__ = "rate_limits"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LeavingObject(Base):
    """An object that something ceased to refer to: to be collected from then on, if nobody refers to it."""

    __tablename__ = "leaving_objects"

    space: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True, info=NAMES)
    not_before: Mapped[datetime] = mapped_column(index=True)


class Chore(Base):
    """What one of all replicas does at intervals, and when it is due again."""

    __tablename__ = "chores"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
