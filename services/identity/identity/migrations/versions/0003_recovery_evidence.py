"""What a recovery is decided and undone by"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_application_id",
        "messages",
        ["application_id"],
        unique=False,
        postgresql_where=sa.text("channel = 'in_app' AND application_id IS NOT NULL"),
    )
    op.add_column("recoveries", sa.Column("return_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recoveries", sa.Column("return_why", sa.Text(), server_default="", nullable=False))
    op.add_column("recoveries", sa.Column("return_agreed_by", sa.Text(), nullable=True))
    op.add_column("recoveries", sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_recoveries_return_asked"),
        "recoveries",
        "(return_asked_by IS NULL) = (return_asked_at IS NULL) AND (return_asked_by IS NULL) = (return_why = '')",
    )
    op.create_check_constraint(
        op.f("ck_recoveries_return_four_eyes"), "recoveries", "return_agreed_by <> return_asked_by"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_recoveries_return_four_eyes"), "recoveries")
    op.drop_constraint(op.f("ck_recoveries_return_asked"), "recoveries")
    for name in ("objected_at", "return_agreed_by", "return_why", "return_asked_at"):
        op.drop_column("recoveries", name)
    op.drop_index("ix_messages_application_id", "messages")
