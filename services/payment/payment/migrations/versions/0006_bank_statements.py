"""Bank statements and their rows"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TEXT, NUMBER, MOMENT = sa.Text(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index(op.f("ix_order_items_serial_number"), "order_items", ["serial_number"], unique=False)
    _statements()
    _rows()


def _statements() -> None:
    op.create_table(
        "bank_statements",
        *(sa.Column(name, TEXT, nullable=False) for name in ("statement_id", "sha256", "file_name")),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("state", TEXT, server_default="reading", nullable=False),
        sa.Column("format", TEXT, server_default="", nullable=False),
        sa.Column("encoding", TEXT, server_default="", nullable=False),
        sa.Column(
            "parts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("problem", TEXT, server_default="", nullable=False),
        sa.Column("problem_line", NUMBER, server_default="0", nullable=False),
        sa.Column("uploaded_by", TEXT, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        *(
            sa.Column(name, NUMBER, server_default="0", nullable=False)
            for name in ("rows", "known", "changed", "missing")
        ),
        sa.Column("accepted_by", TEXT, nullable=True),
        sa.Column("accepted", TEXT, server_default="", nullable=False),
        sa.Column("rank", NUMBER, server_default="0", nullable=False),
        sa.Column("party", TEXT, server_default="", nullable=False),
        sa.Column("turn", NUMBER, server_default="0", nullable=False),
        sa.Column("attempts", NUMBER, server_default="0", nullable=False),
        sa.Column("lease", TEXT, nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("wanted_until", MOMENT, nullable=True),
        sa.Column("queued_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", TEXT, server_default="", nullable=False),
        sa.Column("parked_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('reading', 'done', 'refused')", name=op.f("ck_bank_statements_state_known")),
        sa.CheckConstraint("(state = 'refused') = (problem <> '')", name=op.f("ck_bank_statements_refused_has_reason")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_bank_statements")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_statements_sha256")),
    )
    op.create_index("ix_bank_statements_uploaded_at", "bank_statements", ["uploaded_at", "statement_id"], unique=False)
    waiting = sa.text("state = 'reading' AND parked_at IS NULL")
    for name, columns in {
        "turn": ["rank", "turn", "queued_at"],
        "party": ["party", "rank", "turn"],
        "waiting": ["rank", "queued_at"],
    }.items():
        op.create_index(f"ix_bank_statements_{name}", "bank_statements", columns, postgresql_where=waiting)


def _rows() -> None:
    identity = ["account", "booked_on", "amount", "currency", "reference", "place"]
    op.create_table(
        "bank_rows",
        sa.Column("row_id", TEXT, nullable=False),
        sa.Column("statement_id", TEXT, nullable=False),
        sa.Column("line", NUMBER, nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("balance", NUMBER, nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("payer", "payer_account", "note", "kind")),
        sa.Column("state", TEXT, server_default="waiting", nullable=False),
        sa.Column("reason", TEXT, server_default="new", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'settled', 'returned', 'explained')", name=op.f("ck_bank_rows_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statements.statement_id"], name=op.f("fk_bank_rows_statement_id")
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_bank_rows")),
        sa.UniqueConstraint(*identity, name=op.f(f"uq_bank_rows_{'_'.join(identity)}")),
    )
    op.create_index("ix_bank_rows_state", "bank_rows", ["state", "booked_on", "row_id"], unique=False)
    op.create_index("ix_bank_rows_booked_on", "bank_rows", ["booked_on", "row_id"], unique=False)
    op.create_index("ix_bank_rows_statement_id", "bank_rows", ["statement_id", "line"], unique=False)
    op.create_index(
        "ix_bank_rows_new",
        "bank_rows",
        ["statement_id", "row_id"],
        unique=False,
        postgresql_where=sa.text("reason = 'new'"),
    )
    op.create_table(
        "bank_sightings",
        sa.Column("statement_id", TEXT, nullable=False),
        sa.Column("line", NUMBER, autoincrement=False, nullable=False),
        sa.Column("part", NUMBER, autoincrement=False, nullable=False),
        sa.Column("row_id", TEXT, nullable=False),
        sa.Column("says", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statements.statement_id"], name=op.f("fk_bank_sightings_statement_id")
        ),
        sa.ForeignKeyConstraint(["row_id"], ["bank_rows.row_id"], name=op.f("fk_bank_sightings_row_id")),
        sa.PrimaryKeyConstraint("statement_id", "line", "part", "row_id", name=op.f("pk_bank_sightings")),
    )
    op.create_index(op.f("ix_bank_sightings_row_id"), "bank_sightings", ["row_id"], unique=False)
    op.create_table(
        "bank_row_actions",
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in ("action_id", "row_id", "action", "from_state", "to_state", "actor")
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["row_id"], ["bank_rows.row_id"], name=op.f("fk_bank_row_actions_row_id")),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_bank_row_actions")),
    )
    op.create_index(op.f("ix_bank_row_actions_row_id"), "bank_row_actions", ["row_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("rows of statements are kept for ever")
