"""Changes of what is registered, and their proofs"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("register_records", sa.Column("number", sa.Text(), nullable=True, comment="变更或补充证明编号"))
    op.create_unique_constraint(op.f("uq_register_records_number"), "register_records", ["number"])
    op.add_column("certificates", sa.Column("paper", sa.Text(), server_default="certificate", nullable=False))
    op.create_check_constraint(
        op.f("ck_certificates_paper"), "certificates", "paper IN ('certificate', 'change_proof')"
    )
    op.drop_constraint(op.f("uq_certificates_registration_number_edition_language"), "certificates", type_="unique")
    op.create_unique_constraint(
        op.f("uq_certificates_registration_number_paper_edition_language"),
        "certificates",
        ["registration_number", "paper", "edition", "language"],
    )


def downgrade() -> None:
    raise NotImplementedError("what was changed is in the register")
