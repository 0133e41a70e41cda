"""Another seal or operator in place of the one that is held of an organisation"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("verifications", sa.Column("part", sa.Text(), server_default="identity", nullable=False))
    op.add_column("verifications", sa.Column("why", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_verifications_part"),
        "verifications",
        "part = 'identity' OR (part IN ('seal', 'operator') AND kind = 'organisation')",
    )
    op.drop_index("uq_verifications_approved", table_name="verifications")
    op.create_index(
        "uq_verifications_approved",
        "verifications",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'approved' AND part = 'identity'"),
    )
    op.add_column(
        "verification_images",
        sa.Column("picture", sa.LargeBinary(), nullable=True, comment="a seal, as it is drawn"),
    )
    op.add_column("seals", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column(
        "seals",
        sa.Column("verification_id", sa.Text(), nullable=True, comment="by which it took the place of another"),
    )
    op.create_table(
        "operator_changes",
        sa.Column("verification_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id_type", sa.Text(), nullable=False),
        sa.Column("sealed_id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_index", sa.Text(), nullable=True),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("earlier_name", sa.Text(), nullable=False),
        sa.Column("earlier_masked_id_number", sa.Text(), nullable=False),
        sa.CheckConstraint("(sealed_id_number IS NULL) = (id_index IS NULL)", name=op.f("ck_operator_changes_number")),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verifications.verification_id"],
            name=op.f("fk_operator_changes_verification_id_verifications"),
        ),
        sa.PrimaryKeyConstraint("verification_id", name=op.f("pk_operator_changes")),
    )


def downgrade() -> None:
    raise NotImplementedError("which seal an organisation had is part of what it has signed")
