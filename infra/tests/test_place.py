"""A data folder knows whether it was moved or copied: two stacks never take each other's processes or database."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from registry_infra import folders as module
from registry_infra.folders import claim_servers, find_folders, prepare_folders
from registry_infra.place import GONE_PATIENCE, is_abandoned
from registry_infra.problems import StackProblem
from registry_infra.state import load_state, own_state, supervisor_of

pytestmark = pytest.mark.requirement("S-03")


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where servers are whose user cannot reach the data folder; here: of every stack."""
    place = tmp_path / "var"
    monkeypatch.setattr(module, "SYSTEM_SERVERS", place)
    monkeypatch.setattr(module, "_servers", lambda _data, stack_id, _user: place / stack_id)
    return place


def started(data: Path) -> Path:
    """As after one start; returns the servers' folder."""
    folders = prepare_folders(data)
    claim_servers(folders)
    (folders.servers / "database").touch()
    return folders.servers


def test_a_moved_or_copied_stack_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_servers", lambda data, _stack_id, _user: data / "servers")
    started(tmp_path / "one")
    own_state("http://127.0.0.1:1").save(tmp_path / "one" / "state.json")
    identity = find_folders(tmp_path / "one").stack_id
    (tmp_path / "one").rename(tmp_path / "two")
    assert prepare_folders(tmp_path / "two").stack_id != identity
    assert (started(tmp_path / "two") / "database").exists()
    identity = find_folders(tmp_path / "two").stack_id
    shutil.copytree(tmp_path / "two", tmp_path / "three")

    assert supervisor_of(load_state(tmp_path / "two" / "state.json"))
    assert supervisor_of(load_state(tmp_path / "three" / "state.json")) is None, "that is the original's"
    with pytest.raises(StackProblem, match=r"is a copy of .*two"):
        find_folders(tmp_path / "three")
    assert prepare_folders(tmp_path / "three").stack_id != identity
    assert prepare_folders(tmp_path / "two").stack_id == identity
    assert (started(tmp_path / "three") / "database").exists()


def test_a_copy_whose_database_is_elsewhere_is_refused(tmp_path: Path, outside: Path) -> None:
    servers = started(tmp_path / "one")
    assert servers.parent == outside
    shutil.copytree(tmp_path / "one", tmp_path / "two")

    with pytest.raises(StackProblem, match=r"without its database.*registry backup there and .*restore here"):
        prepare_folders(tmp_path / "two")

    shutil.rmtree(tmp_path / "one")  # as on another machine
    shutil.rmtree(outside)
    with pytest.raises(StackProblem, match="without its database"):
        claim_servers(prepare_folders(tmp_path / "two"))


def test_servers_follow_into_the_data_folder_and_out_of_it(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    with monkeypatch.context() as reachable:
        reachable.setattr(module, "_servers", lambda data, _stack_id, _user: data / "servers")
        folders = prepare_folders(tmp_path / "two")
        claim_servers(folders)
        assert (tmp_path / "two" / "servers" / "database").exists()
    assert list(outside.iterdir()) == []

    claim_servers(prepare_folders(tmp_path / "two"))

    assert (outside / folders.stack_id / "database").exists()


def test_a_database_whose_folder_is_gone_stays_for_an_hour(tmp_path: Path, outside: Path) -> None:
    servers = started(tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    started(tmp_path / "other")
    assert servers.exists()

    servers = started(tmp_path / "two")
    assert (servers / "database").exists()
    assert not is_abandoned(servers)
    shutil.rmtree(tmp_path / "two")
    started(tmp_path / "other")
    assert servers.exists()
    long_ago = (servers / "gone-since").stat().st_mtime - GONE_PATIENCE - 1
    os.utime(servers / "gone-since", (long_ago, long_ago))
    started(tmp_path / "other")
    assert not servers.exists()


def test_starts_at_the_same_moment_take_the_same_leftovers_away(tmp_path: Path, outside: Path) -> None:
    for number in range(6):
        servers = started(tmp_path / f"gone-{number}")
        shutil.rmtree(tmp_path / f"gone-{number}")
        for name in range(100):
            (servers / str(name)).touch()
        (servers / "gone-since").touch()
        os.utime(servers / "gone-since", (0, 0))
    (outside / "removing-by-one-who-died").mkdir()
    with ThreadPoolExecutor(8) as pool:
        left = list(pool.map(lambda number: started(tmp_path / f"here-{number}"), range(8)))
    assert sorted(outside.iterdir()) == sorted(left)
