"""What a refusal rests on beside its reason; which ended case a draft was begun from"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("basis", sa.Text(), server_default="", nullable=False))
    op.add_column("cases", sa.Column("begun_from", sa.Text(), nullable=True))
    op.create_index("ix_cases_begun_from", "cases", ["begun_from"], postgresql_where=sa.text("begun_from IS NOT NULL"))
    op.execute("UPDATE cases SET basis = proposed_basis WHERE state = 'refused' AND proposed_basis <> ''")


def downgrade() -> None:
    raise NotImplementedError("what a refusal rests on stays known")
