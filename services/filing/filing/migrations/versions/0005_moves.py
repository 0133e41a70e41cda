"""Cases that became another account's"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "moves",
        sa.Column("move_id", sa.Text(), nullable=False),
        sa.Column("from_account_id", sa.Text(), nullable=False),
        sa.Column("to_account_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_moves_to_another")),
        sa.CheckConstraint("state IN ('moving', 'moved', 'returning', 'returned')", name=op.f("ck_moves_state")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_moves")),
    )
    op.create_index(
        "ix_moves_under_way",
        "moves",
        ["move_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('moving', 'returning')"),
    )
    op.add_column("cases", sa.Column("move_id", sa.Text(), nullable=True))
    op.create_index(
        "ix_cases_move_id", "cases", ["move_id"], unique=False, postgresql_where=sa.text("move_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_cases_move_id", table_name="cases", postgresql_where=sa.text("move_id IS NOT NULL"))
    op.drop_column("cases", "move_id")
    op.drop_index(
        "ix_moves_under_way", table_name="moves", postgresql_where=sa.text("state IN ('moving', 'returning')")
    )
    op.drop_table("moves")
