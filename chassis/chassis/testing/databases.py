"""Databases for tests: migrated once per service into a template, copied for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from chassis.migrate import upgrade

_PASSWORD = "test"  # noqa: S105  of a server that lives as long as one test run


@dataclass(frozen=True)
class TestDatabase:
    """Addresses of one database for its owner and for the application role."""

    __test__ = False
    owner_url: str
    application_url: str


class DatabaseFactory:
    """Makes databases of services on one server; ``server_uri`` signs in as superuser."""

    def __init__(self, server_uri: str) -> None:
        self._server_uri = server_uri
        self._templates: dict[str, str] = {}
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    @contextmanager
    def database(self, package: str) -> Iterator[TestDatabase]:
        """A fresh, migrated database of the service; dropped afterwards."""
        template = self._template(package)
        name = f"test_{package}_{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._admin().execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield TestDatabase(self._url(f"{package}_owner", name), self._url(f"{package}_app", name))
        finally:
            self._drop(name)

    @contextmanager
    def empty_database(self, package: str) -> Iterator[TestDatabase]:
        """A database without tables, with the roles: for tests of the migrations themselves."""
        name = f"test_{package}_{uuid.uuid4().hex[:12]}"
        self._create(package, name)
        try:
            yield TestDatabase(self._url(f"{package}_owner", name), self._url(f"{package}_app", name))
        finally:
            self._drop(name)

    def _template(self, package: str) -> str:
        if package not in self._templates:
            name = f"template_{package}_{uuid.uuid4().hex[:8]}"
            self._create(package, name)
            upgrade(package, self._url(f"{package}_owner", name), f"{package}_app")
            self._templates[package] = name
        return self._templates[package]

    def _create(self, package: str, name: str) -> None:
        admin = self._admin()
        admin.execute("SET scram_iterations = 1")  # for the password to be hashed; 4096 take 3 ms of each connection
        for role in (f"{package}_owner", f"{package}_app"):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                admin.execute(statement.format(sql.Identifier(role), sql.Literal(_PASSWORD)))
        owner = sql.Identifier(f"{package}_owner")
        create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' {}")
        # As a deployment has them.
        own = sql.SQL(
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'" if admin.info.server_version >= 170_000 else ""
        )
        admin.execute(create.format(sql.Identifier(name), owner, own))

    def _drop(self, name: str) -> None:
        self._admin().execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        if self._connection is None or not _answers(self._connection):
            self._connection = psycopg.connect(self._server_uri, autocommit=True)
        return self._connection

    def close(self) -> None:
        """Gives the connection back; what is asked for afterwards makes another."""
        if self._connection is not None:
            self._connection.close()

    def _url(self, role: str, database: str) -> str:
        parts = urlsplit(self._server_uri)
        return f"postgresql://{role}:{_PASSWORD}@{parts.hostname}:{parts.port}/{database}"


def _answers(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Some tests kill their servers, which come back."""
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        connection.close()
        return False
    return True
