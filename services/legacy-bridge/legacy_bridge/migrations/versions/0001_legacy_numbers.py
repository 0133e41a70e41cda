"""Numbers of the old system"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "legacy_numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("as_recorded", sa.Text(), nullable=False, comment="the old system's own spelling"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('serial_number', 'acceptance_number', 'software_registration', 'work_registration',"
            " 'unrecognised')",
            name=op.f("ck_legacy_numbers_kind"),
        ),
        sa.CheckConstraint("state IN ('finished', 'unfinished')", name=op.f("ck_legacy_numbers_state")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_legacy_numbers")),
    )


def downgrade() -> None:
    op.drop_table("legacy_numbers")
