"""How who asks for an account was checked; what waits is stopped by the office"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    said = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("recoveries", sa.Column("said", said, server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.add_column("recoveries", sa.Column("checked", sa.Text(), server_default="", nullable=False))
    op.add_column("recoveries", sa.Column("stopped_by", sa.Text(), nullable=True))
    op.add_column("recoveries", sa.Column("stopped_why", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_recoveries_stopped"),
        "recoveries",
        "(stopped_by IS NULL) = (stopped_why = '') AND (stopped_by IS NULL OR state = 'objected')",
    )


def downgrade() -> None:
    raise NotImplementedError("how identity was checked is not forgotten")
