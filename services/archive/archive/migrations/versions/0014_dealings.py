"""What is done with the rights of a registration, and who is a party to it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ACTS = (
    "act IN ('registered', 'changed', 'assigned', 'licensed', 'pledged', 'released', 'replaced', 'reissued',"
    " 'corrected', 'revoked')"
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_register_records_act"), "register_records", type_="check")
    op.create_check_constraint(op.f("ck_register_records_act"), "register_records", _ACTS)
    op.alter_column(
        "register_records", "number", comment="of its own proof", existing_comment="变更或补充证明编号、撤销证明编号"
    )
    op.add_column(
        "register_records",
        sa.Column("dealing", JSONB(), server_default="{}", nullable=False, comment="what was done with the rights"),
    )
    op.drop_constraint(op.f("ck_certificates_paper"), "certificates", type_="check")
    op.create_check_constraint(
        op.f("ck_certificates_paper"),
        "certificates",
        "paper IN ('certificate', 'change_proof', 'revocation_proof', 'dealing_proof')",
    )
    op.create_table(
        "verified_parties",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_verified_parties")),
    )
    op.create_index(op.f("ix_verified_parties_who"), "verified_parties", ["who"], unique=False)
    op.create_table(
        "dealing_parties",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("registration_number", "sequence", "who", name=op.f("pk_dealing_parties")),
    )
    op.create_index(op.f("ix_dealing_parties_who"), "dealing_parties", ["who"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("what was done with rights is in the register")
