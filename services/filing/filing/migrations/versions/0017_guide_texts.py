"""The office's words beside the service guides"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "guide_texts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'withdrawn', 'discarded')", name=op.f("ck_guide_texts_state")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_guide_texts_ends_after_it_begins")
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR published_by <> written_by", name=op.f("ck_guide_texts_second_person")
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL", name=op.f("ck_guide_texts_published")
        ),
        sa.CheckConstraint(
            "state NOT IN ('discarded', 'withdrawn') OR ended_at IS NOT NULL", name=op.f("ck_guide_texts_ended")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_texts")),
    )
    op.create_index(
        "ix_guide_texts_published", "guide_texts", ["place"], postgresql_where=sa.text("state = 'published'")
    )
    op.create_index("ix_guide_texts_written_at", "guide_texts", ["written_at", "id"])


def downgrade() -> None:
    raise NotImplementedError("what the office told people is kept")
