"""The gateway's own tables: HTTP state only, and no business fact."""

from __future__ import annotations

from datetime import datetime

from chassis.db import Declarative, new_metadata
from sqlalchemy import CheckConstraint, Index, LargeBinary, func
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
    ``sha256`` is set once the whole content is known, and ``first`` when the object store did not have it then;
    ``finished_at`` once it lies in the object store.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND length", name="received"),
        CheckConstraint("finished_at IS NULL OR sha256 IS NOT NULL", name="finished"),
        Index("ix_uploads_owner", "owner", "created_at"),
    )

    upload_id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    length: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    tail_counts: Mapped[bool] = mapped_column(server_default="true")
    file_name: Mapped[str]
    metadata_header: Mapped[str]
    sha256: Mapped[str | None]
    first: Mapped[bool] = mapped_column(server_default="false")
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
