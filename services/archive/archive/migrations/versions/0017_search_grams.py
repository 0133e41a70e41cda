"""The register is searched by pairs of characters"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_GRAMS = """
    CREATE FUNCTION search_grams(content text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
    RETURN pg_catalog.string_to_array(content, NULL) || ARRAY(
        SELECT pg_catalog.substr(content, place, 2)
        FROM pg_catalog.generate_series(1, pg_catalog.length(content) - 1) AS place
    )"""
"""Every character of a text, and every two that stand side by side."""


def upgrade() -> None:
    op.execute(_GRAMS)
    op.create_index(
        "ix_register_entries_searched",
        "register_entries",
        [sa.func.search_grams(sa.text("searched"))],
        unique=False,
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_index("ix_register_entries_searched", table_name="register_entries")
    op.execute("DROP FUNCTION search_grams(text)")
