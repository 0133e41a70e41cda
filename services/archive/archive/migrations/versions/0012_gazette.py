"""The gazette: issues and their volumes; the register by day"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "gazette_issues",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="records by act"),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_gazette_issues_counts_from_one")),
        sa.CheckConstraint("total >= 1", name=op.f("ck_gazette_issues_announces_something")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_gazette_issues")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_gazette_issues_year_number")),
    )
    op.create_index(
        "ix_gazette_issues_unpublished",
        "gazette_issues",
        ["day"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "gazette_volumes",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("volume", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("volume >= 1", name=op.f("ck_gazette_volumes_counts_from_one")),
        sa.ForeignKeyConstraint(["day"], ["gazette_issues.day"], name=op.f("fk_gazette_volumes_day_gazette_issues")),
        sa.PrimaryKeyConstraint("day", "volume", name=op.f("pk_gazette_volumes")),
    )
    op.create_index("ix_gazette_volumes_sha256", "gazette_volumes", ["sha256"], unique=False)
    op.create_index(
        "ix_register_records_recorded_on",
        "register_records",
        ["recorded_on", "registration_number", "sequence"],
        unique=False,
    )
    op.create_index(
        "ix_register_entries_registered_on", "register_entries", ["registered_on", "registration_number"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("what was published stays published")
