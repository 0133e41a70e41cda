"""Checks and jobs of the public tools belong to the browser that asked for them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ("prechecks", "jobs"):
        op.add_column(table, sa.Column("visitor", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("whose a check is stays known")
