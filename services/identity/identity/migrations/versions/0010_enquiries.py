"""Enquiries of customer service and the calls that they promise"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "enquiries",
        sa.Column("enquiry_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised", sa.Boolean(), nullable=False),
        sa.Column("call_back_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("subject IN ('account', 'application', 'nobody')", name=op.f("ck_enquiries_subject")),
        sa.CheckConstraint("(subject = 'nobody') = (subject_id = '')", name=op.f("ck_enquiries_of_somebody")),
        sa.CheckConstraint(
            "channel IN ('telephone', 'counter', 'letter', 'message')", name=op.f("ck_enquiries_channel")
        ),
        sa.CheckConstraint(
            "call_back_on IS NULL OR (promised AND ended_at IS NULL)", name=op.f("ck_enquiries_open_call")
        ),
        sa.PrimaryKeyConstraint("enquiry_id", name=op.f("pk_enquiries")),
    )
    op.create_index("ix_enquiries_subject", "enquiries", ["subject_id", "at", "enquiry_id"])
    op.create_index(
        "ix_enquiries_open",
        "enquiries",
        ["call_back_on", "enquiry_id"],
        postgresql_where=sa.text("call_back_on IS NOT NULL"),
    )
    op.create_index(
        "ix_enquiries_ended", "enquiries", ["ended_at", "enquiry_id"], postgresql_where=sa.text("ended_at IS NOT NULL")
    )
    op.create_table(
        "enquiry_steps",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("enquiry_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('reached', 'not_reached', 'postponed', 'not_needed')", name=op.f("ck_enquiry_steps_outcome")
        ),
        sa.CheckConstraint(
            "(again_on IS NULL) = (outcome IN ('reached', 'not_needed'))", name=op.f("ck_enquiry_steps_goes_on")
        ),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiries.enquiry_id"], name=op.f("fk_enquiry_steps_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_steps")),
    )
    op.create_index("ix_enquiry_steps_enquiry_id", "enquiry_steps", ["enquiry_id"])


def downgrade() -> None:
    op.drop_table("enquiry_steps")
    op.drop_table("enquiries")
