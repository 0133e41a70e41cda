"""Who ended a confined process: the file by what it did, or somebody outside, which says nothing about the file."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chassis.confinement import ConfinedPool, ConfinementLost, Limits
from chassis.confinement import pool as pools

FUNCTIONS = Path(__file__).parent / "confined_functions"
WAIT = "confined_samples:wait_to_be_killed"
MIB = 1 << 20

pytestmark = pytest.mark.requirement("S-01")


@pytest.fixture(scope="module")
def pool() -> Iterator[ConfinedPool]:
    with ConfinedPool(["confined_samples"], workers=2, import_paths=[FUNCTIONS]) as pool:
        yield pool


def killing(number: signal.Signals, times: int) -> tuple[Callable[[float], None], list[int]]:
    """Kills the first so many processes that say who they are; lets the next one live."""
    killed: list[int] = []

    def on_progress(pid: float) -> None:
        if len(killed) < times:
            killed.append(int(pid))
            os.kill(int(pid), number)

    return on_progress, killed


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_call_whose_process_is_killed_from_outside_begins_anew_on_another(
    pool: ConfinedPool, tmp_path: Path, number: signal.Signals
) -> None:
    """From the beginning: the one that was killed had read its input and written half of its output."""
    (tmp_path / "in").write_text("一二三")
    on_progress, killed = killing(number, times=1)
    outcome = pool.run(
        WAIT, path=tmp_path / "in", output=tmp_path / "out", args={"go_on": True}, on_progress=on_progress
    )
    assert (outcome.kind, outcome.value) == ("ok", ["一二三"])
    assert len(killed) == 1
    assert (tmp_path / "out").read_bytes() == b"half"


def test_a_call_that_is_killed_every_time_is_lost_and_says_nothing_about_the_file(
    pool: ConfinedPool, tmp_path: Path
) -> None:
    on_progress, killed = killing(signal.SIGKILL, times=99)
    with pytest.raises(ConfinementLost, match="SIGKILL"):
        pool.run(WAIT, output=tmp_path / "out", on_progress=on_progress)
    assert len(killed) == len(set(killed)) == pools.CHANCES
    assert not (tmp_path / "out").exists()
    assert pool.run("confined_samples:echo").ok


def test_it_is_not_begun_anew_when_most_of_its_time_has_gone(pool: ConfinedPool) -> None:
    killed: list[int] = []

    def kill_later(pid: float) -> None:
        killed.append(int(pid))
        threading.Timer(0.4, os.kill, (int(pid), signal.SIGKILL)).start()

    with pytest.raises(ConfinementLost):
        pool.run(WAIT, limits=Limits(wall_seconds=0.7), on_progress=kill_later)
    assert len(killed) == 1


def test_a_call_survives_the_death_of_the_template_process_in_its_midst(pool: ConfinedPool) -> None:
    """Children die with their template: the call is one of many that it takes along."""
    templates: list[int] = []

    def kill_template(_: float) -> None:
        assert pool._template is not None
        if not templates:
            templates.append(pool._template.pid)
            os.kill(pool._template.pid, signal.SIGKILL)

    outcome = pool.run(WAIT, args={"go_on": True, "seconds": 1}, on_progress=kill_template)
    assert outcome.ok
    assert pool._template is not None
    assert pool._template.pid != templates[0]


def test_a_warm_process_that_was_killed_before_its_call_costs_nobody_anything(pool: ConfinedPool) -> None:
    pool.start()
    pool.run("confined_samples:echo")
    for child in list(pool._idle):
        if child.handle is None:
            child.greet()
        assert child.handle is not None
        signal.pidfd_send_signal(child.handle, signal.SIGKILL)
        assert child.has_ended(5), "the signal comes a little later than the call that sends it"
    assert pool.run("confined_samples:echo").ok


def test_a_fork_without_memory_is_told_as_such_and_ends_no_other_call() -> None:
    with ConfinedPool(["confined_without_forks"], workers=1, import_paths=[FUNCTIONS]) as pool:
        with pytest.raises(ConfinementLost, match="Cannot allocate memory"):
            pool._take()
        assert pool._template is not None
        template = pool._template.pid
        assert pool.run("confined_without_forks:echo", args={"n": 1}).value == {"n": 1}
        assert pool._template.pid == template


def test_memory_beyond_the_limit_is_the_files_doing_and_no_kill_from_outside(pool: ConfinedPool) -> None:
    """The limit refuses, it does not kill: so a kill is never the limit's, however much memory was used."""
    outcome = pool.run("confined_samples:swallow_memory", limits=Limits(memory_bytes=64 * MIB))
    assert (outcome.kind, outcome.detail) == ("out_of_memory", "MemoryError")


def test_a_process_that_hangs_up_and_lives_on_has_crashed_and_was_not_killed_from_outside(
    pool: ConfinedPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We kill it ourselves afterwards: that looks like any kill, so it is asked before."""
    monkeypatch.setattr(pools, "_DYING_SECONDS", 0.1)
    outcome = pool.run("confined_samples:hang_up")
    assert (outcome.kind, outcome.detail) == ("crashed", "closed its channel")
