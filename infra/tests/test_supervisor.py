"""The supervisor with parts that are trivial programs: restarts, failures in words, no process left."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from registry_infra.parts import Job, NotReady, Part, Program
from registry_infra.ports import choose_ports
from registry_infra.problems import StackProblem, StopRequested
from registry_infra.state import PartState
from registry_infra.supervisor import Supervisor


def program(name: str, script: str, folder: Path) -> Program:
    return Program(name, ("/bin/sh", "-c", script), dict(os.environ), folder)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    one = Supervisor(tmp_path)
    yield one
    one.stop()


def watch_until(supervisor: Supervisor, condition: "object", seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        supervisor.watch(0.05)


def test_a_part_that_dies_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    seen: list[list[PartState]] = []
    supervisor.changed = lambda records: seen.append([PartState(**vars(one)) for one in records])
    supervisor.start(Part(program("sleeper", "sleep 60", tmp_path)))
    first = supervisor.running["sleeper"].process
    assert first is not None

    first.kill()

    watch_until(supervisor, lambda: supervisor.running["sleeper"].process is not first)
    record = supervisor.running["sleeper"].record
    assert (record.restarts, record.last_end) == (1, "it was ended by SIGKILL")
    assert "restarting" in [one.state for records in seen for one in records]


def test_the_first_restart_is_at_once_and_each_further_death_doubles_the_pause(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start(Part(program("faulty", "exit 3", tmp_path)))

    watch_until(supervisor, lambda: supervisor.running["faulty"].record.restarts == 2)

    assert supervisor.running["faulty"].delay == 1.0
    assert supervisor.running["faulty"].record.last_end == "it ended with status 3"


def test_a_part_that_cannot_start_fails_with_its_last_words(supervisor: Supervisor, tmp_path: Path) -> None:
    def never() -> None:
        raise NotReady("nothing answers")

    supervisor.start(Part(program("mute", "echo no disk; sleep 60", tmp_path), never, ready_within=0.3))

    with pytest.raises(StackProblem, match=r"mute is not ready .* nothing answers\. Its last line: no disk"):
        supervisor.wait_until_ready(["mute"])


def test_jobs_wait_for_those_they_need_and_a_failure_names_the_job(supervisor: Supervisor, tmp_path: Path) -> None:
    first = Job(program("first", "sleep 0.3; echo first >> order", tmp_path))
    second = Job(program("second", "echo second >> order", tmp_path), needs=("first",))

    supervisor.run_jobs([second, first])

    assert (tmp_path / "order").read_text().split() == ["first", "second"]
    with pytest.raises(StackProblem, match=r"broken failed with status 7\. Its last line: why"):
        supervisor.run_jobs([Job(program("broken", "echo why; exit 7", tmp_path))])


def test_stopping_ends_stubborn_parts_and_their_children(supervisor: Supervisor, tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 61 & sleep 62; sleep 63"
    supervisor.start(Part(program("stubborn", script, tmp_path), stop_within=0.3))
    process = supervisor.running["stubborn"].process
    assert process is not None
    watch_until(supervisor, lambda: len(psutil.Process(process.pid).children()) == 2)
    children = psutil.Process(process.pid).children()

    supervisor.stop()

    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    assert process.poll() is not None


def test_what_serves_others_ends_last(supervisor: Supervisor, tmp_path: Path) -> None:
    script = "trap 'echo {} >> order; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
    for name, serves in (("database", True), ("service", False)):
        supervisor.start(Part(program(name, script.format(name), tmp_path), serves_others=serves))
    watch_until(supervisor, lambda: all((tmp_path / f"{name}.log").read_text() for name in ("database", "service")))

    supervisor.stop()

    assert (tmp_path / "order").read_text().split() == ["service", "database"]


def test_at_the_door_of_a_part_somebody_always_listens_and_what_outlived_it_ends_when_it_is_ready(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    port = choose_ports(["door"], tmp_path / "ports.json")["door"]
    ready = tmp_path / "ready"

    def check() -> None:
        if not ready.exists():
            raise NotReady("not yet")

    script = "echo $REGISTRY_BIND >> binds; sleep 65 & echo $! >> children; wait"
    supervisor.start(Part(program("front", script, tmp_path), check, door=("127.0.0.1", port)))
    watch_until(supervisor, lambda: (tmp_path / "children").exists() and (tmp_path / "children").read_text().strip())
    first = supervisor.running["front"].process
    child = psutil.Process(int((tmp_path / "children").read_text().split()[0]))
    assert first is not None

    first.kill()
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        watch_until(supervisor, lambda: supervisor.running["front"].record.restarts == 1)
        supervisor.watch(0.05)
        assert child.is_running()
        ready.touch()
        watch_until(supervisor, lambda: supervisor.running["front"].record.state == "running")

    _, alive = psutil.wait_procs([child], timeout=5)
    assert alive == []
    binds = (tmp_path / "binds").read_text().split()
    assert len(binds) == 2
    assert set(binds) == {binds[0]}
    assert binds[0].startswith("fd://")


def test_what_was_ready_before_it_died_is_started_at_once_however_often(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(Part(program("sleeper", "sleep 66", tmp_path)))
    for restarts in range(1, 6):
        process = supervisor.running["sleeper"].process
        assert process is not None
        supervisor.wait_until_ready(["sleeper"])
        process.kill()
        watch_until(supervisor, lambda: supervisor.running["sleeper"].record.restarts == restarts, 3)  # noqa: B023
    assert supervisor.running["sleeper"].delay < 1


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_parts_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import os, sys, time
        from pathlib import Path
        from registry_infra.parts import Part, Program
        from registry_infra.supervisor import Supervisor
        folder = Path(sys.argv[1])
        supervisor = Supervisor(folder)
        supervisor.start(Part(Program("sleeper", ("sleep", "64"), dict(os.environ), folder)))
        print(supervisor.running["sleeper"].process.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        sleeper = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    _, alive = psutil.wait_procs([sleeper], timeout=5)
    assert alive == []


def test_a_request_to_stop_interrupts_whatever_is_waited_for(supervisor: Supervisor) -> None:
    supervisor.stop_requested = True

    with pytest.raises(StopRequested):
        supervisor.watch(60)


def test_the_log_of_a_talkative_part_is_set_aside(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry_infra.supervisor.LOG_LIMIT", 10)
    (tmp_path / "talker.log").write_text("x" * 11)

    supervisor.start(Part(program("talker", "sleep 60", tmp_path), stop_signal=signal.SIGINT))

    assert (tmp_path / "talker.log.1").read_text() == "x" * 11
    assert (tmp_path / "talker.log").read_text() == ""
