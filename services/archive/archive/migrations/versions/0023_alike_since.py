"""How long an account could not be told apart outlasts each of several that leave one after another"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("verified_parties", sa.Column("alike_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("verified_parties", "alike_since")
