"""Looking accounts up by name"""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_accounts_name", "accounts", ["name"], unique=False)
    op.create_index("ix_accounts_organisation_name", "accounts", ["organisation_name"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_accounts_organisation_name", table_name="accounts")
    op.drop_index("ix_accounts_name", table_name="accounts")
