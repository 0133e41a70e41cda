"""A proposal of an act of the office is taken back by who made it"""

from collections.abc import Sequence

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHECKS = {
    "state": "state IN ('reported', 'proposed', 'confirmed', 'dismissed', 'withdrawn')",
    "decided_by_somebody": "(state IN ('confirmed', 'dismissed', 'withdrawn')) = (decided_by IS NOT NULL)",
}


def upgrade() -> None:
    for name, holds in CHECKS.items():
        op.drop_constraint(op.f(f"ck_office_acts_{name}"), "office_acts", type_="check")
        op.create_check_constraint(op.f(f"ck_office_acts_{name}"), "office_acts", holds)


def downgrade() -> None:
    raise NotImplementedError("what was taken back stays known")
