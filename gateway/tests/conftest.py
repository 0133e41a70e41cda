"""A real gateway: gunicorn with two workers on a real database, and as many replicas of it as a test wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chassis.testing.databases import DatabaseFactory, TestDatabase
from gateway.testing import GatewayProcess, running_gateway


@pytest.fixture(scope="session")
def gateway_database(databases: DatabaseFactory) -> Iterator[TestDatabase]:
    with databases.database("gateway") as database:
        yield database


@pytest.fixture(scope="session")
def objects_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("objects")


@pytest.fixture(scope="session")
def gateway(gateway_database: TestDatabase, keys: Path, objects_folder: Path) -> Iterator[GatewayProcess]:
    with running_gateway(gateway_database, keys, objects_folder) as process:
        yield process


@pytest.fixture(scope="session")
def replica(gateway_database: TestDatabase, keys: Path, objects_folder: Path) -> Iterator[GatewayProcess]:
    """Another gateway on the same database and store."""
    with running_gateway(gateway_database, keys, objects_folder) as process:
        yield process


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, as briefly as possible, and fails when it does not come true."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.02)

    return wait
