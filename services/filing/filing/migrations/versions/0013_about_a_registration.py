"""Cases that are about a registration"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNDER_WAY = (
    "about IS NOT NULL AND state IN ('submitted', 'accepted', 'under_examination', 'awaiting_correction',"
    " 'refusal_proposed', 'approved')"
)


def upgrade() -> None:
    op.add_column("cases", sa.Column("about", sa.Text(), nullable=True))
    op.create_index(
        "uq_cases_about_under_way", "cases", ["about", "type"], unique=True, postgresql_where=sa.text(_UNDER_WAY)
    )
    op.create_index("ix_cases_about", "cases", ["about"], postgresql_where=sa.text("about IS NOT NULL"))


def downgrade() -> None:
    raise NotImplementedError("what a case is about is not to be forgotten")
