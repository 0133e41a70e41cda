"""Models and migrations of every service say the same."""

from __future__ import annotations

import pytest
from chassis.migrate import check
from chassis.testing.databases import DatabaseFactory


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("service", ["identity", "filing", "payment", "archive", "legacy_bridge"])
def test_the_migrations_make_the_tables_that_the_models_describe(databases: DatabaseFactory, service: str) -> None:
    with databases.database(service) as database:
        assert check(service, database.owner_url) == []
