"""Why an account is given back although its holder objected to an earlier request"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    names = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("recoveries", sa.Column("despite", sa.Text(), server_default="", nullable=False))
    op.add_column("recoveries", sa.Column("despite_confirmed", sa.Text(), server_default="", nullable=False))
    op.add_column("recoveries", sa.Column("despite_of", names, server_default=sa.text("'[]'::jsonb"), nullable=False))


def downgrade() -> None:
    raise NotImplementedError("why an objection was passed over is not forgotten")
