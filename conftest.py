"""Fixtures for all tests: private servers, never those that happen to listen on this machine."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chassis.service import service_class
from chassis.settings import SEALING_KEY_BYTES, sealing_key_file
from chassis.testing.databases import DatabaseFactory
from chassis.testing.harness import Harness, settings_for
from registry_infra.keys import ISSUERS, prepare_keys
from registry_infra.memory import folder_in_memory
from registry_infra.testing import start_broker, start_postgres


def pytest_collection_finish() -> None:
    """What was imported stays: no collection looks through it again, which takes 0.2 s of each full one."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of this test run's own; the superuser's address."""
    with (
        folder_in_memory(tmp_path_factory.mktemp("postgres")) as folder,
        start_postgres(folder / "postgres") as uri,
    ):
        yield uri


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A RabbitMQ node of this test run's own."""
    with start_broker(tmp_path_factory.mktemp("broker")) as uri:
        yield uri


@pytest.fixture(scope="session")
def databases(postgres: str) -> Iterator[DatabaseFactory]:
    factory = DatabaseFactory(postgres)
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A keys folder with every service's key in it (the real ones hold only their own) and the sandbox PKI."""
    folder = tmp_path_factory.mktemp("keys")
    prepare_keys(folder / "each")
    for issuer in ISSUERS:
        shutil.copytree(folder / "each" / issuer, folder, dirs_exist_ok=True)
    sealing_key_file(folder, "sample").write_bytes(bytes(SEALING_KEY_BYTES))
    return folder


@pytest.fixture
def service_harness(databases: DatabaseFactory, keys: Path, tmp_path: Path) -> Iterator[Callable[..., Harness]]:
    """Makes harnesses: ``service_harness("filing")``."""
    with ExitStack() as stack:

        def make(package: str, *, profile: str = "sandbox") -> Harness:
            database = stack.enter_context(databases.database(package))
            objects = tmp_path / "objects"
            objects.mkdir(exist_ok=True)
            service = service_class(package)
            settings = settings_for(str(service.name), database.application_url, keys, objects, profile)
            harness = Harness(service, settings, database.owner_url)
            stack.callback(harness.close)
            return harness

        yield make
