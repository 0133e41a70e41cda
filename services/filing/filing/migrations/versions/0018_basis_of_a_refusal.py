"""What a proposed refusal rests on, as its examiner chose it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("proposed_basis", sa.Text(), server_default="", nullable=False))
    op.execute(  # what notices said of every refusal until now
        "UPDATE cases SET proposed_basis = CASE WHEN type LIKE 'software%'"
        " THEN '《计算机软件著作权登记办法》第二十一条' ELSE '《作品自愿登记试行办法》第五条' END"
        " WHERE state = 'refusal_proposed'"
    )


def downgrade() -> None:
    raise NotImplementedError("what a refusal rests on stays known")
