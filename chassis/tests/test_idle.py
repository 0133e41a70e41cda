"""Work that nobody waits for rests while others want the processors, and goes on all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chassis import idle

PROCESSORS = os.cpu_count() or 1


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tasks run at each look; the last of them from then on."""
    counts = [0]
    monkeypatch.setattr(idle, "running", lambda: counts.pop(0) if len(counts) > 1 else counts[0])
    monkeypatch.setattr(idle, "_LOOK_SECONDS", 0.0)
    return counts


def test_it_does_not_rest_while_a_processor_is_free(tasks: list[int]) -> None:
    tasks[:] = [PROCESSORS - 1, 10**6]
    idle.rest_while_crowded(60)
    assert tasks == [10**6]


def test_it_rests_until_others_are_done(tasks: list[int]) -> None:
    tasks[:] = [PROCESSORS + 3, PROCESSORS, 0]
    idle.rest_while_crowded(60)
    assert tasks == [0]


def test_it_goes_on_however_busy_the_machine_is(tasks: list[int]) -> None:
    tasks[:] = [10**6]
    assert idle.rest_while_crowded(0.01) >= 0.01


def test_tasks_of_the_work_itself_are_no_crowd(tasks: list[int]) -> None:
    tasks[:] = [PROCESSORS + 3, 10**6]
    idle.rest_while_crowded(60, beside=4)
    assert tasks == [10**6]


def test_once_it_rests_it_waits_until_others_are_done_and_its_own_tasks_stand_still(tasks: list[int]) -> None:
    tasks[:] = [PROCESSORS + 5, PROCESSORS + 3, PROCESSORS + 1, 10**6]
    idle.rest_while_crowded(60, beside=4)
    assert tasks == [10**6]


def test_where_nothing_is_known_nothing_rests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(idle, "_STAT", tmp_path / "stat")
    assert idle.running() == 0
    (tmp_path / "stat").write_text("cpu 1 2\nprocs_running 3\n")
    assert idle.running() == 2
