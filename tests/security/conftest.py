"""The whole system in one process, and somebody in it who has something of everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.actor import Actor
from chassis.testing import staff_actor
from chassis.testing.databases import DatabaseFactory
from contracts.base import STAFF_ROLES
from flask.testing import FlaskClient
from gateway.testing import GatewayProcess, running_gateway
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.one_process import System
from tests.security.strangers import visit

DEADLINE = 5
"""Seconds for a head, and without a byte of a body, at the gateway ``front``."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(scope="session")
def author(system: System) -> Author:
    return Author.settled(system)


@pytest.fixture(scope="module")
def people(system: System) -> dict[str, FlaskClient]:
    """Everybody who is not the author, by what they are."""
    another = Author(system, new_applicant(), system.client(), {})
    another.sign_up()
    actors: dict[str, Actor] = {role: staff_actor(role, id=f"acc-other-{role}") for role in STAFF_ROLES}
    visitor = system.client(cookies=True)
    token = TOKEN.search(visitor.get("/sign-in").text)
    assert token is not None
    visitor.environ_base["HTTP_X_CSRFTOKEN"] = token[1]
    staff = {role: system.client(system.token(who)) for role, who in actors.items()}
    return {"visitor": visitor, "another applicant": another.me, **staff}


@pytest.fixture(scope="session")
def front(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway as it runs, without services behind it, for what strangers do to connections."""
    objects = tmp_path_factory.mktemp("objects")
    limits = {"REGISTRY_HEADER_TIMEOUT": str(DEADLINE), "REGISTRY_UPLOAD_READ_TIMEOUT": str(DEADLINE)}
    with databases.database("gateway") as database, running_gateway(database, keys, objects, **limits) as process:
        visit(process.port)
        yield process
