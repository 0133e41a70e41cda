"""Whose the old registrations are"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "legacy_filers",
        sa.Column("record_id", sa.Text(), nullable=False, comment="of the old account"),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_legacy_filers")),
    )
    op.create_index(
        "ix_legacy_filers_account_id",
        "legacy_filers",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_legacy_registrations_login",
        "legacy_registrations",
        ["login"],
        unique=False,
        postgresql_where=sa.text("login <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_legacy_registrations_login", "legacy_registrations")
    op.drop_table("legacy_filers")
