"""What accounts have chosen of their messages; copies of their data that they ask for"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "accounts",
        sa.Column(
            "muted",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
            comment="what does not go out, as progress.sms (identity.messages.channels)",
        ),
    )
    op.create_check_constraint(op.f("ck_accounts_muted"), "accounts", "jsonb_typeof(muted) = 'array'")
    _exports()
    op.create_index("ix_case_numbers_account_id", "case_numbers", ["account_id"], unique=False)


def _exports() -> None:
    moment, running = sa.DateTime(timezone=True), sa.text("state = 'running'")
    op.create_table(
        "data_exports",
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        *(sa.Column(name, moment, nullable=True) for name in ("finished_at", "expires_at", "fetched_at")),
        sa.Column("pieces", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("ticket_hash", sa.Text(), nullable=True),
        sa.Column("ticket_until", moment, nullable=True),
        *_queue_columns(),
        sa.CheckConstraint("state IN ('running', 'ready', 'failed', 'expired')", name=op.f("ck_data_exports_state")),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_data_exports_language")),
        sa.CheckConstraint(
            "(state = 'running') = (finished_at IS NULL)", name=op.f("ck_data_exports_finished_unless_running")
        ),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'expired') OR expires_at IS NOT NULL", name=op.f("ck_data_exports_made_for_a_time")
        ),
        sa.CheckConstraint("sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_data_exports_sha256")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_data_exports_account_id")),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_data_exports")),
    )
    op.create_index("uq_data_exports_running", "data_exports", ["account_id"], unique=True, postgresql_where=running)
    op.create_index("ix_data_exports_account_id", "data_exports", ["account_id", "export_id"], unique=False)
    ready = sa.text("state = 'ready'")
    op.create_index("ix_data_exports_expires_at", "data_exports", ["expires_at"], unique=False, postgresql_where=ready)
    waiting = sa.text("state = 'running' AND parked_at IS NULL")
    for name, columns in (
        ("turn", ["rank", "turn", "queued_at"]),
        ("party", ["party", "rank", "turn"]),
        ("waiting", ["rank", "queued_at"]),
    ):
        op.create_index(f"ix_data_exports_{name}", "data_exports", columns, unique=False, postgresql_where=waiting)
    op.create_table(
        "data_export_pieces",
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["data_exports.export_id"], name=op.f("fk_data_export_pieces_export_id")
        ),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_data_export_pieces")),
    )


def _queue_columns() -> list[sa.Column[object]]:
    moment, numbers = sa.DateTime(timezone=True), ("rank", "turn", "attempts")
    return [
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in numbers),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        *(sa.Column(name, moment, nullable=True) for name in ("leased_until", "wanted_until", "parked_at")),
        sa.Column("queued_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("progress", sa.Double(), server_default="0", nullable=False),
    ]


def downgrade() -> None:
    raise NotImplementedError("what people have chosen is not taken away")
