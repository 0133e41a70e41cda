"""Consents to privacy notice, terms and the photograph of the face; codes for another mobile"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


PURPOSES = "purpose IN ('sign_up', 'sign_in', 'sign', 'recover', 'email')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_one_time_codes_purpose"), "one_time_codes")
    op.create_check_constraint(
        op.f("ck_one_time_codes_purpose"), "one_time_codes", PURPOSES.replace("'email'", "'email', 'mobile'")
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.CheckConstraint("notice IN ('privacy', 'terms', 'face')", name=op.f("ck_consents_notice")),
        sa.CheckConstraint("state IN ('given', 'withdrawn')", name=op.f("ck_consents_state")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_consents_sha256")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_consents_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_account", "consents", ["account_id", "notice", "id"])


def downgrade() -> None:
    op.drop_table("consents")
    op.drop_constraint(op.f("ck_one_time_codes_purpose"), "one_time_codes")
    op.create_check_constraint(op.f("ck_one_time_codes_purpose"), "one_time_codes", PURPOSES)
