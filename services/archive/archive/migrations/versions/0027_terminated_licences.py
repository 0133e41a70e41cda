"""An exclusive licence may end before its term: a record says so"""

from collections.abc import Sequence

from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_register_records_act"), "register_records", type_="check")
    op.create_check_constraint(
        op.f("ck_register_records_act"),
        "register_records",
        "act IN ('registered', 'changed', 'assigned', 'licensed', 'pledged', 'released', 'terminated', 'replaced',"
        " 'reissued', 'corrected', 'revoked', 'sealed', 'unsealed')",
    )


def downgrade() -> None:
    raise NotImplementedError("what ended is in the register")
