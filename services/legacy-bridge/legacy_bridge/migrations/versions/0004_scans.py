"""Scans that imported rows name"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "legacy_scans",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'refused')", name=op.f("ck_legacy_scans_state")),
        sa.CheckConstraint("(state = 'taken') = (sha256 IS NOT NULL)", name=op.f("ck_legacy_scans_taken_is_there")),
        sa.CheckConstraint("(state = 'refused') = (reason <> '')", name=op.f("ck_legacy_scans_refused_with_a_reason")),
        sa.PrimaryKeyConstraint("import_id", "row_number", "place", name=op.f("pk_legacy_scans")),
    )
    op.create_index("ix_legacy_scans_sha256", "legacy_scans", ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_table("legacy_scans")
