"""Ten thousand keys are looked up at once without each being weighed against what is frequent: none comes twice"""

from collections.abc import Sequence

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE import_rows ALTER COLUMN key SET STATISTICS 0")


def downgrade() -> None:
    op.execute("ALTER TABLE import_rows ALTER COLUMN key SET STATISTICS -1")
