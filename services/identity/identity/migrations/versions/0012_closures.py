"""Accounts that their holders close; another name in place of one that is verified"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CHECKS = {
    ("accounts", "applicant_has_mobile_and_id"): "kind = 'staff' OR from_old_system OR standing = 'closed'"
    " OR (mobile IS NOT NULL AND sealed_id_number IS NOT NULL AND id_index IS NOT NULL)",
    ("accounts", "organisation_has_uscc"): "(kind = 'organisation') = (organisation_name IS NOT NULL)"
    " AND (uscc IS NULL OR kind = 'organisation')"
    " AND (uscc IS NOT NULL OR kind <> 'organisation' OR from_old_system OR standing = 'closed')",
    ("one_time_codes", "purpose"): "purpose IN"
    " ('sign_up', 'sign_in', 'sign', 'recover', 'password', 'close', 'email', 'mobile')",
    ("sessions", "ended_because_known"): "ended_because IN ('signed_out', 'signed_out_everywhere', 'token_reused',"
    " 'password_changed', 'account_recovered', 'staff_changed', 'ended_by_office', 'account_closing')",
}
_NEW_CHECKS = {
    "standing": "standing IN ('open', 'locked', 'closed')",
    "staff_are_not_closed": "standing = 'open' OR kind <> 'staff'",
    "closed_is_empty": "standing <> 'closed' OR (name = '' AND COALESCE(organisation_name, '') = ''"
    " AND account_name IS NULL AND mobile IS NULL AND email IS NULL AND id_type IS NULL AND sealed_id_number IS NULL"
    " AND id_index IS NULL AND masked_id_number IS NULL AND uscc IS NULL AND password_hash = ''"
    " AND verification = 'none')",
    "proof_of_closed": "closed_proof IS NULL OR standing = 'closed'",
}
_UNDER_WAY = "state IN ('waiting', 'locked', 'checking')"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("standing", sa.Text(), server_default="open", nullable=False))
    op.add_column("accounts", sa.Column("closed_proof", sa.Text(), nullable=True))
    for (table, name), rule in _CHECKS.items():
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    for name, rule in _NEW_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_accounts_{name}"), "accounts", rule)
    for column in ("earlier_name", "new_name"):
        op.add_column("verifications", sa.Column(column, sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_verifications_name_in_place_of_another"),
        "verifications",
        "(new_name IS NULL) = (earlier_name IS NULL)",
    )
    _closures()


def _closures() -> None:
    table, moment = "account_closures", sa.DateTime(timezone=True)
    op.create_table(
        table,
        sa.Column("closure_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("waits_until", sa.Date(), nullable=False),
        *(sa.Column(name, moment, nullable=True) for name in ("locked_until", "ended_at")),
        sa.Column(
            "ties", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("seal_left", sa.Text(), nullable=True),
        *_queue_columns(),
        sa.CheckConstraint(
            "state IN ('waiting', 'locked', 'checking', 'kept', 'withdrawn', 'closed')",
            name=op.f("ck_account_closures_state"),
        ),
        sa.CheckConstraint(
            f"({_UNDER_WAY}) = (ended_at IS NULL)", name=op.f("ck_account_closures_ended_unless_under_way")
        ),
        sa.CheckConstraint(
            "state NOT IN ('locked', 'checking', 'closed') OR locked_until IS NOT NULL",
            name=op.f("ck_account_closures_locked"),
        ),
        sa.CheckConstraint(
            "(state = 'kept') = (jsonb_array_length(ties) > 0)", name=op.f("ck_account_closures_kept_by_ties")
        ),
        sa.CheckConstraint("seal_left IS NULL OR state = 'closed'", name=op.f("ck_account_closures_seal_of_closed")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_account_closures_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("pk_account_closures")),
    )
    _index("uq_account_closures_under_way", ["account_id"], _UNDER_WAY, unique=True)
    op.create_index("ix_account_closures_account_id", table, ["account_id", "closure_id"], unique=False)
    _index("ix_account_closures_waits_until", ["waits_until"], "state = 'waiting'")
    _index("ix_account_closures_locked", ["locked_until"], "state = 'locked'")
    _index("ix_account_closures_seal_left", ["closure_id"], "seal_left IS NOT NULL")
    waiting = "state = 'checking' AND parked_at IS NULL"
    _index("ix_account_closures_turn", ["rank", "turn", "queued_at"], waiting)
    _index("ix_account_closures_party", ["party", "rank", "turn"], waiting)
    _index("ix_account_closures_waiting", ["rank", "queued_at"], waiting)


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, "account_closures", columns, unique=unique, postgresql_where=sa.text(where))


def _queue_columns() -> list[sa.Column[object]]:
    moment, numbers = sa.DateTime(timezone=True), ("rank", "turn", "attempts")
    return [
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in numbers),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        *(sa.Column(name, moment, nullable=True) for name in ("leased_until", "wanted_until", "parked_at")),
        sa.Column("queued_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
    ]


def downgrade() -> None:
    raise NotImplementedError("what was deleted of closed accounts does not come back")
