"""Accounts of the old system"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "legacy_accounts",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("login_index", sa.Text(), nullable=False),
        sa.Column("id_index", sa.Text(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN account_id IS NULL THEN (sealed_password IS NULL) <> (password_hash IS NULL)"
            " ELSE sealed_password IS NULL END",
            name=op.f("ck_legacy_accounts_one_form_of_password"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_legacy_accounts_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_legacy_accounts")),
    )
    op.create_index("ix_legacy_accounts_login_index", "legacy_accounts", ["login_index"], unique=False)
    op.create_index("ix_legacy_accounts_id_index", "legacy_accounts", ["id_index"], unique=False)
    op.create_index("ix_legacy_accounts_import_id", "legacy_accounts", ["import_id", "row_number"], unique=False)
    op.create_index(
        "ix_legacy_accounts_account_id",
        "legacy_accounts",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_legacy_accounts_to_wrap",
        "legacy_accounts",
        ["record_id"],
        unique=False,
        postgresql_where=sa.text("sealed_password IS NOT NULL"),
    )
    op.create_table(
        "legacy_numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("account_record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", "import_id", name=op.f("pk_legacy_numbers")),
    )
    op.create_index("ix_legacy_numbers_import_id", "legacy_numbers", ["import_id"], unique=False)
    op.create_table(
        "legacy_batches",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("loaded", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "batch", name=op.f("pk_legacy_batches")),
    )

    op.create_table(
        "legacy_links",
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("left_account_id", sa.Text(), nullable=True),
        sa.Column("left_name", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("carried", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("to_do", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("how IN ('signed_in', 'proven')", name=op.f("ck_legacy_links_how")),
        sa.CheckConstraint(
            "(how = 'proven') = (undo_until IS NOT NULL)", name=op.f("ck_legacy_links_what_is_proven_can_be_undone")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_legacy_links_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["left_account_id"], ["accounts.account_id"], name=op.f("fk_legacy_links_left_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_legacy_links")),
    )
    op.create_index("ix_legacy_links_account_id", "legacy_links", ["account_id"], unique=False)
    op.create_index("ix_legacy_links_record_id", "legacy_links", ["record_id"], unique=False)
    op.create_index(
        "ix_legacy_links_undo_until",
        "legacy_links",
        ["undo_until"],
        unique=False,
        postgresql_where=sa.text("undo_until IS NOT NULL AND undone_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("legacy_links")
    op.drop_table("legacy_batches")
    op.drop_table("legacy_numbers")
    op.drop_table("legacy_accounts")
