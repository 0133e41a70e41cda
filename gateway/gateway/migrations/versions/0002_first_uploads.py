"""Uploads know whether they brought new bytes, so that ID images can be removed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("first", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("uploads", "first")
