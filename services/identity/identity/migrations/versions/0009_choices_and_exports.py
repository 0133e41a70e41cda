"""What accounts have chosen of their messages"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "accounts",
        sa.Column(
            "muted",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
            comment="what does not go out, as progress.sms (identity.messages.channels)",
        ),
    )
    op.create_check_constraint(op.f("ck_accounts_muted"), "accounts", "jsonb_typeof(muted) = 'array'")


def downgrade() -> None:
    raise NotImplementedError("what people have chosen is not taken away")
