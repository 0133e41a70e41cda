"""Numbers are known by the rows of imports: a table that nothing filled goes"""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_table("legacy_numbers")


def downgrade() -> None:
    raise NotImplementedError("nothing was in it")
