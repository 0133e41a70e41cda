"""Drafts that their owner deleted"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEPT = """
    CREATE FUNCTION keep_filed_materials() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM cases WHERE id = OLD.case_id AND state <> 'draft') THEN
            RAISE EXCEPTION 'the materials of a filed case are kept';
        END IF;
        RETURN OLD;
    END $$
"""
_TRIGGER = """
    CREATE TRIGGER keep_filed_materials BEFORE DELETE ON materials
    FOR EACH ROW EXECUTE FUNCTION keep_filed_materials()
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True))
    # Of no case yet, so nothing has to be read for it.
    op.create_check_constraint(
        op.f("ck_cases_only_drafts_are_discarded"),
        "cases",
        "discarded_at IS NULL OR state = 'draft'",
        postgresql_not_valid=True,
    )
    op.execute(_KEPT)
    op.execute(_TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_filed_materials ON materials")
    op.execute("DROP FUNCTION keep_filed_materials()")
    op.drop_constraint(op.f("ck_cases_only_drafts_are_discarded"), "cases")
    op.drop_column("cases", "discarded_at")
