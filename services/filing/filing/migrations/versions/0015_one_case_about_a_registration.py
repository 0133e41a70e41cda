"""One case about a registration at a time, whatever its type, and registrations that were revoked"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNDER_WAY = (
    "about IS NOT NULL AND state IN ('submitted', 'accepted', 'under_examination', 'awaiting_correction',"
    " 'refusal_proposed', 'approved')"
)


def upgrade() -> None:
    op.drop_index("uq_cases_about_under_way", "cases")
    op.create_index("uq_cases_about_under_way", "cases", ["about"], unique=True, postgresql_where=sa.text(_UNDER_WAY))
    op.create_table(
        "revoked_registrations",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("registration_number", name=op.f("pk_revoked_registrations")),
    )


def downgrade() -> None:
    raise NotImplementedError("what was revoked is not to be forgotten")
