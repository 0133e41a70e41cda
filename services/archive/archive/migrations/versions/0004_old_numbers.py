"""Old registrations are found by the numbers of their certificates and cases"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for column in ("certificate_number", "serial_number"):
        op.create_index(
            f"ix_legacy_registrations_{column}",
            "legacy_registrations",
            [column],
            postgresql_where=sa.text(f"{column} <> ''"),
        )


def downgrade() -> None:
    for column in ("certificate_number", "serial_number"):
        op.drop_index(f"ix_legacy_registrations_{column}", "legacy_registrations")
