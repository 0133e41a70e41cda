"""Looking registrations up by title and owner"""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_register_entries_title", "register_entries", ["title"], unique=False)
    op.create_index(
        "ix_register_entries_owners",
        "register_entries",
        ["owners"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"owners": "jsonb_path_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_register_entries_owners", table_name="register_entries")
    op.drop_index("ix_register_entries_title", table_name="register_entries")
