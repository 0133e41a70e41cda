"""Codes with which somebody who is signed in puts a password in the place of one that is forgotten"""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_one_time_codes_purpose"), "one_time_codes")
    op.create_check_constraint(
        op.f("ck_one_time_codes_purpose"),
        "one_time_codes",
        "purpose IN ('sign_up', 'sign_in', 'sign', 'recover', 'password', 'email', 'mobile')",
    )


def downgrade() -> None:
    raise NotImplementedError("codes that were sent are not taken back")
