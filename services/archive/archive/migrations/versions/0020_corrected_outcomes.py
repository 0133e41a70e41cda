"""What was noted of a parcel before its outcome was corrected stays with the step that corrected it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("parcel_steps", sa.Column("was_on", sa.Date(), nullable=True))
    op.add_column("parcel_steps", sa.Column("was_because", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("what was noted before stays known")
