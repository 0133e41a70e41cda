"""Requests to hurry a case, and the record of the queue"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATES = "'requested', 'granted', 'active', 'kept', 'missed', 'refused', 'withdrawn', 'lapsed', 'ended'"


def upgrade() -> None:
    text, moment = sa.Text(), sa.DateTime(timezone=True)
    op.add_column("cases", sa.Column("expedite_id", text, nullable=True))
    op.add_column("cases", sa.Column("expedite_due_on", sa.Date(), nullable=True))
    op.create_table(
        "expedites",
        sa.Column("id", text, nullable=False),
        sa.Column("case_id", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("tier", text, nullable=False),
        sa.Column("tier_zh", text, nullable=False),
        sa.Column("tier_en", text, nullable=False),
        sa.Column("working_days", sa.BigInteger(), nullable=False),
        sa.Column("pay_working_days", sa.BigInteger(), nullable=False),
        sa.Column("tariff", text, nullable=False),
        sa.Column("because", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("asked_by", text, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("decided_by", text, nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("refused_because", text, nullable=True),
        sa.Column("answer", text, server_default="", nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=True),
        sa.Column("order_id", text, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_expedites_state")),
        sa.CheckConstraint(
            "(state = 'refused') = (refused_because IS NOT NULL)", name=op.f("ck_expedites_refused_because")
        ),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'refused') OR decided_by IS NOT NULL",
            name=op.f("ck_expedites_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'kept', 'missed') OR (due_on IS NOT NULL AND started_on IS NOT NULL)",
            name=op.f("ck_expedites_promised"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_expedites_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expedites")),
    )
    op.create_index(
        "uq_expedites_open",
        "expedites",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'granted', 'active')"),
    )
    op.create_index("ix_expedites_state", "expedites", ["state", "asked_at"], unique=False)
    op.create_table(
        "expedite_files",
        sa.Column("id", text, nullable=False),
        sa.Column("expedite_id", text, nullable=False),
        sa.Column("file_name", text, nullable=False),
        sa.Column("sha256", text, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("precheck_id", text, nullable=False),
        sa.Column("attached_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["expedite_id"], ["expedites.id"], name=op.f("fk_expedite_files_expedite_id")),
        sa.ForeignKeyConstraint(["precheck_id"], ["prechecks.id"], name=op.f("fk_expedite_files_precheck_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expedite_files")),
    )
    op.create_index(op.f("ix_expedite_files_expedite_id"), "expedite_files", ["expedite_id"], unique=False)
    op.create_index(op.f("ix_expedite_files_sha256"), "expedite_files", ["sha256"], unique=False)
    op.create_table(
        "expedite_steps",
        sa.Column("id", text, nullable=False),
        sa.Column("expedite_id", text, nullable=False),
        sa.Column("step", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.ForeignKeyConstraint(["expedite_id"], ["expedites.id"], name=op.f("fk_expedite_steps_expedite_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expedite_steps")),
        sa.UniqueConstraint("expedite_id", "step", name=op.f("uq_expedite_steps_expedite_id_step")),
    )
    op.create_table(
        "queue_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", text, nullable=False),
        sa.Column("request_id", text, nullable=False),
        sa.Column("event", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("reason", text, server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("ahead", sa.BigInteger(), nullable=True),
        sa.Column("rule", text, nullable=False),
        sa.CheckConstraint(
            "event IN ('entered', 'moved', 'claimed', 'returned', 'left')", name=op.f("ck_queue_entries_event")
        ),
        sa.CheckConstraint("(event = 'claimed') = (ahead IS NOT NULL)", name=op.f("ck_queue_entries_ahead_of_claims")),
        sa.CheckConstraint(
            "ahead IS NULL OR ahead = 0 OR reason <> ''", name=op.f("ck_queue_entries_out_of_order_has_reason")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_queue_entries_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entries")),
    )
    op.create_index("ix_queue_entries_case_id", "queue_entries", ["case_id", "id"], unique=False)
    op.create_index("ix_queue_entries_at", "queue_entries", ["at"], unique=False)
    op.create_table(
        "queue_links",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", text, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_queue_links_number_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entries.id"], name=op.f("fk_queue_links_entry_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_queue_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_queue_links_entry_id")),
    )
    op.create_table(
        "queue_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_queue_days")),
    )


def downgrade() -> None:
    raise NotImplementedError("the record of the queue is not taken away")
