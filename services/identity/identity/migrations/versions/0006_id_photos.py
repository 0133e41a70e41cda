"""Photos on their way to a verification"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "id_photos",
        sa.Column("photo_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("check_state", sa.Text(), nullable=False),
        sa.Column(
            "findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("original_size", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=False),
        sa.Column("sealed_size", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        *_queue_columns(),
        sa.CheckConstraint("check_state IN ('running', 'done')", name=op.f("ck_id_photos_check_state")),
        sa.CheckConstraint(
            "(discarded_at IS NULL) = (wrapped_key IS NOT NULL)", name=op.f("ck_id_photos_key_until_discarded")
        ),
        sa.CheckConstraint(
            "discarded_at IS NULL OR thumbnail IS NULL", name=op.f("ck_id_photos_thumbnail_until_discarded")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_id_photos_account_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_id_photos")),
    )
    kept, queued = sa.text("discarded_at IS NULL"), sa.text("check_state = 'running' AND parked_at IS NULL")
    for name, columns, unique, where in (
        ("uq_id_photos_document", ["account_id", "document"], True, kept),
        ("ix_id_photos_sealed_sha256", ["sealed_sha256"], False, None),
        ("ix_id_photos_placed_at", ["placed_at"], False, kept),
        ("ix_id_photos_to_remove", ["photo_id"], False, sa.text("discarded_at IS NOT NULL AND removed_at IS NULL")),
        ("ix_id_photos_turn", ["rank", "turn", "queued_at"], False, queued),
        ("ix_id_photos_party", ["party", "rank", "turn"], False, queued),
        ("ix_id_photos_waiting", ["rank", "queued_at"], False, queued),
    ):
        op.create_index(name, "id_photos", columns, unique=unique, postgresql_where=where)


def _queue_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
    ]


def downgrade() -> None:
    op.drop_table("id_photos")
