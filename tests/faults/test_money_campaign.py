"""Notices and bank rows, doubled, reordered and forged, while services, worker, broker and database are killed: every
fen ends where it should. Short here; ``./registry bench money`` sends ten thousand."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from chassis.testing.databases import DatabaseFactory

from tests.load.dying import servers_that_come_back
from tests.load.money import campaign
from tests.load.servers import Bench, bench

pytestmark = [pytest.mark.stack, pytest.mark.requirement("P-02"), pytest.mark.requirement("P-03")]
SIZE = 300


@pytest.fixture
def servers() -> Iterator[Bench]:
    with bench(servers_that_come_back) as started:
        yield started


@pytest.mark.requirement("P-05")
@pytest.mark.requirement("S-01")
def test_whatever_is_killed_every_fen_is_where_it_should_be(servers: Bench, databases: DatabaseFactory) -> None:
    with databases.database("payment") as of_others:
        found = campaign(servers, SIZE, seed=3)
        with psycopg.connect(of_others.owner_url.replace("+psycopg", "")) as connection:
            since = connection.execute("SELECT pg_postmaster_start_time() < now() - interval '20 seconds'").fetchone()
    assert since == (True,), "only the campaign's own servers are killed"
    assert found.wrong == []
    assert found.killed.total() >= 5
    assert found.killed["service"]
    assert found.killed["worker"]


def test_as_long_as_nobody_dies_nothing_is_wrong_either(servers: Bench) -> None:
    assert campaign(servers, 60, seed=3, pause=0).wrong == []


def test_a_service_that_counts_repetitions_does_not_get_through(servers: Bench) -> None:
    found = campaign(servers, 60, seed=3, variant="no_transaction_key", pause=0)
    assert any(complaint.startswith("Alipay holds") for complaint in found.wrong), found.wrong
