"""A proposed refusal is opposed by one and overruled by two"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("opposed_by", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("opposed_reason", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_cases_opposed_by_another"), "cases", "opposed_by IS NULL OR opposed_by <> examiner_id"
    )


def downgrade() -> None:
    raise NotImplementedError("who opposed a refusal, and why, is not taken away")
