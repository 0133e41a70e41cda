"""Whose cases are that were moved"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "case_holders",
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_case_holders")),
    )
    op.create_index(op.f("ix_case_holders_moved_at"), "case_holders", ["moved_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_case_holders_moved_at"), table_name="case_holders")
    op.drop_table("case_holders")
