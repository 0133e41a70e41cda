"""Parties: all names of an account, by digests with a key; and when dealings end"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """A migration has no keys: what was said and recorded is put into a row each, which the service works off."""
    op.create_table(
        "departed_parties",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_departed_parties")),
    )
    op.create_table(
        "parties_due",
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(entry_id IS NULL) = (registration_number IS NOT NULL)", name=op.f("ck_parties_due_one_of_two")
        ),
        sa.CheckConstraint(
            "(registration_number IS NULL) = (sequence IS NULL)", name=op.f("ck_parties_due_whole_place")
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_parties_due")),
    )
    op.create_table(
        "dealing_terms",
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("registration_number", "sequence", name=op.f("pk_dealing_terms")),
    )
    op.create_index(op.f("ix_dealing_terms_ends"), "dealing_terms", ["ends"], unique=False)
    op.execute("DELETE FROM verified_parties")
    op.execute("DELETE FROM dealing_parties")
    op.drop_constraint(op.f("pk_verified_parties"), "verified_parties", type_="primary")
    op.create_primary_key(op.f("pk_verified_parties"), "verified_parties", ["account_id", "who"])
    op.execute(
        "INSERT INTO parties_due (entry_id) SELECT id FROM dossier_entries"
        " WHERE source = 'identity' AND event IN ('identity_verified', 'account_closed') ORDER BY id"
    )
    op.execute(
        "INSERT INTO parties_due (registration_number, sequence)"
        " SELECT registration_number, sequence FROM register_records"
        " WHERE act IN ('assigned', 'licensed', 'pledged', 'released') ORDER BY registration_number, sequence"
    )
    op.execute(
        "INSERT INTO dealing_terms (registration_number, sequence, ends)"
        " SELECT registration_number, sequence, (dealing ->> 'ends')::date FROM register_records"
        " WHERE (dealing ->> 'ends')::date >= current_date"
    )


def downgrade() -> None:
    raise NotImplementedError("digests with a key cannot be turned back")
