"""Advisers of batches"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "batch_advisers",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("works", sa.BigInteger(), nullable=False),
        sa.Column("adviser_id", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["adviser_id"], ["accounts.account_id"], name=op.f("fk_batch_advisers_adviser_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch_advisers")),
    )
    op.create_index("ix_batch_advisers_adviser_id", "batch_advisers", ["adviser_id"], unique=False)
    op.create_index(
        "ix_batch_advisers_waiting",
        "batch_advisers",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("adviser_id IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("who looked after which batch is not taken away")
