"""Addresses leave the rows and sheets of batches that were filed before they did so by themselves"""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("""
        UPDATE batch_works w SET form = w.form - 'delivery',
            cells = (SELECT coalesce(jsonb_agg(one ORDER BY n), '[]')
                     FROM jsonb_array_elements(w.cells) WITH ORDINALITY c (one, n)
                     WHERE split_part(coalesce(one ->> 'path', ''), '.', 1) <> 'delivery'),
            unread = (SELECT coalesce(jsonb_agg(one ORDER BY n), '[]')
                      FROM jsonb_array_elements(w.unread) WITH ORDINALITY u (one, n)
                      WHERE split_part(coalesce(one ->> 'field', ''), '.', 1) <> 'delivery')
        FROM batches b
        WHERE b.id = w.batch_id
          AND (w.state IN ('filed', 'accepted') OR b.state IN ('accepted', 'discarded') OR b.order_state = 'cancelled')
          AND (w.form ? 'delivery' OR w.cells::text LIKE '%delivery%' OR w.unread::text LIKE '%delivery%')""")
    op.execute("""
        INSERT INTO released_objects (space, sha256)
        SELECT DISTINCT '', spreadsheet_sha256 FROM batches WHERE read_sheet""")


def downgrade() -> None:
    raise NotImplementedError("what was forgotten does not come back")
