"""Looking cases up by title, applicant and registration number"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_cases_title", "cases", ["title"], unique=False)
    op.create_index("ix_cases_applicant_name", "cases", [sa.literal_column("(applicant ->> 'name')")], unique=False)
    op.create_index(
        "ix_cases_registration_number",
        "cases",
        ["registration_number"],
        unique=False,
        postgresql_where=sa.text("registration_number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_registration_number", table_name="cases")
    op.drop_index("ix_cases_applicant_name", table_name="cases")
    op.drop_index("ix_cases_title", table_name="cases")
