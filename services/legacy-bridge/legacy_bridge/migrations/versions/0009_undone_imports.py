"""Who had an import undone, when and why"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    by = sa.Column(
        "undone_by", sa.Text(), server_default="", nullable=False, comment="an account of staff, or as begun_by"
    )
    op.add_column("imports", by)
    op.add_column("imports", sa.Column("undone_because", sa.Text(), server_default="", nullable=False))
    op.add_column("imports", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("undone_at", "undone_because", "undone_by"):
        op.drop_column("imports", name)
