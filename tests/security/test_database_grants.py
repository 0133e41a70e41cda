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
_COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' GROUP BY 1 ORDER BY 1
"""
_VERSIONS = {"alembic_version", "chassis_version"}
FOR_GOOD = {
    "identity": {"data_key", "signatures", "verification_actions"},
    "filing": {"actions", "documents"},
    "payment": {
        "ledger_accounts",
        "ledger_entries",
        "ledger_postings",
        "money_allocations",
        "money_received",
        "order_actions",
        "refund_actions",
    },
    "archive": {"register_records", "dossier_entries"},
    "legacy_bridge": set[str](),
    "gateway": set[str](),
}
"""What must never change once it is written, whatever the services say of themselves."""
HOLDER_ALONE = ("documents", "dossier_cases")
"""The archive's, of which nothing changes but whose they are: a case may be moved to its owner's new account."""


def declared(package: str, name: str) -> set[str]:
    database = importlib.import_module(f"{package}.database")
    return {*getattr(tables, name), *getattr(database, name, ())}


def permitted(connection: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> bool:
    try:
        connection.execute(statement)
    except REFUSED:
        return False
    return True


def columns_changed_by(role: psycopg.Connection[tuple[object, ...]], name: str, columns: list[str]) -> set[str]:
    change = sql.SQL("UPDATE {} SET {} = DEFAULT WHERE false")
    return {
        column for column in columns if permitted(role, change.format(sql.Identifier(name), sql.Identifier(column)))
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_the_application_role_has_exactly_the_declared_rights(package: str, databases: DatabaseFactory) -> None:
    append_only, deletable = declared(package, "APPEND_ONLY"), declared(package, "DELETABLE")
    assert append_only >= {"audit"} | FOR_GOOD[package]
    assert not append_only & deletable
    updatable = tables.UPDATABLE | getattr(importlib.import_module(f"{package}.database"), "UPDATABLE", {})
    with databases.database(package) as database:
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            found: dict[str, list[str]] = dict(owner.execute(_COLUMNS).fetchall())  # type: ignore[arg-type]  # as asked
        assert append_only | deletable | set(updatable) <= set(found)
        with psycopg.connect(database.application_url, autocommit=True) as role:
            for name, columns in found.items():
                table = sql.Identifier(name)
                statements = {
                    "delete": sql.SQL("DELETE FROM {} WHERE false").format(table),
                    "truncate": sql.SQL("TRUNCATE {}").format(table),
                    "drop": sql.SQL("DROP TABLE {}").format(table),
                    "alter": sql.SQL("ALTER TABLE {} ADD COLUMN more text").format(table),
                    "trigger": sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(table),
                }
                rights = {right for right, statement in statements.items() if permitted(role, statement)}
                assert rights == ({"delete"} if name in deletable else set()), name
                unchanging = name in _VERSIONS or name in append_only
                may_change = set() if unchanging else set(updatable.get(name, columns))
                assert columns_changed_by(role, name, columns) == may_change, name


def test_of_a_dossier_only_its_holder_changes() -> None:
    updatable = importlib.import_module("archive.database").UPDATABLE
    assert {name: updatable[name] for name in HOLDER_ALONE} == dict.fromkeys(HOLDER_ALONE, ("account_id",))


def test_what_was_said_and_heard_stays_as_it_was() -> None:
    """Of the outbox only that it was published may change, of the inbox only how the handling goes."""
    assert set(tables.UPDATABLE["outbox"]) == {"published_at"}
    assert not set(tables.UPDATABLE["inbox"]) & {"envelope", "event_id", "consumer", "subject", "sequence"}
    assert set(tables.UPDATABLE["answered_requests"]) == {"reply", "sealed_reply"}


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
            sql.SQL("CREATE OR REPLACE FUNCTION prune() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'").format(),
            sql.SQL("ALTER FUNCTION prune() SECURITY INVOKER").format(),
            sql.SQL("SELECT pg_read_file('/etc/passwd')").format(),
            sql.SQL("COPY (SELECT 1) TO PROGRAM 'true'").format(),
        ):
            with pytest.raises(REFUSED):
                role.execute(statement)
