"""Parcels are cancelled by who asked for them; the register says which deposits are sealed"""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHECKS = {
    "state": "state IN ('asked', 'printed', 'sent', 'delivered', 'returned', 'cancelled')",
    "sent_under_a_number": "(state IN ('asked', 'printed', 'cancelled')) = (tracking_number IS NULL)",
    "ended_on_a_day": "(state IN ('delivered', 'returned', 'cancelled')) = (ended_on IS NOT NULL)",
    "printed_in_a_batch": "(state IN ('asked', 'cancelled')) = (batch_id IS NULL)",
}


def upgrade() -> None:
    for name, check in CHECKS.items():
        op.drop_constraint(op.f(f"ck_parcels_{name}"), "parcels", type_="check")
        op.create_check_constraint(op.f(f"ck_parcels_{name}"), "parcels", check)
    op.drop_constraint(op.f("ck_register_records_act"), "register_records", type_="check")
    op.create_check_constraint(
        op.f("ck_register_records_act"),
        "register_records",
        "act IN ('registered', 'changed', 'assigned', 'licensed', 'pledged', 'released', 'replaced', 'reissued',"
        " 'corrected', 'revoked', 'sealed', 'unsealed')",
    )


def downgrade() -> None:
    raise NotImplementedError("what was cancelled stays known")
