"""Accounts of the old system that nobody can sign in with are given back by the office"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("recoveries", sa.Column("legacy_record", sa.Text(), nullable=True))
    op.create_index(
        "uq_recoveries_legacy_record",
        "recoveries",
        ["legacy_record"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'waiting')"),
    )
    how = {
        "ck_legacy_links_how": "how IN ('signed_in', 'proven', 'recovered')",
        "ck_legacy_links_what_is_proven_can_be_undone": "(how <> 'signed_in') = (undo_until IS NOT NULL)",
    }
    for name, rule in how.items():
        op.drop_constraint(op.f(name), "legacy_links", type_="check")
        op.create_check_constraint(op.f(name), "legacy_links", rule)


def downgrade() -> None:
    raise NotImplementedError("who has an old account back is not forgotten")
