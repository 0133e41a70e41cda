"""Staff accounts that administrators make, and changes that take two of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _sessions_ended_by_the_office()
    _accounts_to_set_up()
    op.create_table(
        "staff_changes",
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "step IN ('grant', 'reactivate', 'reset_totp', 'reset_access')", name=op.f("ck_staff_changes_step")
        ),
        sa.CheckConstraint("(step = 'grant') = (role <> '')", name=op.f("ck_staff_changes_role_of_a_grant")),
        sa.CheckConstraint("outcome IN ('confirmed', 'declined')", name=op.f("ck_staff_changes_outcome")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_by IS NULL)", name=op.f("ck_staff_changes_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "outcome IS DISTINCT FROM 'confirmed' OR decided_by <> asked_by", name=op.f("ck_staff_changes_four_eyes")
        ),
        sa.CheckConstraint(
            "asked_by <> account_id AND decided_by IS DISTINCT FROM account_id",
            name=op.f("ck_staff_changes_not_their_own"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_staff_changes_account_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_staff_changes")),
    )
    waiting = sa.text("outcome IS NULL")
    op.create_index(
        "uq_staff_changes_waiting",
        "staff_changes",
        ["account_id", "step", "role"],
        unique=True,
        postgresql_where=waiting,
    )
    op.create_index("ix_staff_changes_asked_by", "staff_changes", ["asked_by"], unique=False, postgresql_where=waiting)


def _sessions_ended_by_the_office() -> None:
    op.drop_constraint(op.f("ck_sessions_ended_because_known"), "sessions")
    op.create_check_constraint(
        op.f("ck_sessions_ended_because_known"),
        "sessions",
        "ended_because IN ('signed_out', 'signed_out_everywhere', 'token_reused', 'password_changed',"
        " 'account_recovered', 'staff_changed', 'ended_by_office')",
    )


def _accounts_to_set_up() -> None:
    for column in ("awaits", "code_digest"):
        op.add_column("staff", sa.Column(column, sa.Text(), nullable=True))
    for column in ("deactivated_at", "code_until"):
        op.add_column("staff", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("sealed_code_secret", sa.LargeBinary(), nullable=True))
    op.alter_column("staff", "sealed_totp_secret", nullable=True)
    op.drop_constraint(op.f("ck_staff_roles"), "staff")
    for name, rule in (
        ("roles", "jsonb_typeof(roles) = 'array'"),
        ("awaits", "awaits IN ('access', 'totp')"),
        ("secret_unless_awaited", "(awaits IS NULL) = (sealed_totp_secret IS NOT NULL)"),
        (
            "whole_code",
            "(code_digest IS NULL) = (code_until IS NULL) AND (code_digest IS NULL) = (sealed_code_secret IS NULL)",
        ),
        ("code_for_what_is_awaited", "code_digest IS NULL OR awaits IS NOT NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_staff_{name}"), "staff", rule)
    op.create_index(
        "uq_staff_code_digest",
        "staff",
        ["code_digest"],
        unique=True,
        postgresql_where=sa.text("code_digest IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("who asked for which role, and who agreed, is not taken away")
