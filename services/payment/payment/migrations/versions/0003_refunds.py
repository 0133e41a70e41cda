"""Refunds by two people, closed days of the books, and what providers' bills say"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATES = "'held', 'asked', 'requested', 'approved', 'sent', 'attested', 'done', 'failed', 'refused', 'divided'"
_CHECKS = {
    "state_known": f"state IN ({_STATES})",
    "closed_has_time": "(closed_at IS NOT NULL) = (state IN ('done', 'refused', 'divided'))",
    "somebody_requests": "(requested_by IS NULL) = (state IN ('held', 'divided'))",
    "second_person_approves": "(approved_by IS NULL) = (state IN ('held', 'asked', 'requested', 'refused', 'divided'))"
    " AND approved_by <> requested_by",
    "second_person_confirms": "(state <> 'attested' OR attested_by IS NOT NULL) AND confirmed_by <> attested_by",
}
_OLD_CHECKS = ("state_known", "done_has_time", "somebody_requests", "second_person_approves")
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION money_is_somewhere() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settles bigint := (SELECT coalesce(sum(amount), 0) FROM money_allocations WHERE money_id = NEW.money_id);
    returns bigint := (SELECT coalesce(sum(amount), 0) FROM refunds
        WHERE money_id = NEW.money_id AND state NOT IN ('asked', 'refused', 'divided'));
BEGIN
    IF settles < 0 OR settles + returns <> (SELECT amount FROM money_received WHERE money_id = NEW.money_id) THEN
        RAISE EXCEPTION 'money % is not what it settles and what is returned', NEW.money_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION line_returns_what_it_cost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(l.amount) FROM refund_lines l JOIN refunds r USING (refund_id)
        WHERE l.order_id = NEW.order_id AND l.line = NEW.line AND r.state NOT IN ('refused', 'divided'))
        > (SELECT amount FROM order_items WHERE order_id = NEW.order_id AND line = NEW.line) THEN
        RAISE EXCEPTION 'line % of order % returns more than it cost', NEW.line, NEW.order_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refund_lines_line_returns_what_it_cost AFTER INSERT ON refund_lines
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION line_returns_what_it_cost();
CREATE CONSTRAINT TRIGGER refunds_money_is_somewhere_still AFTER UPDATE OF state ON refunds
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION money_is_somewhere();
"""
_OPEN_DAY = """
CREATE FUNCTION entry_goes_into_an_open_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7281040);
    NEW.day := greatest(NEW.day, (SELECT max(day) + 1 FROM ledger_closings));
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_entry_goes_into_an_open_day BEFORE INSERT ON ledger_entries
FOR EACH ROW EXECUTE FUNCTION entry_goes_into_an_open_day();
"""


def upgrade() -> None:
    _refunds()
    _closings()
    _reconciliations()
    _slips()


def _slips() -> None:
    op.add_column("orders", sa.Column("slips_due", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(
        "ix_orders_slips_due", "orders", ["paid_at"], unique=False, postgresql_where=sa.text("slips_due > 0")
    )
    op.add_column("order_items", sa.Column("slip_id", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("slip_id", sa.Text(), nullable=True))
    op.add_column("refunds", sa.Column("slip_attempts", sa.BigInteger(), server_default="0", nullable=False))
    due = "state = 'done' AND order_id IS NOT NULL AND slip_id IS NULL"
    op.create_index("ix_refunds_without_slip", "refunds", ["slip_attempts", "closed_at"], postgresql_where=sa.text(due))
    op.create_table(
        "slips",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), sa.Computed("document #>> '{object,sha256}'", persisted=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_slips_order_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_slips")),
    )
    for column in ("order_id", "application_id", "sha256"):
        op.create_index(op.f(f"ix_slips_{column}"), "slips", [column], unique=False)


def _reconciliations() -> None:
    text, number, moment = sa.Text(), sa.BigInteger(), sa.DateTime(timezone=True)
    counts = ("our_payments", "our_refunds", "their_payments", "their_refunds", "rows")
    op.create_table(
        "reconciliations",
        sa.Column("reconciliation_id", text, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("method", text, nullable=False),
        sa.Column("state", text, server_default="waiting", nullable=False),
        *(sa.Column(name, number, server_default="0", nullable=False) for name in counts),
        sa.Column("bill_sha256", text, server_default="", nullable=False),
        sa.Column("compared_at", moment, nullable=True),
        sa.Column("rank", number, server_default="0", nullable=False),
        sa.Column("party", text, server_default="", nullable=False),
        sa.Column("turn", number, server_default="0", nullable=False),
        sa.Column("attempts", number, server_default="0", nullable=False),
        sa.Column("lease", text, nullable=True),
        sa.Column("leased_until", moment, nullable=True),
        sa.Column("wanted_until", moment, nullable=True),
        sa.Column("queued_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", text, server_default="", nullable=False),
        sa.Column("parked_at", moment, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_reconciliations_state_known")),
        sa.PrimaryKeyConstraint("reconciliation_id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("day", "method", name=op.f("uq_reconciliations_day_method")),
    )
    waiting = sa.text("state = 'waiting' AND parked_at IS NULL")
    for name, columns in {
        "turn": ["rank", "turn", "queued_at"],
        "party": ["party", "rank", "turn"],
        "waiting": ["rank", "queued_at"],
    }.items():
        op.create_index(f"ix_reconciliations_{name}", "reconciliations", columns, postgresql_where=waiting)
    op.create_table(
        "differences",
        sa.Column("difference_id", text, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("method", "kind", "what", "number")),
        sa.Column("ours", number, nullable=True),
        sa.Column("theirs", number, nullable=True),
        sa.Column("our_state", text, nullable=False),
        sa.Column("their_state", text, nullable=False),
        sa.Column("explanation", text, server_default="", nullable=False),
        sa.Column("explained_by", text, nullable=True),
        sa.Column("explained_at", moment, nullable=True),
        sa.Column("cleared_at", moment, nullable=True),
        sa.CheckConstraint(
            "(explained_by IS NULL) = (explained_at IS NULL)", name=op.f("ck_differences_explained_has_time")
        ),
        sa.PrimaryKeyConstraint("difference_id", name=op.f("pk_differences")),
        sa.UniqueConstraint("day", "method", "what", "number", name=op.f("uq_differences_day_method_what_number")),
    )
    op.create_index(op.f("ix_differences_number"), "differences", ["number"], unique=False)


def _closings() -> None:
    op.add_column("ledger_entries", sa.Column("day", sa.Date(), nullable=True))
    op.execute("UPDATE ledger_entries SET day = (booked_at AT TIME ZONE 'Asia/Shanghai')::date")
    op.alter_column("ledger_entries", "day", nullable=False)
    op.create_index(op.f("ix_ledger_entries_day"), "ledger_entries", ["day"], unique=False)
    op.create_table(
        "ledger_closings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("entries_sha256", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("entries > 0", name=op.f("ck_ledger_closings_has_entries")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_closings")),
        sa.UniqueConstraint("sha256", name=op.f("uq_ledger_closings_sha256")),
    )
    op.execute(_OPEN_DAY)


def _refunds() -> None:
    op.add_column("orders", sa.Column("has_refunds", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("uq_refunds_under_way", table_name="refunds")
    text, moment = sa.Text(), sa.DateTime(timezone=True)
    for column in (
        sa.Column("attested_by", text, nullable=True),
        sa.Column("confirmed_by", text, nullable=True),
        sa.Column("reason", text, server_default="", nullable=False),
        sa.Column("evidence", text, server_default="", nullable=False),
        sa.Column("payee", sa.LargeBinary(), nullable=True),
        sa.Column("refund_number", text, nullable=True),
        sa.Column("attempt", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("polls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_poll_at", moment, nullable=True),
        sa.Column("problem", text, server_default="", nullable=False),
        sa.Column("provider_number", text, nullable=True),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("refunded_at", moment, nullable=True),
        sa.Column("file_id", text, nullable=True),
    ):
        op.add_column("refunds", column)
    op.create_unique_constraint(op.f("uq_refunds_refund_number"), "refunds", ["refund_number"])
    op.create_index(op.f("ix_refunds_file_id"), "refunds", ["file_id"], unique=False)
    op.create_index(
        "ix_refunds_next_poll_at",
        "refunds",
        ["next_poll_at"],
        unique=False,
        postgresql_where=sa.text("next_poll_at IS NOT NULL"),
    )
    for name in _OLD_CHECKS:
        op.drop_constraint(op.f(f"ck_refunds_{name}"), "refunds", type_="check")
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_refunds_{name}"), "refunds", condition)
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", text, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("order_id", text, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_lines_amount_positive")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.refund_id"], name=op.f("fk_refund_lines_refund_id")),
        sa.ForeignKeyConstraint(
            ["order_id", "line"],
            ["order_items.order_id", "order_items.line"],
            name=op.f("fk_refund_lines_order_id_line"),
        ),
        sa.PrimaryKeyConstraint("refund_id", "line", name=op.f("pk_refund_lines")),
    )
    op.create_table(
        "refund_files",
        sa.Column("file_id", text, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by", text, nullable=False),
        sa.Column("transfers", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_refund_files")),
    )
    op.create_index("ix_refund_lines_order_id", "refund_lines", ["order_id", "line"], unique=False)
    op.execute(_FUNCTIONS)


def downgrade() -> None:
    raise NotImplementedError("refunds that were sent cannot be unsent")
