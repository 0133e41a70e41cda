"""Certificates issued anew, and revocations, with their grounds"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "register_records",
        sa.Column("ground", sa.Text(), server_default="", nullable=False, comment="why, of acts that say so"),
    )
    op.drop_constraint(op.f("ck_register_records_act"), "register_records", type_="check")
    op.create_check_constraint(
        op.f("ck_register_records_act"),
        "register_records",
        "act IN ('registered', 'changed', 'assigned', 'pledged', 'released', 'replaced', 'reissued', 'corrected',"
        " 'revoked')",
    )
    op.create_check_constraint(
        op.f("ck_register_records_says_why"),
        "register_records",
        "(act IN ('reissued', 'corrected')) <= (ground <> '')",
    )
    op.alter_column(
        "register_records",
        "number",
        comment="变更或补充证明编号、撤销证明编号",
        existing_comment="变更或补充证明编号",
        existing_type=sa.Text(),
        existing_nullable=True,
    )
    op.drop_constraint(op.f("ck_certificates_paper"), "certificates", type_="check")
    op.create_check_constraint(
        op.f("ck_certificates_paper"), "certificates", "paper IN ('certificate', 'change_proof', 'revocation_proof')"
    )


def downgrade() -> None:
    raise NotImplementedError("what was revoked is in the register")
