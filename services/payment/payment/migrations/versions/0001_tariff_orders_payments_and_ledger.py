"""Tariff, orders, payments and ledger"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from payment.ledger.model import ACCOUNTS
from payment.tariff.store import shipped_rates
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_CHECKS = {
    "ledger_entry_is_balanced": """
CREATE FUNCTION ledger_entry_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) < 2 OR sum(amount) <> 0 FROM ledger_postings WHERE entry_id = NEW.entry_id) THEN
        RAISE EXCEPTION 'ledger entry % is not balanced', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
""",
    "order_is_its_items": """
CREATE FUNCTION order_is_its_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT amount FROM orders WHERE order_id = NEW.order_id)
        IS DISTINCT FROM (SELECT sum(amount)::bigint FROM order_items WHERE order_id = NEW.order_id) THEN
        RAISE EXCEPTION 'order % is not the sum of its items', NEW.order_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
""",
    "money_is_somewhere": """
CREATE FUNCTION money_is_somewhere() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settles bigint := (SELECT coalesce(sum(amount), 0) FROM money_allocations WHERE money_id = NEW.money_id);
    returns bigint := (SELECT coalesce(sum(amount), 0) FROM refunds WHERE money_id = NEW.money_id);
BEGIN
    IF settles < 0 OR settles + returns <> (SELECT amount FROM money_received WHERE money_id = NEW.money_id) THEN
        RAISE EXCEPTION 'money % is not what it settles and what is returned', NEW.money_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
""",
    "order_takes_what_it_costs": """
CREATE FUNCTION order_takes_what_it_costs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) NOT BETWEEN 0 AND (SELECT amount FROM orders WHERE order_id = NEW.order_id)
        FROM money_allocations WHERE order_id = NEW.order_id) THEN
        RAISE EXCEPTION 'order % takes more than it costs', NEW.order_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
""",
}
_AT_COMMIT = {
    "ledger_entry_is_balanced": ("ledger_entries", "ledger_postings"),
    "order_is_its_items": ("orders", "order_items"),
    "money_is_somewhere": ("money_received", "money_allocations", "refunds"),
    "order_takes_what_it_costs": ("money_allocations",),
}
_CHECKED = """
CREATE CONSTRAINT TRIGGER {table}_{function} AFTER INSERT ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}()
"""


def upgrade() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_accounts")),
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by", sa.Text(), nullable=True),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("receipt_id", sa.Text(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "receipt_sha256", sa.Text(), sa.Computed("receipt #>> '{object,sha256}'", persisted=True), nullable=True
        ),
        sa.Column("receipt_attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NOT NULL) = (state = 'cancelled')", name=op.f("ck_orders_cancelled_has_time")
        ),
        sa.CheckConstraint(
            "(paid_at IS NOT NULL) = (state IN ('paid', 'returning', 'refunded'))", name=op.f("ck_orders_paid_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'paid', 'cancelled', 'returning', 'refunded')", name=op.f("ck_orders_state_known")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_orders_amount_not_negative")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_orders_receipt_id")),
    )
    op.create_index("ix_orders_account_id", "orders", ["account_id", "created_at", "order_id"], unique=False)
    op.create_index(op.f("ix_orders_receipt_sha256"), "orders", ["receipt_sha256"], unique=False)
    op.create_index(
        "ix_orders_without_receipt",
        "orders",
        ["receipt_attempts", "paid_at"],
        unique=False,
        postgresql_where=sa.text("state = 'paid' AND amount > 0 AND receipt_id IS NULL"),
    )
    op.create_table(
        "receipt_series",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_receipt_series")),
    )
    op.create_table(
        "tariff_rates",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "amount IS NOT NULL OR code IN ('text_individual', 'software_individual', 'expedite_3', 'expedite_7', "
            "'expedite_15', 'old_case')",
            name=op.f("ck_tariff_rates_no_gap"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_tariff_rates_amount_not_negative")),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_tariff_rates")),
    )
    op.create_table(
        "order_items",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("principal", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rate_from", sa.Date(), nullable=False),
        sa.Column("fee_zh", sa.Text(), nullable=False),
        sa.Column("fee_en", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_basis", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_order_items_amount_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_items_quantity_positive")),
        sa.CheckConstraint("purpose IN ('registration', 'old_case')", name=op.f("ck_order_items_purpose_known")),
        sa.CheckConstraint("principal = (fee_basis IS NOT NULL)", name=op.f("ck_order_items_principal_has_basis")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_items_order_id")),
        sa.ForeignKeyConstraint(
            ["code", "rate_from"],
            ["tariff_rates.code", "tariff_rates.valid_from"],
            name=op.f("fk_order_items_code_rate_from"),
        ),
        sa.PrimaryKeyConstraint("order_id", "line", name=op.f("pk_order_items")),
    )
    op.create_index("ix_order_items_application_id", "order_items", ["application_id", "purpose"], unique=False)
    op.create_index(
        "uq_order_items_open",
        "order_items",
        ["application_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("principal AND open"),
    )
    op.create_table(
        "order_actions",
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_actions_order_id")),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_order_actions")),
        sa.UniqueConstraint(
            "order_id", "request_id", "action", name=op.f("uq_order_actions_order_id_request_id_action")
        ),
    )
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="started", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("code_url", sa.Text(), nullable=True),
        sa.Column("pay_url", sa.Text(), nullable=True),
        sa.Column("client_ip", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_amount", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("polls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('started', 'succeeded', 'failed', 'closed', 'mismatched')", name=op.f("ck_payments_state_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payments")),
    )
    op.create_index(
        "ix_payments_next_poll_at",
        "payments",
        ["next_poll_at"],
        unique=False,
        postgresql_where=sa.text("next_poll_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"], unique=False)
    op.create_index(
        "uq_payments_under_way",
        "payments",
        ["order_id", "method", "scene"],
        unique=True,
        postgresql_where=sa.text("state = 'started'"),
    )
    op.create_table(
        "money_received",
        sa.Column("money_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("provider_paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_received_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name=op.f("fk_money_received_payment_id")),
        sa.PrimaryKeyConstraint("money_id", name=op.f("pk_money_received")),
        sa.UniqueConstraint("method", "transaction_id", name=op.f("uq_money_received_method_transaction_id")),
    )
    op.create_index(op.f("ix_money_received_payment_id"), "money_received", ["payment_id"], unique=False)
    op.create_table(
        "money_allocations",
        sa.Column("allocation_id", sa.Text(), nullable=False),
        sa.Column("money_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_money_allocations_amount_not_zero")),
        sa.ForeignKeyConstraint(["money_id"], ["money_received.money_id"], name=op.f("fk_money_allocations_money_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_money_allocations_order_id")),
        sa.PrimaryKeyConstraint("allocation_id", name=op.f("pk_money_allocations")),
    )
    op.create_index(op.f("ix_money_allocations_money_id"), "money_allocations", ["money_id"], unique=False)
    op.create_index(op.f("ix_money_allocations_order_id"), "money_allocations", ["order_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("money_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.CheckConstraint(
            "state IN ('held', 'requested', 'approved', 'sent', 'done', 'failed')", name=op.f("ck_refunds_state_known")
        ),
        sa.CheckConstraint("(closed_at IS NOT NULL) = (state = 'done')", name=op.f("ck_refunds_done_has_time")),
        sa.CheckConstraint("(requested_by IS NULL) = (state = 'held')", name=op.f("ck_refunds_somebody_requests")),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (state IN ('held', 'requested')) AND approved_by <> requested_by",
            name=op.f("ck_refunds_second_person_approves"),
        ),
        sa.ForeignKeyConstraint(["money_id"], ["money_received.money_id"], name=op.f("fk_refunds_money_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_refunds_order_id")),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_money_id"), "refunds", ["money_id"], unique=False)
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"], unique=False)
    op.create_index(
        "ix_refunds_open", "refunds", ["opened_at"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "uq_refunds_under_way", "refunds", ["money_id"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "refund_actions",
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.refund_id"], name=op.f("fk_refund_actions_refund_id")),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_refund_actions")),
        sa.UniqueConstraint(
            "refund_id", "request_id", "action", name=op.f("uq_refund_actions_refund_id_request_id_action")
        ),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("money_id", sa.Text(), nullable=True),
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(order_id, money_id, refund_id) = 1", name=op.f("ck_ledger_entries_one_cause")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_ledger_entries_order_id")),
        sa.ForeignKeyConstraint(["money_id"], ["money_received.money_id"], name=op.f("fk_ledger_entries_money_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.refund_id"], name=op.f("fk_ledger_entries_refund_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("kind", "reference", name=op.f("uq_ledger_entries_kind_reference")),
    )
    op.create_table(
        "ledger_postings",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(["account"], ["ledger_accounts.code"], name=op.f("fk_ledger_postings_account")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.entry_id"], name=op.f("fk_ledger_postings_entry_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_ledger_postings_order_id")),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_ledger_postings")),
    )
    op.create_index(op.f("ix_ledger_postings_account"), "ledger_postings", ["account"], unique=False)
    op.create_index(op.f("ix_ledger_postings_order_id"), "ledger_postings", ["order_id"], unique=False)
    for function, tables in _AT_COMMIT.items():
        op.execute(_CHECKS[function])
        for table in tables:
            op.execute(_CHECKED.format(function=function, table=table))
    text, amount, day = sa.Text(), sa.BigInteger(), sa.Date()
    accounts = sa.table("ledger_accounts", *(sa.column(name, text) for name in ("code", "title_zh", "title_en")))
    titles = [{"code": code, "title_zh": zh, "title_en": en} for code, zh, en in ACCOUNTS]
    op.bulk_insert(accounts, titles)
    rates = sa.table(
        "tariff_rates",
        sa.column("code", text),
        sa.column("valid_from", day),
        sa.column("amount", amount),
        *(sa.column(name, text) for name in ("title_zh", "title_en", "source")),
    )
    op.bulk_insert(rates, shipped_rates())


def downgrade() -> None:
    for table in (
        "ledger_postings",
        "ledger_entries",
        "refund_actions",
        "refunds",
        "money_allocations",
        "money_received",
        "payments",
        "order_actions",
        "order_items",
        "tariff_rates",
        "receipt_series",
        "orders",
        "ledger_accounts",
    ):
        op.drop_table(table)
    for function in _CHECKS:
        op.execute(f"DROP FUNCTION {function}()")
