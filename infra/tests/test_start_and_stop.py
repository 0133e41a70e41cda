"""A stack leaves no process behind however it ends, meets no other stack, and brings back what dies."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from registry_infra.folders import find_folders
from registry_infra.ports import choose_ports
from registry_infra.state import load_state, processes_of

pytestmark = pytest.mark.stack
COMMAND = [sys.executable, str(Path(__file__).parent / "servers_only.py")]


class Terminal:
    """Somebody who types commands about one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._ups: list[subprocess.Popen[bytes]] = []

    def up(self) -> "subprocess.Popen[bytes]":
        port = choose_ports(["gateway"], self.data.with_suffix(".port"))["gateway"]
        process = subprocess.Popen(
            [*COMMAND, "up", "--port", str(port), "--data", str(self.data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._ups.append(process)
        return process

    def up_and_running(self) -> "subprocess.Popen[bytes]":
        process = self.up()
        eventually(lambda: self.phase() == "running" or process.poll() is not None)
        assert process.poll() is None, process.stdout and process.stdout.read().decode()
        return process

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([*COMMAND, *words, "--data", str(self.data)], capture_output=True, text=True)

    def phase(self) -> str:
        state = load_state(self.data / "state.json")
        return state.phase if state else "none"

    def pid(self, part: str) -> int:
        state = load_state(self.data / "state.json")
        assert state is not None
        return next(one.pid for one in state.parts if one.name == part) or 0

    def processes(self) -> list[psutil.Process]:
        return list(processes_of(find_folders(self.data).stack_id))

    def clean(self) -> None:
        self.call("down")
        for process in self._ups:
            process.kill()
            process.communicate()


def eventually(condition: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    one = Terminal(tmp_path / "one")
    yield one
    one.clean()


@pytest.fixture(scope="module")
def running() -> Iterator[Terminal]:
    """One stack for the tests that leave it running: in a folder with a space and Chinese characters, which root's
    server user can reach, so that the servers' files are in it, too."""
    with tempfile.TemporaryDirectory(prefix="测试 registry ") as folder:
        Path(folder).chmod(0o755)
        one = Terminal(Path(folder) / "数据 folder")
        try:
            one.up_and_running()
            assert (one.data / "servers" / "rabbitmq" / "definitions.json").exists()
            yield one
        finally:
            one.clean()


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Terminal]:
    two = Terminal(tmp_path / "two")
    yield two
    two.clean()


@pytest.mark.requirement("S-03")
def test_two_stacks_run_side_by_side_and_stop_apart(terminal: Terminal, neighbour: Terminal) -> None:
    ups = [terminal.up(), neighbour.up()]
    for one in (terminal, neighbour):
        eventually(lambda one=one: one.phase() == "running")
    first, second = (json.loads((one.data / "ports.json").read_text()) for one in (terminal, neighbour))
    assert not set(first.values()) & set(second.values())

    assert neighbour.call("down").returncode == 0

    assert ups[1].wait(10) == 0
    assert neighbour.processes() == []
    assert terminal.call("status").returncode == 0, terminal.call("status").stdout


@pytest.mark.requirement("S-03")
def test_ctrl_c_stops_everything_and_leaves_no_process(terminal: Terminal) -> None:
    up = terminal.up_and_running()
    assert len(terminal.processes()) > 5

    up.send_signal(signal.SIGINT)

    assert up.wait(40) == 0
    assert terminal.processes() == []
    assert terminal.call("status").returncode == 1


@pytest.mark.requirement("S-03")
def test_sigterm_during_the_start_stops_what_was_started(terminal: Terminal) -> None:
    up = terminal.up()
    eventually(lambda: (terminal.data / "logs" / "rabbitmq.log").exists())

    up.terminate()

    up.wait(40)
    assert terminal.processes() == []


@pytest.mark.requirement("S-01")
def test_a_killed_part_comes_back_and_status_says_so(running: Terminal) -> None:
    before = running.pid("postgresql")

    os.kill(before, signal.SIGKILL)

    eventually(lambda: running.pid("postgresql") not in (before, 0))
    eventually(lambda: running.call("status").returncode == 0)
    status = json.loads(running.call("status", "--json").stdout)
    part = next(part for part in status["parts"] if part["name"] == "postgresql")
    assert (part["restarts"], part["condition"]) == (1, "well")


@pytest.mark.requirement("S-03")
def test_after_kill_9_of_the_supervisor_down_leaves_nothing_and_up_works_again(terminal: Terminal) -> None:
    up = terminal.up_and_running()

    up.kill()
    up.wait()

    assert terminal.call("down").returncode == 0
    assert terminal.processes() == []
    terminal.up_and_running()


def test_a_second_up_on_the_same_data_folder_is_refused(running: Terminal) -> None:
    second = running.call("up", "--port", "18000")

    assert second.returncode == 1
    assert "already runs at http://127.0.0.1:" in second.stderr


@pytest.mark.requirement("S-03")
def test_ports_and_passwords_stay_the_same_at_the_second_start(terminal: Terminal) -> None:
    def remembered() -> list[str]:
        return [(terminal.data / name).read_text() for name in ("ports.json", "credentials.json")]

    terminal.up_and_running()
    first = remembered()
    terminal.call("down")

    terminal.up_and_running()

    assert remembered() == first


@pytest.mark.requirement("S-03")
def test_a_stopped_stack_starts_where_it_was_moved_or_copied_to() -> None:
    """Quorum queues know the place of their files. The two are stacks apart."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        first, moved, copied = (Terminal(Path(folder) / name) for name in ("first", "moved to 别处", "copied"))
        try:
            first.up_and_running()
            assert first.call("down").returncode == 0
            subprocess.run(["cp", "-a", first.data, copied.data], check=True)
            assert "a copy of" in copied.call("down").stderr
            subprocess.run(["mv", first.data, moved.data], check=True)

            ups = [moved.up(), copied.up()]

            for one, up in zip((moved, copied), ups, strict=True):
                eventually(lambda one=one, up=up: one.phase() == "running" or up.poll() is not None)
            assert moved.call("down").returncode == 0
            assert copied.call("status").returncode == 0, copied.call("status").stdout
        finally:
            for one in (moved, copied):
                if one.data.exists():
                    one.clean()
