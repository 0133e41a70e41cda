"""What a recovery is decided and undone by"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_application_id",
        "messages",
        ["application_id"],
        unique=False,
        postgresql_where=sa.text("channel = 'in_app' AND application_id IS NOT NULL"),
    )
    op.add_column("recoveries", sa.Column("return_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recoveries", sa.Column("return_why", sa.Text(), server_default="", nullable=False))
    op.add_column("recoveries", sa.Column("return_agreed_by", sa.Text(), nullable=True))
    op.add_column("recoveries", sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_recoveries_return_asked"),
        "recoveries",
        "(return_asked_by IS NULL) = (return_asked_at IS NULL) AND (return_asked_by IS NULL) = (return_why = '')",
    )
    op.create_check_constraint(
        op.f("ck_recoveries_return_four_eyes"), "recoveries", "return_agreed_by <> return_asked_by"
    )
    _photos()


def _photos() -> None:
    op.create_table(
        "recovery_photos",
        sa.Column("photo_id", sa.Text(), nullable=False),
        sa.Column("recovery_id", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("check_state", sa.Text(), nullable=False),
        sa.Column(
            "findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("compared_with", sa.Text(), nullable=True),
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("original_size", sa.BigInteger(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=False),
        sa.Column("sealed_size", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("check_state IN ('running', 'done')", name=op.f("ck_recovery_photos_check_state")),
        sa.CheckConstraint(
            "(discarded_at IS NULL) = (wrapped_key IS NOT NULL)", name=op.f("ck_recovery_photos_key_until_discarded")
        ),
        sa.ForeignKeyConstraint(
            ["recovery_id"], ["recoveries.recovery_id"], name=op.f("fk_recovery_photos_recovery_id_recoveries")
        ),
        sa.ForeignKeyConstraint(
            ["compared_with"],
            ["verifications.verification_id"],
            name=op.f("fk_recovery_photos_compared_with_verifications"),
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_recovery_photos")),
    )
    kept, queued = sa.text("discarded_at IS NULL"), sa.text("check_state = 'running' AND parked_at IS NULL")
    for name, columns, unique, where in (
        ("uq_recovery_photos_recovery_id", ["recovery_id"], True, kept),
        ("uq_recovery_photos_sealed_sha256", ["sealed_sha256"], True, None),
        ("ix_recovery_photos_network", ["network"], False, kept),
        (
            "ix_recovery_photos_to_remove",
            ["photo_id"],
            False,
            sa.text("discarded_at IS NOT NULL AND removed_at IS NULL"),
        ),
        ("ix_recovery_photos_turn", ["rank", "turn", "queued_at"], False, queued),
        ("ix_recovery_photos_party", ["party", "rank", "turn"], False, queued),
        ("ix_recovery_photos_waiting", ["rank", "queued_at"], False, queued),
    ):
        op.create_index(name, "recovery_photos", columns, unique=unique, postgresql_where=where)
    op.create_table(
        "recovery_pictures",
        sa.Column("photo_id", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["recovery_photos.photo_id"], name=op.f("fk_recovery_pictures_photo_id_recovery_photos")
        ),
        sa.PrimaryKeyConstraint("photo_id", "picture", name=op.f("pk_recovery_pictures")),
    )


def downgrade() -> None:
    op.drop_table("recovery_pictures")
    op.drop_table("recovery_photos")
    op.drop_constraint(op.f("ck_recoveries_return_four_eyes"), "recoveries")
    op.drop_constraint(op.f("ck_recoveries_return_asked"), "recoveries")
    for name in ("objected_at", "return_agreed_by", "return_why", "return_asked_at"):
        op.drop_column("recoveries", name)
    op.drop_index("ix_messages_application_id", "messages")
