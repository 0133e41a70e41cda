"""Everybody whom a proposed revocation concerns answers it for themselves"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "office_act_answers",
        sa.Column("act_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["office_acts.act_id"], name=op.f("fk_office_act_answers_act_id")),
        sa.PrimaryKeyConstraint("act_id", "account_id", name=op.f("pk_office_act_answers")),
    )
    op.execute(
        """
        INSERT INTO office_act_answers (act_id, account_id, name, statement, said_at)
        SELECT a.act_id, e.account_id, '', a.heard, a.heard_at
        FROM office_acts a JOIN register_entries e USING (registration_number)
        WHERE a.heard_at IS NOT NULL
        """
    )
    op.drop_column("office_acts", "heard")
    op.add_column("office_act_files", sa.Column("answer_of", sa.Text(), nullable=True))


def downgrade() -> None:
    op.add_column("office_acts", sa.Column("heard", sa.Text(), server_default="", nullable=False))
    op.execute(
        """
        UPDATE office_acts a SET heard = said.all_of_it
        FROM (SELECT act_id, string_agg(statement, E'\\n\\n' ORDER BY said_at) AS all_of_it
              FROM office_act_answers GROUP BY act_id) said
        WHERE said.act_id = a.act_id
        """
    )
    op.drop_table("office_act_answers")
    op.drop_column("office_act_files", "answer_of")
