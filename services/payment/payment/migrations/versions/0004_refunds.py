"""Refunds by two people: lines, what the provider knows, the payee"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
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


def upgrade() -> None:
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
    op.create_index("ix_refund_lines_order_id", "refund_lines", ["order_id", "line"], unique=False)
    op.execute(_FUNCTIONS)


def downgrade() -> None:
    raise NotImplementedError("refunds that were sent cannot be unsent")
