"""Looking old cases up by title and by the number that they were registered under"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_legacy_cases_title", "legacy_cases", ["title"], unique=False)
    op.create_index(
        "ix_legacy_cases_registration_number",
        "legacy_cases",
        ["registration_number"],
        unique=False,
        postgresql_where=sa.text("registration_number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_legacy_cases_registration_number", table_name="legacy_cases")
    op.drop_index("ix_legacy_cases_title", table_name="legacy_cases")
