"""Cases that are decided, in the order in which they were, of all examiners and of each"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ENDED = "accepted_at IS NOT NULL AND state IN ('approved', 'registered', 'refused', 'withdrawn', 'lapsed')"


def upgrade() -> None:
    op.create_index("ix_cases_decided", "cases", ["updated_at", "id"], postgresql_where=sa.text(ENDED))
    for name in ("examiner_id", "second_examiner_id", "opposed_by"):
        op.create_index(
            f"ix_cases_decided_{name}",
            "cases",
            [name, "updated_at", "id"],
            postgresql_where=sa.text(f"{name} IS NOT NULL AND {ENDED}"),
        )


def downgrade() -> None:
    for name in ("examiner_id", "second_examiner_id", "opposed_by"):
        op.drop_index(f"ix_cases_decided_{name}", "cases")
    op.drop_index("ix_cases_decided", "cases")
