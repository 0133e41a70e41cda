"""Somebody to whom it is not registered objects to a registration, each for themselves"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("uq_office_acts_reported", "office_acts")
    op.create_index(
        "uq_office_acts_reported",
        "office_acts",
        ["registration_number"],
        unique=True,
        postgresql_where=sa.text("state = 'reported' AND act = 'corrected'"),
    )
    op.create_index(
        "uq_office_acts_objected",
        "office_acts",
        ["registration_number", "reported_by"],
        unique=True,
        postgresql_where=sa.text("state = 'reported' AND act = 'revoked'"),
    )
    op.create_index(
        "ix_office_acts_objector",
        "office_acts",
        ["reported_by", "act_id"],
        postgresql_where=sa.text("act = 'revoked'"),
    )


def downgrade() -> None:
    raise NotImplementedError("objections of several people are kept")
