"""What the application role of each database may do is what the service declares, tried on a migrated database."""

from __future__ import annotations

import importlib

import psycopg
import pytest
from chassis.testing.databases import DatabaseFactory
from psycopg import sql

from chassis import tables

PACKAGES = ("identity", "filing", "payment", "archive", "legacy_bridge", "gateway")
REFUSED = psycopg.errors.InsufficientPrivilege
_TABLES = """
    SELECT c.relname, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                       ORDER BY attnum LIMIT 1)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' ORDER BY 1
"""
_VERSIONS = {"alembic_version", "chassis_version"}


def declared(package: str, name: str) -> set[str]:
    database = importlib.import_module(f"{package}.database")
    return {*getattr(tables, name), *getattr(database, name, ())}


def permitted(connection: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> bool:
    try:
        connection.execute(statement)
    except REFUSED:
        return False
    return True


@pytest.mark.parametrize("package", PACKAGES)
def test_the_application_role_has_exactly_the_declared_rights(package: str, databases: DatabaseFactory) -> None:
    append_only, deletable = declared(package, "APPEND_ONLY"), declared(package, "DELETABLE")
    assert "audit" in append_only
    with databases.database(package) as database:
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            found = {str(name): str(column) for name, column in owner.execute(_TABLES).fetchall()}
        assert append_only | deletable <= set(found)
        with psycopg.connect(database.application_url, autocommit=True) as role:
            for name, column in found.items():
                table, first = sql.Identifier(name), sql.Identifier(column)
                statements = {
                    "update": sql.SQL("UPDATE {} SET {} = DEFAULT WHERE false").format(table, first),
                    "delete": sql.SQL("DELETE FROM {} WHERE false").format(table),
                    "truncate": sql.SQL("TRUNCATE {}").format(table),
                    "drop": sql.SQL("DROP TABLE {}").format(table),
                    "alter": sql.SQL("ALTER TABLE {} ADD COLUMN more text").format(table),
                    "trigger": sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(table),
                }
                expected = set()
                if name not in _VERSIONS and name not in append_only:
                    expected.add("update")
                if name in deletable:
                    expected.add("delete")
                rights = {right for right, statement in statements.items() if permitted(role, statement)}
                assert rights == expected, name


@pytest.mark.parametrize("package", PACKAGES)
def test_the_application_role_can_become_nobody_else_and_make_nothing(package: str, databases: DatabaseFactory) -> None:
    with (
        databases.database(package) as database,
        psycopg.connect(database.application_url, autocommit=True) as role,
    ):
        for statement in (
            sql.SQL("SET ROLE {}").format(sql.Identifier(f"{package}_owner")),
            sql.SQL("CREATE TABLE mine ()").format(),
            sql.SQL("CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'").format(),
            sql.SQL("CREATE SCHEMA mine").format(),
            sql.SQL("SELECT pg_read_file('/etc/passwd')").format(),
            sql.SQL("COPY (SELECT 1) TO PROGRAM 'true'").format(),
        ):
            with pytest.raises(REFUSED):
                role.execute(statement)
