"""Two gateways on one database and one object store, as a deployment has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.testing.databases import DatabaseFactory
from gateway.testing import GatewayProcess, running_gateway


@pytest.fixture(scope="module")
def gateways(
    databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[GatewayProcess]]:
    objects = tmp_path_factory.mktemp("objects")
    with (
        databases.database("gateway") as database,
        running_gateway(database, keys, objects) as one,
        running_gateway(database, keys, objects) as two,
    ):
        yield [one, two]
