"""An old registration is found by its record id, which its number makes; rows of an import by a key half as long"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_legacy_registrations_of_import", "legacy_registrations", [sa.text("hashtext(import_id)"), "row_number"]
    )
    op.drop_index("ix_legacy_registrations_import_id", "legacy_registrations")
    op.drop_index("ix_legacy_registrations_number", "legacy_registrations")


def downgrade() -> None:
    op.create_index("ix_legacy_registrations_number", "legacy_registrations", ["number"])
    op.create_index("ix_legacy_registrations_import_id", "legacy_registrations", ["import_id", "row_number"])
    op.drop_index("ix_legacy_registrations_of_import", "legacy_registrations")
