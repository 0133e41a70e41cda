"""Old registrations are found by the name of an owner, or by their title"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMES = r"(regexp_split_to_array(owners, '\s*[、，,；;]\s*|\s{2,}') || title)"


def upgrade() -> None:
    op.create_index("ix_legacy_registrations_names", "legacy_registrations", [sa.text(NAMES)], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_legacy_registrations_names", "legacy_registrations")
