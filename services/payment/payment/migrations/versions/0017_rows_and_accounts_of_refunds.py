"""The debit by which a cashier knew a refund has a column; payers of one that came back give another account"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NAMED = """
UPDATE refunds SET attested_row = last.row_id FROM (
    SELECT DISTINCT ON (refund_id) refund_id, substring(note FROM '^(brw-[0-9a-z]{26})(?![0-9a-z])') AS row_id
    FROM refund_actions WHERE action = 'attest' ORDER BY refund_id, at DESC, action_id DESC
) last WHERE last.refund_id = refunds.refund_id AND last.row_id IN (SELECT row_id FROM bank_rows)
"""


def upgrade() -> None:
    op.add_column("refunds", sa.Column("attested_row", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_refunds_attested_row"), "refunds", "bank_rows", ["attested_row"], ["row_id"])
    op.create_index(op.f("ix_refunds_attested_row"), "refunds", ["attested_row"], unique=False)
    op.execute(_NAMED)
    op.add_column("refunds", sa.Column("offered", sa.LargeBinary(), nullable=True))
    op.add_column("refunds", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("by what a refund was known, and where its payer wants it, is part of the books")
