"""The token of a signature in a checked file lies beside the findings, which an earlier release reads as a whole"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("file_checks", sa.Column("evidence", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("file_checks", "evidence")
