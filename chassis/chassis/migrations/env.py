"""Alembic environment shared by all services; ``chassis.migrate`` gives connection, models and version table."""

from typing import Any

from alembic import context

attributes = context.config.attributes


def ours(_: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Only the tables of the history at hand: a database holds the chassis's tables and the service's."""
    return not (kind == "table" and reflected and compare_to is None)


context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    version_table=attributes["version_table"],
    include_object=ours,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
