"""What came of an old case here stands beside what the old system said: what was paid, who would refuse it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# An order asks for what was owed, and nobody is heard to have paid another amount.
_PAID_BEFORE = """
    UPDATE legacy_cases c SET received_fen = greatest(coalesce(fee_fen, 0) - coalesce(paid_fen, 0), 0)
    WHERE EXISTS (SELECT FROM legacy_actions a WHERE a.record_id = c.record_id AND a.action = 'pay')"""

_REFUSAL = ("proposed_by", "proposed_reason", "opposed_by", "opposed_reason")


def upgrade() -> None:
    op.add_column("legacy_cases", sa.Column("received_fen", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_legacy_cases_received"), "legacy_cases", "received_fen >= 0")
    op.execute(_PAID_BEFORE)
    for name in _REFUSAL:
        op.add_column("legacy_cases", sa.Column(name, sa.Text(), nullable=True))
    for said in ("proposed", "opposed"):
        told = f"({said}_by IS NULL) = ({said}_reason IS NULL)"
        op.create_check_constraint(op.f(f"ck_legacy_cases_{said}_with_a_reason"), "legacy_cases", told)
    op.create_check_constraint(
        op.f("ck_legacy_cases_proposed_while_open"),
        "legacy_cases",
        "proposed_by IS NULL OR stands IN ('submitted', 'accepted', 'examined')",
    )
    proposed = sa.text("proposed_by IS NOT NULL")
    op.create_index("ix_legacy_cases_proposed", "legacy_cases", ["due_until", "record_id"], postgresql_where=proposed)


def downgrade() -> None:
    op.drop_index("ix_legacy_cases_proposed", "legacy_cases")
    for name in ("proposed_while_open", "opposed_with_a_reason", "proposed_with_a_reason"):
        op.drop_constraint(op.f(f"ck_legacy_cases_{name}"), "legacy_cases")
    for name in reversed(_REFUSAL):
        op.drop_column("legacy_cases", name)
    op.drop_constraint(op.f("ck_legacy_cases_received"), "legacy_cases")
    op.drop_column("legacy_cases", "received_fen")
