"""Accounts of the old system are looked up by the office"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("legacy_accounts", sa.Column("found_by", postgresql.ARRAY(sa.BigInteger()), nullable=True))
    op.create_index("ix_legacy_accounts_found_by", "legacy_accounts", ["found_by"], postgresql_using="gin")
    op.create_index(
        "ix_legacy_accounts_to_key", "legacy_accounts", ["record_id"], postgresql_where=sa.text("found_by IS NULL")
    )


def downgrade() -> None:
    op.drop_column("legacy_accounts", "found_by")
