"""Confinement keeps whatever happens inside it inside: each attempt here is a real one."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chassis.confinement import ConfinedPool, ConfinementError, Limits

FUNCTIONS = Path(__file__).parent / "confined_functions"
MIB = 1 << 20

pytestmark = pytest.mark.requirement("S-01")


def pool_of(**options: object) -> ConfinedPool:
    return ConfinedPool(["confined_samples"], import_paths=[FUNCTIONS], **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pool() -> Iterator[ConfinedPool]:
    with pool_of(workers=2) as pool:
        yield pool


def test_a_function_gets_open_files_and_arguments_and_answers_in_json(pool: ConfinedPool, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("一")
    (tmp_path / "b").write_text("二")
    outcome = pool.run(
        "confined_samples:echo", path=tmp_path / "a", paths=[tmp_path / "b"], args={"title": "山居", "n": [1, None]}
    )
    assert outcome.ok
    assert outcome.value == {"args": {"title": "山居", "n": [1, None]}, "bytes": ["一", "二"]}


def test_an_output_file_is_written_and_kept(pool: ConfinedPool, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("abc")
    assert pool.run("confined_samples:write_upper", path=tmp_path / "in", output=tmp_path / "out").ok
    assert (tmp_path / "out").read_text() == "ABC"


def test_an_output_beyond_the_limit_is_an_outcome_and_leaves_no_file(pool: ConfinedPool, tmp_path: Path) -> None:
    outcome = pool.run(
        "confined_samples:write_without_end",
        output=tmp_path / "out",
        limits=Limits(output_bytes=4 * MIB, wall_seconds=5),
    )
    assert outcome.kind == "crashed"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        ("fail", "crashed"),
        ("segfault", "crashed"),
        ("abort", "crashed"),
        ("long_answer", "crashed"),
        ("swallow_memory", "out_of_memory"),
        ("refuse", "refused"),
    ],
)
def test_a_failing_function_becomes_an_outcome_and_the_next_call_works(
    pool: ConfinedPool, function: str, kind: str
) -> None:
    assert pool.run(f"confined_samples:{function}").kind == kind
    assert pool.run("confined_samples:echo").ok


def test_a_refusal_carries_its_code_and_numbers(pool: ConfinedPool) -> None:
    outcome = pool.run("confined_samples:refuse")
    assert (outcome.detail, outcome.params) == ("not_my_kind", {"wanted": "pdf"})


def test_a_decompression_bomb_runs_out_of_its_own_memory_only(pool: ConfinedPool, tmp_path: Path) -> None:
    squeeze = zlib.compressobj(1)
    with (tmp_path / "bomb").open("wb") as file:
        for _ in range(128):
            file.write(squeeze.compress(bytes(MIB)))
        file.write(squeeze.flush())
    outcome = pool.run("confined_samples:inflate", path=tmp_path / "bomb", limits=Limits(memory_bytes=32 * MIB))
    assert outcome.kind == "out_of_memory"


def test_an_endless_loop_ends_by_its_cpu_limit(pool: ConfinedPool) -> None:
    outcome = pool.run("confined_samples:spin", limits=Limits(cpu_seconds=0, wall_seconds=60))
    assert (outcome.kind, outcome.detail) == ("timed_out", "SIGXCPU")


def test_waiting_for_ever_ends_by_the_clock(pool: ConfinedPool) -> None:
    outcome = pool.run("confined_samples:sleep", limits=Limits(wall_seconds=0.3))
    assert outcome.kind == "timed_out"
    assert outcome.wall_seconds < 2


def test_there_is_no_network(pool: ConfinedPool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = pool.run("confined_samples:connect", args={"port": server.getsockname()[1]})
    assert outcome.kind == "crashed"
    assert "not permitted" in outcome.detail or "unreachable" in outcome.detail


@pytest.mark.parametrize("attempt", ["fork", "run_program", "kill_parent"])
def test_no_process_can_be_started_or_killed(pool: ConfinedPool, attempt: str) -> None:
    outcome = pool.run(f"confined_samples:{attempt}")
    assert (outcome.kind, outcome.detail.split(":")[0]) == ("crashed", "PermissionError")


def test_nothing_but_code_can_be_read(pool: ConfinedPool, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    secret.chmod(0o644)
    if pool.confinement.filesystem != "own_root":
        pytest.skip("this machine allows no mount namespace: files stay visible to the user of the process")
    for path in (secret, Path("/etc/passwd")):
        assert pool.run("confined_samples:read_file", args={"path": str(path)}).kind == "crashed"


def test_the_environment_is_empty_and_root_is_given_up(pool: ConfinedPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_SECRET", "s3cret")
    with pool_of(workers=1) as fresh:
        seen = fresh.run("confined_samples:look_around").value
    assert "REGISTRY_SECRET" not in seen["environ"]
    if pool.confinement.user == "nobody":
        assert seen["uid"] == 65534


def test_every_call_gets_a_process_of_its_own_unless_asked_otherwise(pool: ConfinedPool) -> None:
    fresh = {pool.run("confined_samples:look_around").value["pid"] for _ in range(4)}
    assert len(fresh) == 4
    with pool_of(workers=1, jobs_per_process=3) as reusing:
        pids = [reusing.run("confined_samples:look_around").value["pid"] for _ in range(6)]
    assert len(set(pids)) == 2


def test_only_functions_of_the_named_modules_can_be_called(pool: ConfinedPool) -> None:
    for name in ("os:getcwd", "confined_samples:nothing_like_it"):
        outcome = pool.run(name)
        assert (outcome.kind, outcome.detail) == ("refused", "function_unknown")


def test_modules_not_imported_before_can_still_be_imported(pool: ConfinedPool) -> None:
    assert pool.run("confined_samples:import_late").ok


def test_a_missing_input_is_refused(pool: ConfinedPool, tmp_path: Path) -> None:
    assert pool.run("confined_samples:echo", path=tmp_path / "nowhere").detail == "input_unreadable"


def test_progress_is_passed_on(pool: ConfinedPool) -> None:
    steps: list[float] = []
    assert pool.run("confined_samples:report_progress", on_progress=steps.append).value == "done"
    assert steps == [0.0, 0.25, 0.5, 0.75]


def test_calls_run_side_by_side_and_each_gets_its_own_answer(pool: ConfinedPool) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(lambda n: pool.run("confined_samples:echo", args={"n": n}).value["args"]["n"], range(40))
        )
    assert answers == list(range(40))


@pytest.mark.requirement("S-02")
def test_the_pool_recovers_when_its_template_process_is_killed() -> None:
    with pool_of(workers=1) as pool:
        assert pool.run("confined_samples:echo").ok
        assert pool._template is not None
        os.kill(pool._template.pid, 9)
        pool._template._process.wait()
        assert pool.run("confined_samples:echo").ok


def test_closing_leaves_no_process_and_no_open_file() -> None:
    before = set(os.listdir("/proc/self/fd"))
    pool = pool_of(workers=2)
    pool.run("confined_samples:echo")
    pids = [pool.run("confined_samples:look_around").value["pid"]]
    lost: list[str] = []

    def wait() -> None:
        try:
            pool.run("confined_samples:sleep")
        except ConfinementError as error:
            lost.append(str(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.2)
    assert pool._template is not None
    pids.append(pool._template.pid)
    pool.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert lost == ["the pool is closed"]
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert len(set(os.listdir("/proc/self/fd")) - before) == 0


def test_without_namespaces_the_filter_still_denies_network_and_processes() -> None:
    with pool_of(workers=1, namespaces=False) as pool:
        walls = pool.confinement
        assert walls.filesystem == "shared"
        if walls.system_calls != "filtered":
            pytest.skip("this architecture has no system-call filter")
        assert walls.network == "seccomp"
        assert "not permitted" in pool.run("confined_samples:connect", args={"port": 1}).detail
        assert "not permitted" in pool.run("confined_samples:fork").detail


def test_what_a_file_makes_it_say_can_be_stored(pool: ConfinedPool, tmp_path: Path) -> None:
    """A report that no database keeps would be made again and again."""
    (tmp_path / "a").write_text("x")
    outcome = pool.run("confined_samples:say_what_nobody_keeps", path=tmp_path / "a")
    assert outcome.ok
    assert json.loads(json.dumps(outcome.value, allow_nan=False).encode()) == outcome.value
    assert outcome.value["text"] == "a\N{REPLACEMENT CHARACTER}b"
    assert outcome.value["numbers"] == [None, None, None, 1.5]
    said = json.dumps(outcome.value, ensure_ascii=False)
    assert said.encode()
    assert "\\u0000" not in said
    assert "北京𠮷" in said
