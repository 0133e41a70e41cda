"""Migrations: applied once per deployment by a job with the owner role, never by a service at start.

``python -m chassis.migrate filing`` upgrades the chassis's own tables and the service's, then grants the application
role the least it needs. ``--autogenerate "message"`` writes a new migration from the models.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, create_engine, text

from chassis import pruning, tables
from chassis.db import sqlalchemy_url
from chassis.settings import read

_LOCK = 47_110_001
_TEMPLATES = Path(__file__).parent / "migrations"


def _config(location: Path, version_table: str, metadata: MetaData, connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_TEMPLATES))
    config.set_main_option("version_locations", str(location))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, metadata=metadata, version_table=version_table)
    return config


def _database(package: str) -> ModuleType:
    """The service's ``database`` module, with every capability's tables: ``<package>/<capability>/store.py``."""
    database = importlib.import_module(f"{package}.database")
    for store in sorted(Path(str(database.__file__)).parent.glob("*/store.py")):
        importlib.import_module(f"{package}.{store.parent.name}.store")
    return database


def _histories(database: ModuleType) -> list[tuple[Path, str, MetaData]]:
    package = Path(str(database.__file__)).parent
    return [
        (_TEMPLATES / "versions", "chassis_version", tables.Base.metadata),
        (package / "migrations" / "versions", "alembic_version", database.Base.metadata),
    ]


def upgrade(package: str, owner_url: str, application_role: str) -> None:
    """Brings one service's database up to date. Several jobs may start at once: an advisory lock lets one work."""
    database = _database(package)
    engine = create_engine(sqlalchemy_url(owner_url), connect_args={"options": "-c lock_timeout=10000"})
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            for location, version_table, metadata in _histories(database):
                command.upgrade(_config(location, version_table, metadata, connection), "heads")
            _grant(connection, application_role, database)
    finally:
        engine.dispose()


def _grant(connection: Connection, role: str, database: ModuleType) -> None:
    append_only = {*tables.APPEND_ONLY, *getattr(database, "APPEND_ONLY", ())}
    deletable = {*tables.DELETABLE, *getattr(database, "DELETABLE", ())}
    updatable = {**tables.UPDATABLE, **getattr(database, "UPDATABLE", {})}
    names: Iterable[Any] = (*tables.Base.metadata.tables, *database.Base.metadata.tables)
    quoted = '"' + role.replace('"', '""') + '"'
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    for name in names:
        rights = "SELECT, INSERT" + _right_to_change(name, append_only, updatable)
        if name in deletable:
            rights += ", DELETE"
        connection.execute(text(f'REVOKE ALL ON "{name}" FROM {quoted}'))
        connection.execute(text(f'GRANT {rights} ON "{name}" TO {quoted}'))
    for _, version_table, _ in _histories(database):  # by which a process sees whether the schema is its own
        connection.execute(text(f'GRANT SELECT ON "{version_table}" TO {quoted}'))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
    pruning.install(connection, quoted, getattr(database, "PRUNED", ()))


def _right_to_change(name: str, append_only: Collection[str], updatable: Mapping[str, Collection[str]]) -> str:
    if name in append_only:
        return ""
    if name not in updatable:
        return ", UPDATE"
    columns = ", ".join(f'"{column}"' for column in updatable[name])
    return f", UPDATE ({columns})" if columns else ""


def check(package: str, owner_url: str) -> list[str]:
    """Differences between the models and the database after its migrations; empty when they agree."""
    database = _database(package)
    engine = create_engine(sqlalchemy_url(owner_url))
    with engine.begin() as connection:
        for location, version_table, metadata in _histories(database):
            try:
                command.check(_config(location, version_table, metadata, connection))
            except CommandError as error:
                return [str(error)]
    return []


def current(connection: Connection, version_table: str = "alembic_version") -> str | None:
    """The revision that a database is at; None before its first migration."""
    return MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_revision()


def autogenerate(package: str, owner_url: str, message: str) -> None:
    """Writes a migration for what the models have and the database has not. ``package`` may be ``chassis``."""
    if package == "chassis":
        history = (_TEMPLATES / "versions", "chassis_version", tables.Base.metadata)
    else:
        history = _histories(_database(package))[1]
    location, version_table, metadata = history
    location.mkdir(parents=True, exist_ok=True)
    number = len(list(location.glob("[0-9]*.py"))) + 1
    engine = create_engine(sqlalchemy_url(owner_url))
    with engine.begin() as connection:
        config = _config(location, version_table, metadata, connection)
        if number > 1:
            command.upgrade(config, "heads")
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}", version_path=str(location))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="chassis.migrate")
    parser.add_argument("package")
    parser.add_argument("--autogenerate", metavar="MESSAGE")
    options = parser.parse_args(arguments)
    owner_url = read("REGISTRY_OWNER_DATABASE_URL")
    if options.autogenerate:
        autogenerate(options.package, owner_url, options.autogenerate)
        return
    role = urlsplit(read("REGISTRY_DATABASE_URL")).username or ""
    upgrade(options.package, owner_url, role)


if __name__ == "__main__":
    main(sys.argv[1:])
