"""Certificates issued anew, revocations with their grounds, and acts of the office"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
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
    _office_acts()


def _office_acts() -> None:
    op.create_table(
        "office_acts",
        sa.Column("act_id", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("states", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report", sa.Text(), server_default="", nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hear_until", sa.Date(), nullable=True),
        sa.Column("heard", sa.Text(), server_default="", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("act IN ('revoked', 'corrected')", name=op.f("ck_office_acts_act")),
        sa.CheckConstraint(
            "state IN ('reported', 'proposed', 'confirmed', 'dismissed')", name=op.f("ck_office_acts_state")
        ),
        sa.CheckConstraint("state <> 'confirmed' OR decided_by <> proposed_by", name=op.f("ck_office_acts_two_people")),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'confirmed') OR proposed_by IS NOT NULL",
            name=op.f("ck_office_acts_proposed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'dismissed')) = (decided_by IS NOT NULL)",
            name=op.f("ck_office_acts_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(ground IS NULL) = (proposed_by IS NULL)", name=op.f("ck_office_acts_proposed_on_a_ground")
        ),
        sa.CheckConstraint(
            "reported_by IS NOT NULL OR proposed_by IS NOT NULL", name=op.f("ck_office_acts_begun_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["registration_number"],
            ["register_entries.registration_number"],
            name=op.f("fk_office_acts_registration_number"),
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_office_acts")),
    )
    for state in ("reported", "proposed"):
        op.create_index(
            f"uq_office_acts_{state}",
            "office_acts",
            ["registration_number"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_index("ix_office_acts_registration_number", "office_acts", ["registration_number"])
    op.create_index(
        "ix_office_acts_open",
        "office_acts",
        ["act_id"],
        postgresql_where=sa.text("state IN ('reported', 'proposed')"),
    )
    op.create_table(
        "office_act_files",
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("attached_by", sa.Text(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["office_acts.act_id"], name=op.f("fk_office_act_files_act_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_office_act_files")),
    )
    op.create_index("ix_office_act_files_act_id", "office_act_files", ["act_id"])
    op.create_index("ix_office_act_files_sha256", "office_act_files", ["sha256"])


def downgrade() -> None:
    raise NotImplementedError("what was revoked is in the register")
