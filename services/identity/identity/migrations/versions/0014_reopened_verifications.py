"""Approvals that are found wrong wait for a second reviewer"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("verifications", sa.Column("reopen_by", sa.Text(), nullable=True))
    op.add_column("verifications", sa.Column("reopen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("verifications", sa.Column("reopen_reason", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_verifications_reopening"),
        "verifications",
        "(reopen_by IS NULL) = (reopen_at IS NULL) AND (reopen_by IS NULL OR state = 'approved')",
    )
    op.create_index(
        "ix_verifications_reopening",
        "verifications",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("reopen_by IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("who found an approval wrong is part of its history")
