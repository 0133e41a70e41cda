"""Registrations of the old system"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "legacy_registrations",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False, comment="分类号, abolished"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("completion_date", sa.Date(), nullable=True),
        sa.Column("publication_date", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("earlier_number", sa.Text(), nullable=False, comment="of the registration that a renewal renews"),
        sa.Column("earlier_on", sa.Date(), nullable=True),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, comment="the old account that filed it"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scans", sa.Text(), nullable=False, comment="where the old system had its papers, as it wrote it"),
        sa.CheckConstraint("kind IN ('work', 'software', 'renewal')", name=op.f("ck_legacy_registrations_kind")),
        sa.CheckConstraint(
            "publication_date >= completion_date", name=op.f("ck_legacy_registrations_completed_before_published")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_legacy_registrations")),
    )
    op.create_index("ix_legacy_registrations_number", "legacy_registrations", ["number"], unique=False)
    op.create_index(
        "ix_legacy_registrations_import_id", "legacy_registrations", ["import_id", "row_number"], unique=False
    )
    op.create_table(
        "legacy_batches",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("loaded", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "batch", name=op.f("pk_legacy_batches")),
    )


def downgrade() -> None:
    op.drop_table("legacy_batches")
    op.drop_table("legacy_registrations")
