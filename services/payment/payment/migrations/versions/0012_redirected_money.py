"""Money that settled the wrong order pays the right one, when two cashiers say so"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CHECKS = {
    "state_known": "state IN ('held', 'asked', 'requested', 'approved', 'sent', 'attested', 'done', 'failed',"
    " 'refused', 'divided', 'redirected')",
    "closed_has_time": "(closed_at IS NOT NULL) = (state IN ('done', 'refused', 'divided', 'redirected'))",
}
_FUNCTION = """
CREATE OR REPLACE FUNCTION money_is_somewhere() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settles bigint := (SELECT coalesce(sum(amount), 0) FROM money_allocations WHERE money_id = NEW.money_id);
    returns bigint := (SELECT coalesce(sum(amount), 0) FROM refunds
        WHERE money_id = NEW.money_id AND state NOT IN ('asked', 'refused', 'divided', 'redirected'));
BEGIN
    IF settles < 0 OR settles + returns <> (SELECT amount FROM money_received WHERE money_id = NEW.money_id) THEN
        RAISE EXCEPTION 'money % is not what it settles and what is returned', NEW.money_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.add_column("refunds", sa.Column("pays_order_id", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_refunds_pays_order_id_orders"), "refunds", "orders", ["pays_order_id"], ["order_id"])
    for name, check in _CHECKS.items():
        op.drop_constraint(op.f(f"ck_refunds_{name}"), "refunds", type_="check")
        op.create_check_constraint(op.f(f"ck_refunds_{name}"), "refunds", check)
    op.execute(_FUNCTION)


def downgrade() -> None:
    raise NotImplementedError("what money was redirected to is part of the books")
