"""Where a test's server has its files: in memory, and nothing of it stays there."""

import os
import shutil
from pathlib import Path

import pytest
from registry_infra import memory
from registry_infra.memory import folder_in_memory


def test_a_folder_in_memory_is_gone_with_the_run(tmp_path: Path) -> None:
    with folder_in_memory(tmp_path / "disk", tmp_path) as folder:
        assert folder.is_relative_to(tmp_path / f"registry-tests-{os.geteuid()}")
        (folder / "a file").touch()
    assert not folder.exists()


def test_what_a_killed_run_left_is_removed_and_what_another_uses_is_not(tmp_path: Path) -> None:
    left = tmp_path / f"registry-tests-{os.geteuid()}" / "left"
    left.mkdir(parents=True)
    (left / "a file").touch()
    with folder_in_memory(tmp_path / "disk", tmp_path) as first:
        assert not left.exists()
        with folder_in_memory(tmp_path / "disk", tmp_path) as second:
            assert first.exists()
            assert second.exists()
            assert first != second


@pytest.mark.parametrize("reason", ["no place", "no room", "a link", "somebody else's"])
def test_without_a_place_of_its_own_and_room_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    place = tmp_path / "memory" / f"registry-tests-{os.geteuid()}"
    if reason != "no place":
        place.parent.mkdir()
    if reason == "no room":
        monkeypatch.setattr(memory, "ROOM", shutil.disk_usage(tmp_path).total + 1)
    if reason == "a link":
        place.symlink_to(tmp_path)
    if reason == "somebody else's":
        place.mkdir()
        monkeypatch.setattr(memory.os, "geteuid", lambda: os.getuid() + 1)
        place.rename(place.with_name(f"registry-tests-{os.getuid() + 1}"))
    with folder_in_memory(tmp_path / "disk", tmp_path / "memory") as folder:
        assert folder == tmp_path / "disk"
