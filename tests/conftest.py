"""The one running system that journeys and browser tests share, and its staff; and the system of one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.signing.pki import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory
from registry_infra.cli import running_url
from registry_infra.folders import cache_folder, server_user
from registry_infra.node import Node, prepare_node
from registry_infra.portal import Portal
from registry_infra.progress import say
from registry_infra.testing import Stack, start_stack

from tests.lives import Lives, lead_lives
from tests.one_process import System, running_system
from tests.staff import Staff


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of this test run's own, or for working on tests the running one in REGISTRY_JOURNEYS_DATA."""
    if data := os.environ.get("REGISTRY_JOURNEYS_DATA"):
        yield Stack(running_url(Path(data)), Path(data))
    else:
        with start_stack(tmp_path_factory.mktemp("stack"), REGISTRY_LISTENERS="catalogue,statistics") as started:
            yield started


@pytest.fixture(scope="session")
def visitor(stack: Stack) -> Iterator[Portal]:
    portal = Portal(stack.url)
    yield portal
    portal.close()


@pytest.fixture(scope="session")
def staff(visitor: Portal) -> Staff:
    return Staff(visitor)


@pytest.fixture(scope="session")
def lives(visitor: Portal, staff: Staff) -> Lives:
    return lead_lives(visitor, staff)


@pytest.fixture(scope="session")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as made:
        yield made


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Node.js with the packages of tests/npm."""
    cache = cache_folder(tmp_path_factory.mktemp("node"), server_user())
    return prepare_node(Path(__file__).parent / "npm" / "package-lock.json", cache, say)
