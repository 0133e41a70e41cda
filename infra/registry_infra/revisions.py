"""Schema versions: which a database has, and which this code knows."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, LiteralString

import psycopg

from chassis import schema
from registry_infra.problems import StackProblem

_TABLES: Mapping[str, LiteralString] = {
    "chassis_version": "SELECT version_num FROM chassis_version",
    "alembic_version": "SELECT version_num FROM alembic_version",
}


def revisions_of(owner_urls: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By database and version table."""
    found: dict[str, dict[str, str]] = {}
    for name, url in owner_urls.items():
        with psycopg.connect(url) as connection, suppress(psycopg.errors.UndefinedTable):  # never migrated
            rows: dict[str, Any] = {table: connection.execute(query).fetchone() for table, query in _TABLES.items()}
            found[name] = {table: row[0] for table, row in rows.items() if row}
    return found


def refuse_newer(revisions: Mapping[str, Mapping[str, str]]) -> None:
    """Raises StackProblem when a database is of a version that this code does not know yet."""
    for package, tables in revisions.items():
        known = schema.revisions(package)
        newer = [revision for table, revision in tables.items() if revision not in known[table]]
        if newer:
            raise StackProblem(
                f"the database {package} is of a newer version ({', '.join(newer)}) than this one. Restore it with the "
                "version that made the backup, or with a later one."
            )
