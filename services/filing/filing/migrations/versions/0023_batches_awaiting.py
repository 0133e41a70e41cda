"""Which accepted works of a batch await something of their organisation"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AWAITING = "state = 'awaiting_correction' OR (state = 'accepted' AND paper_required AND paper_received_at IS NULL)"


def upgrade() -> None:
    op.create_index(
        "ix_cases_batch_awaiting",
        "cases",
        ["batch_id"],
        postgresql_where=sa.text(f"batch_id IS NOT NULL AND ({AWAITING})"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_batch_awaiting", "cases")
