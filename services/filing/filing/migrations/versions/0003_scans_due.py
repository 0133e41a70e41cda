"""Files that the malware scanner has yet to see"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("prechecks", sa.Column("scan_due", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_prechecks_scan_due",
        "prechecks",
        ["scan_due"],
        unique=False,
        postgresql_where=sa.text("scan_due IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_prechecks_scan_due", table_name="prechecks", postgresql_where=sa.text("scan_due IS NOT NULL"))
    op.drop_column("prechecks", "scan_due")
