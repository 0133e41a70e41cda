"""What a check costs in processes and round trips, whatever else the machine does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from chassis.runtime import Runtime
from chassis.testing import anonymous
from filing.prechecks.handlers import FIRST_LOOK_FROM, work_off
from filing.prechecks.model import CHANNEL
from filing.worker import WORKER
from materials.precheck.engine import shared_pool
from materials.testing import sample_files

from chassis import worker
from contracts import tools

from .conftest import Office

pytestmark = pytest.mark.requirement("F-06")


def ask(office: Office, data: bytes, profile: str = "photograph") -> str:
    receipt = office.harness.receipt("visitor-1", data, "照片.jpg")
    view = office.call(tools.CREATE_PRECHECK, anonymous(), receipt=receipt, profile=profile, client="visitor-1")
    return str(view.precheck_id)


@contextmanager
def round_trips() -> Iterator[list[str]]:
    """What goes to the database meanwhile: statements and commits."""
    sent: list[str] = []
    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def executed(cursor: psycopg.Cursor[Any], query: Any, *arguments: Any, **options: Any) -> Any:
        sent.append(str(query))
        return execute(cursor, query, *arguments, **options)

    def committed(connection: psycopg.Connection[Any]) -> None:
        sent.append("COMMIT")
        commit(connection)

    with patch.object(psycopg.Cursor, "execute", executed), patch.object(psycopg.Connection, "commit", committed):
        yield sent


@pytest.mark.parametrize(("bytes_more", "looks", "most"), [(0, 1, 4), (FIRST_LOOK_FROM, 2, 6)])
def test_a_check_costs_one_process_and_four_round_trips_and_a_first_look_another(
    office: Office, bytes_more: int, looks: int, most: int
) -> None:
    ask(office, sample_files.encoded(sample_files.picture(900, 700)))
    assert work_off(office.harness.runtime)  # connections and statements are warm from here on
    check = ask(office, sample_files.encoded(sample_files.picture(900, 700)) + bytes(bytes_more))
    pool = shared_pool()
    with (
        patch.object(pool, "run", wraps=pool.run) as confined,
        round_trips() as sent,
    ):
        assert work_off(office.harness.runtime)
    assert confined.call_count == looks
    assert len(sent) == most, sent
    assert office.call(tools.GET_PRECHECK, anonymous(), precheck_id=check).state == "done"


def test_a_materials_worker_has_as_many_hands_as_confined_processes_and_they_work_side_by_side(office: Office) -> None:
    """A small file does not wait until a large one is done: the barrier opens only to all hands at once."""
    together, stopping = threading.Barrier(len(WORKER.hands), timeout=10), threading.Event()

    def step(runtime: Runtime) -> bool:
        try:
            together.wait()
        finally:
            stopping.set()
        return True

    assert len([hand for hand in WORKER.hands if hand.channel == CHANNEL]) == shared_pool().workers > 1
    worker.run(worker.Worker([worker.Hand("nobody", step)] * len(WORKER.hands)), office.harness.runtime, stopping)
    assert not together.broken
